// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

// Which activations of a function are on this thread's machine stack. V8's own list of running
// frames has neither functions nor generators; a JavaScript frame has both in known places.
#pragma once

#include <cstdint>
#include <vector>

#include "layout/env_data.h"

namespace asynctb {

struct RunningFrame {
  // The words where the first register may be: an activation of a generator keeps its object there.
  // Only to be compared, never followed.
  Address registers[2] = {kNoAddress, kNoAddress};

  bool Holds(Address generator) const {
    return registers[0] == generator || registers[1] == generator;
  }
};

// The frames of a function, innermost first. An activation that the optimizer has inlined into its
// caller has none of its own.
std::vector<RunningFrame> FindRunningFrames(Address function);

// Everything that may be the function of a frame, in one pass for many questions. False when this
// is not the thread's own stack: then nothing can be said.
bool ScanRunningFunctions(std::vector<Address>* functions);

// Where the current thread's own stack ends; 0 when that cannot be told.
uintptr_t StackEnd();

}  // namespace asynctb
