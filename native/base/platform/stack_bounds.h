// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

// Where the current thread's stack lies.
#pragma once

#include <cstdint>

namespace asynctb {

struct StackBounds {
  uintptr_t low = 0, high = 0;  // 0 when not known
};

// Not to be called in a signal handler: on the main thread, the C library reads a file for the
// answer.
StackBounds CurrentStackBounds();

}  // namespace asynctb
