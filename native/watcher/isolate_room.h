// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

// Whether there is address space and memory for one more isolate. V8 ends the process where it
// cannot have what it wants, so this is found out before: by mapping as much for a moment, which
// the kernel counts like V8's own (`ulimit -v`, `ulimit -d`, overcommit).
#pragma once

#include <cstddef>

namespace asynctb {

// How large the heap of a new isolate may become, at most `wanted`; 0 when none should be made.
size_t RoomForIsolate(size_t wanted);

}  // namespace asynctb
