// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

// Where V8 keeps what `using` declarations and disposable stacks hold. One inner object a block
// and one an (Async)DisposableStack have the same fields: an array of entries, three words each
// (value, method, flags), and a number with the state.
#pragma once

#include <cstdint>

namespace asynctb {

struct ResourceLayout {
  static constexpr uint16_t kNoType = 0xffff;
  uint16_t block_type = kNoType;  // of a block: scripts never see it
  uint16_t stack_type = kNoType, async_stack_type = kNoType;
  uint16_t entries_type = kNoType;
  int entries = -1, status = -1;
  // In the status: what one word more in the array adds, and the bit of a block that is not being
  // left.
  uint32_t length_unit = 0, pending_mask = 0;
  // In an entry's flags: disposed of asynchronously; the value is the method's argument.
  int32_t async_mask = 0, argument_mask = 0;
  // Of a bound function, which is what some polyfills enter.
  uint16_t bound_type = kNoType;
  int bound_this = -1, bound_target = -1;
};

inline constexpr int kEntryWords = 3;

class Prover;
struct Layout;

// Steps of the proof; the first plants its objects itself.
void ProveResources(Prover* prover, Layout* layout);
void ProveBoundFunctions(Prover* prover, Layout* layout);

}  // namespace asynctb
