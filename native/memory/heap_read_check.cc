// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

// With ASYNCTB_CHECK_READS: ends the process at the first load of what is no object, or that leaves
// its object. What stands behind an object is mapped nearly always, so that nothing else shows such
// a load before it comes to the last object of a page.

#ifdef ASYNCTB_CHECK_READS

#include <dlfcn.h>
#include <execinfo.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>

#include "memory/heap_read.h"

namespace asynctb {

namespace {

int Constant(const char* name, int missing) {
  const void* constant = dlsym(RTLD_DEFAULT, name);
  return constant == nullptr ? missing : *static_cast<const int*>(constant);
}

Address Word(Address from, int offset) {
  return *reinterpret_cast<const Address*>(from - 1 + offset);
}

// What the type says, of the map of an object.
uint16_t TypeOfMap(Address map) {
  return *reinterpret_cast<const uint16_t*>(map - 1 +
                                            v8::internal::Internals::kMapInstanceTypeOffset);
}

// What is no object fails here at the latest, by a fault.
bool IsObject(Address object) {
  static const int kMap = Constant("v8dbg_type_Map__MAP_TYPE", -1);
  const Address meta = Word(Word(object, v8::internal::Internals::kHeapObjectMapOffset),
                            v8::internal::Internals::kHeapObjectMapOffset);
  return IsHeapObject(object) && IsHeapObject(meta) && TypeOfMap(meta) == kMap;
}

// Bytes of the object, 0 where they are not known.
int KnownSize(Address object) {
  static const int kFirstContext = Constant("v8dbg_FirstContextType", -1);
  static const int kLastContext = Constant("v8dbg_LastContextType", -2);
  static const int kFixedArray = Constant("v8dbg_type_FixedArray__FIXED_ARRAY_TYPE", -1);
  const Address map = Word(object, v8::internal::Internals::kHeapObjectMapOffset);
  // The size in words comes first in what the instance type stands in.
  const int words = *reinterpret_cast<const uint8_t*>(map - 1 + 8);
  if (words > 0) return 8 * words;
  const int type = TypeOfMap(map);
  if (type != kFixedArray && (type < kFirstContext || type > kLastContext)) return 0;
  const Address length = Word(object, kLengthOffset);
  if (!IsSmi(length)) return 0;
  // Behind the slots of a native context, which has hundreds, stands a word that is none.
  constexpr int kManySlots = 200;
  const bool may_be_native = type != kFixedArray && SmiValue(length) > kManySlots;
  return 16 + 8 * (SmiValue(length) + (may_be_native ? 1 : 0));
}

}  // namespace

void CheckRead(Address object, int offset, int width) {
  const bool is_object = IsObject(object);
  const int size = is_object ? KnownSize(object) : 0;
  if (is_object && offset >= 0 && (size == 0 || offset + width <= size)) return;
  std::fprintf(stderr, "asynctb: a load of %d bytes at %d of an object of %d\n", width, offset,
               size);
  void* frames[40];
  backtrace_symbols_fd(frames, backtrace(frames, 40), STDERR_FILENO);
  std::abort();
}

}  // namespace asynctb

#endif
