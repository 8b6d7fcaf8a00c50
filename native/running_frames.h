// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

// Which activations of a function are on this thread's machine stack. V8's own list of running
// frames has neither functions nor generators; a JavaScript frame has both in known places.
#pragma once

#include <cstdint>
#include <vector>

#include "env_data.h"

namespace asynctb {

struct RunningFrame {
  uintptr_t slot = 0;             // where the frame keeps its function
  Address generator = kNoAddress;  // the first register, when it holds a generator object
};

// The frames of a function, innermost first. An activation that the optimizer has inlined into its
// caller has none of its own.
std::vector<RunningFrame> FindRunningFrames(const EnvData& env, Address function);

}  // namespace asynctb
