// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

// The only raw loads from V8's heap.
//
// SAFETY: an address is good until the next allocation in its isolate: an object moves on any
// allocation. Whoever holds one must be on the isolate's thread (or inside its interrupt
// callback) and may make handles, which does not allocate on the heap, but nothing else of V8.
// Every pointer that is followed was read from a live or not yet swept object: V8 never leaves a
// dangling tagged word in one, and each read below still checks tag, alignment and range, and
// callers compare the instance type before they look inside.
#pragma once

#include <v8-internal.h>

#include <cstdint>

namespace asynctb {

using Address = uintptr_t;

inline constexpr Address kNoAddress = 0;

// A strong reference to a heap object: tag 01 in the low bits, words of 8 bytes.
inline bool IsHeapObject(Address value) {
  constexpr Address kLowest = 0x10000;
  constexpr Address kHighest = Address{1} << 56;
  return (value & 7) == 1 && value > kLowest && value < kHighest;
}

inline bool IsSmi(Address value) { return (value & 1) == 0; }
inline int32_t SmiValue(Address value) {
  return static_cast<int32_t>(static_cast<intptr_t>(value) >> 32);
}

// `npm run sanitize -- reads` checks that each load is of an object, and stays inside it.
#ifdef ASYNCTB_CHECK_READS
void CheckRead(Address object, int offset, int width);
#else
inline void CheckRead(Address, int, int) {}
#endif

inline Address ReadWord(Address object, int offset) {
  CheckRead(object, offset, sizeof(Address));
  return *reinterpret_cast<const Address*>(object - 1 + offset);
}

// The few fields that are no words.
inline int32_t ReadInt32(Address object, int offset) {
  CheckRead(object, offset, sizeof(int32_t));
  return *reinterpret_cast<const int32_t*>(object - 1 + offset);
}
inline uint8_t ReadByte(Address object, int offset) {
  CheckRead(object, offset, sizeof(uint8_t));
  return *reinterpret_cast<const uint8_t*>(object - 1 + offset);
}

// Calls `visit(Address)` for each word of a stretch of a page, from the beginning of an object to
// the end of another one, both without the tag: it may stand in something else between them.
template <typename Visit>
inline void ForEachWord(Address begin, Address end, Visit visit) {
  const auto* at = reinterpret_cast<const Address*>(begin);
  const auto* const last = reinterpret_cast<const Address*>(end);
  for (; last - at >= 4; at += 4) {
    visit(at[0]);
    visit(at[1]);
    visit(at[2]);
    visit(at[3]);
  }
  for (; at < last; at++) visit(*at);
}

inline Address MapOf(Address object) {
  return ReadWord(object, v8::internal::Internals::kHeapObjectMapOffset);
}

inline uint16_t InstanceType(Address object) {
  using v8::internal::Internals;
  const Address map = MapOf(object);
  return *reinterpret_cast<const uint16_t*>(map - 1 + Internals::kMapInstanceTypeOffset);
}

inline bool HasType(Address value, uint16_t type) {
  return IsHeapObject(value) && InstanceType(value) == type;
}

// Arrays and contexts: their length is a Smi in the word after the map.
inline constexpr int kLengthOffset = 8;
inline int ReadLength(Address array) {
  const Address length = ReadWord(array, kLengthOffset);
  return IsSmi(length) && SmiValue(length) >= 0 ? SmiValue(length) : 0;
}

}  // namespace asynctb
