// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "layout/running_frames.h"

#include "base/platform/stack_bounds.h"

namespace asynctb {

namespace {

// Offsets from a frame's function slot, in words: the context, the caller's frame pointer, the
// return address above it; below it the argument count, the bytecode, its offset and, from V8 12
// on, the feedback vector, then the registers.
constexpr int kContext = 1;
constexpr int kCallerFrame = 2;
constexpr int kFirstRegister = -4;
constexpr int kFirstRegisterLater = -5;

// Of the current thread, asked for once: on the main thread the answer is read from a file.
const StackBounds& Bounds() {
  thread_local StackBounds bounds;
  if (bounds.high == 0) bounds = CurrentStackBounds();
  return bounds;
}

// The scan reads words of this thread's own stack that belong to other frames. `found` gets copies,
// so that nothing else has to.
template <typename Found>
__attribute__((no_sanitize("address"))) bool Scan(Address function, Found found) {
  const uintptr_t low = reinterpret_cast<uintptr_t>(__builtin_frame_address(0));
  const uintptr_t high = Bounds().high;
  // On a stack of another kind (a fiber's, suspended WebAssembly's) there is nothing to scan.
  if (low < Bounds().low || low >= high) return false;
  const uintptr_t* const first = reinterpret_cast<const uintptr_t*>(low & ~uintptr_t{7});
  // SAFETY: everything from the current frame to the stack's base is mapped and ours.
  const uintptr_t* const last = reinterpret_cast<const uintptr_t*>(high) - kCallerFrame - 1;
  for (const uintptr_t* word = first - kFirstRegisterLater; word < last; word++) {
    if (function == kNoAddress ? !IsHeapObject(*word) : *word != function) continue;
    // A copy of the function elsewhere is not followed by a context and a caller's frame pointer.
    const uintptr_t caller = word[kCallerFrame];
    if (!IsHeapObject(word[kContext]) || caller <= reinterpret_cast<uintptr_t>(word) ||
        caller >= high || caller % sizeof(uintptr_t) != 0) {
      continue;
    }
    const uintptr_t copied = *word;
    found(copied, RunningFrame{{word[kFirstRegister], word[kFirstRegisterLater]}});
  }
  return true;
}

}  // namespace

uintptr_t StackEnd() { return Bounds().high; }

std::vector<RunningFrame> FindRunningFrames(Address function) {
  std::vector<RunningFrame> frames;
  Scan(function, [&](Address, const RunningFrame& frame) { frames.push_back(frame); });
  return frames;
}

bool ScanRunningFunctions(std::vector<Address>* functions) {
  return Scan(kNoAddress, [&](Address found, const RunningFrame&) { functions->push_back(found); });
}

}  // namespace asynctb
