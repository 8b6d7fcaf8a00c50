// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

// Strings of the heap while addresses are good, that is without V8's functions.
#pragma once

#include <string>

#include "layout/string_layout.h"
#include "memory/heap_read.h"

namespace asynctb {

// Loads for string_reader.h and own_name.h.
// SAFETY: as heap_read.h says: tag and range are checked, types by the caller, and nothing moves.
class HeapReader {
 public:
  bool Word(Address object, int offset, Address* value) {
    if (!IsHeapObject(object)) return false;
    *value = ReadWord(object, offset);
    return true;
  }
  template <typename Unit>
  bool LoadUnit(uintptr_t address, Unit* value) {
    *value = *reinterpret_cast<const Unit*>(address);
    return true;
  }
  int TypeOf(Address object) { return IsHeapObject(object) ? InstanceType(object) : -1; }
};

// The text of a string in UTF-8; a very long one is cut, as `ToUtf8` does. False where it cannot
// be read like this.
bool ReadHeapText(const StringLayout& layout, Address string, std::string* text);

}  // namespace asynctb
