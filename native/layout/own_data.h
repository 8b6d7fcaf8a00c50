// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

// The own data properties of an object and the entries of a Map, without a call into V8: no getter
// runs, and a proxy has none. For after ObjectLayout was proven.
//
// SAFETY: addresses in, no allocation in the isolate; see heap_read.h. Every type is compared, and
// every number of entries is bounded.
#pragma once

#include <string>

#include "layout/layout.h"
#include "memory/heap_read.h"

namespace asynctb {

class OwnData {
 public:
  explicit OwnData(const Layout& layout) : layout_(layout), names_(layout.names) {}

  // Calls `visit(key, value)` for each own data property whose key is a name, until it returns
  // false. Elements are no properties here.
  template <typename Visit>
  void ForEach(Address object, Visit visit) const {
    const Address map = MapOf(object);
    if (IsDictionary(map)) {
      const Address store = ReadWord(object, names_.properties);
      if (!HasType(store, static_cast<uint16_t>(names_.dictionary_type))) return;
      const int words = Bounded(ReadLength(store), kMostWords);
      for (int i = names_.dictionary_start; i + 2 < words; i += names_.dictionary_entry) {
        const Address details = ReadWord(store, 16 + 8 * (i + 2));
        const Address key = ReadWord(store, 16 + 8 * i);
        if (!IsSmi(details) || !IsData(SmiValue(details)) || !IsName(key)) continue;
        if (!visit(key, ReadWord(store, 16 + 8 * (i + 1)))) return;
      }
      return;
    }
    Address descriptors = kNoAddress;
    const int own = Descriptors(map, &descriptors);
    for (int i = 0; i < own; i++) {
      Address key = kNoAddress, value = kNoAddress;
      if (DescribedAt(object, map, descriptors, i, &key, &value) && !visit(key, value)) return;
    }
  }

  // The value of a property with this name; kNoAddress: there is none.
  Address Get(Address object, const char* name) const;
  // The same of a property whose key is a symbol, or a private name, of this description.
  Address GetBySymbol(Address object, const char* description) const;

  // Calls `visit(key, value)` for each entry of a Map, until it returns false.
  template <typename Visit>
  void ForEachEntry(Address map, Visit visit) const {
    const Address table = TableOf(map);
    if (table == kNoAddress) return;
    const int words = Bounded(ReadLength(table), kMostWords);
    for (int i = FirstEntry(table); i + kTableEntry <= words; i += kTableEntry) {
      // What was deleted has a hole there, and what was never used is undefined.
      const Address key = ReadWord(table, 16 + 8 * i);
      if (IsHeapObject(key) && !visit(key, ReadWord(table, 16 + 8 * (i + 1)))) return;
    }
  }

  bool IsObject(Address value) const { return HasType(value, layout_.objects.object_type); }
  bool IsMap(Address value) const { return HasType(value, layout_.objects.map_type); }
  bool IsString(Address value) const {
    return IsHeapObject(value) && names_.strings.IsStringType(InstanceType(value));
  }
  bool IsSymbol(Address value) const { return HasType(value, layout_.objects.symbol_type); }
  // What a symbol is called; the string is unreadable where it has no description.
  Address DescriptionOf(Address symbol) const {
    return ReadWord(symbol, layout_.objects.symbol_description);
  }

  // A string's text, cut where it is very long; false for anything else.
  bool Text(Address string, std::string* text) const;
  bool IsText(Address string, const char* expected) const;
  // A number; false for anything else.
  bool Number(Address value, double* number) const;
  // A number in an array; false where it is none.
  bool Element(Address array, int index, double* number) const;
  static std::string NumberText(double number);

 private:
  // More are not looked at.
  static constexpr int kMostWords = 6 * 1'024;
  static constexpr int kMostDescriptors = 1'024;  // V8 has at most 1,020

  static int Bounded(int count, int most) { return count < most ? count : most; }
  bool IsName(Address key) const { return IsString(key) || IsSymbol(key); }
  bool IsDictionary(Address map) const {
    return (static_cast<uint32_t>(ReadInt32(map, names_.bit_field3)) >> names_.dictionary_shift &
            1) != 0;
  }
  bool IsData(int details) const { return (details & names_.kind_mask) == names_.data_kind; }
  int Descriptors(Address map, Address* descriptors) const;
  bool DescribedAt(Address object, Address map, Address descriptors, int index, Address* key,
                   Address* value) const;
  Address TableOf(Address map) const;
  static int FirstEntry(Address table);

  const Layout& layout_;
  const NameLayout& names_;
};

}  // namespace asynctb
