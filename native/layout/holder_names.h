// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

// Under which name something is held, read without a call into V8.
//
// SAFETY: as heap_read.h says. Types are checked here, and all is bounded.
#pragma once

#include <algorithm>
#include <string>

#include "layout/layout.h"

namespace asynctb {

// The key of the property that stands at this offset in an object, or at this index among its
// further fields; kNoAddress where none does.
Address KeyOfField(const Layout& layout, Address object, int offset);
Address KeyOfFurtherField(const Layout& layout, Address object, int index);

// What stands at an index of a store. With a key, or else with an index, -1 where it has none.
struct StoreEntry {
  Address key = kNoAddress;
  int index = -1;
};
// `object`: whose store it is.
StoreEntry EntryOfStore(const Layout& layout, Address object, Address store, int index);

// The words of a store or context that may hold something, bounded.
int LengthOfStore(const Layout& layout, Address store);

// The variable that a context keeps in a slot.
Address VariableOfSlot(const Layout& layout, Address context, int slot);

// A string, or what describes a symbol; false for anything else.
bool ReadKey(const Layout& layout, Address key, std::string* text);

// Calls `visit(Address key, Address value)` for each own data property that needs no getter, at
// most 1,000 of them.
template <typename Visit>
void ForEachOwnField(const Layout& layout, Address object, Visit visit);

namespace holder_names_internal {

struct Descriptors {
  Address array = kNoAddress;
  int count = 0;
  int fields_start = 0, size = 0;  // of the objects, in words
  bool in_dictionary = false;
};
bool ReadDescriptors(const Layout& layout, Address map, Descriptors* descriptors);
// The number of the field in which an entry has its value, -1 where it has none.
int FieldOfEntry(const Layout& layout, const Descriptors& descriptors, int entry, Address* key);
Address ValueOfField(const Layout& layout, Address object, const Descriptors& descriptors,
                     int field);

}  // namespace holder_names_internal

template <typename Visit>
void ForEachOwnField(const Layout& layout, Address object, Visit visit) {
  using holder_names_internal::Descriptors;
  using holder_names_internal::FieldOfEntry;
  using holder_names_internal::ReadDescriptors;
  using holder_names_internal::ValueOfField;
  Descriptors descriptors;
  if (!ReadDescriptors(layout, MapOf(object), &descriptors)) return;
  if (descriptors.in_dictionary) {
    const NameLayout& n = layout.names;
    const Address store = ReadWord(object, n.properties);
    if (!IsHeapObject(store) || InstanceType(store) != n.dictionary_type) return;
    constexpr int kMostWords = 3'000;
    const int words = std::min(LengthOfStore(layout, store), kMostWords);
    for (int i = n.dictionary_start; i + 1 < words; i += n.dictionary_entry) {
      visit(ReadWord(store, kContextSlots + 8 * i), ReadWord(store, kContextSlots + 8 * (i + 1)));
    }
    return;
  }
  for (int i = 0; i < descriptors.count; i++) {
    Address key = kNoAddress;
    const int field = FieldOfEntry(layout, descriptors, i, &key);
    if (field < 0) continue;
    visit(key, ValueOfField(layout, object, descriptors, field));
  }
}

}  // namespace asynctb
