// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "layout/holder_names.h"

#include <algorithm>

#include "layout/heap_text.h"

namespace asynctb {

using holder_names_internal::Descriptors;
using holder_names_internal::FieldOfEntry;
using holder_names_internal::ReadDescriptors;

namespace holder_names_internal {

bool ReadDescriptors(const Layout& layout, Address map, Descriptors* descriptors) {
  const NameLayout& n = layout.names;
  const uint32_t bits = static_cast<uint32_t>(ReadInt32(map, n.bit_field3));
  if ((bits >> n.dictionary_shift & 1) != 0) {
    descriptors->in_dictionary = true;
    return true;
  }
  const Address array = ReadWord(map, n.descriptors);
  if (!IsHeapObject(array) || !n.IsDescriptorsType(InstanceType(array))) return false;
  constexpr int kMostDescriptors = 1'024;  // V8 has at most 1,020
  // SAFETY: the number of all entries stands in the first half-word behind the map.
  const int all = *reinterpret_cast<const int16_t*>(array - 1 + kLengthOffset);
  const int own =
      static_cast<int>((bits & static_cast<uint32_t>(n.own_count_mask)) >> n.own_count_shift);
  descriptors->array = array;
  descriptors->count = std::min({own, all, kMostDescriptors});
  descriptors->fields_start = ReadByte(map, n.fields_start);
  descriptors->size = ReadByte(map, n.size_in_words);
  return true;
}

int FieldOfEntry(const Layout& layout, const Descriptors& descriptors, int entry, Address* key) {
  const NameLayout& n = layout.names;
  const int at = n.header + 8 * n.entry * entry;
  const Address details = ReadWord(descriptors.array, at + 8 * n.entry_details);
  if (!IsSmi(details)) return -1;
  const int number = SmiValue(details);
  if ((number & n.kind_mask) != n.data_kind ||
      (number & n.place_mask) >> n.place_shift != n.in_field) {
    return -1;
  }
  *key = ReadWord(descriptors.array, at + 8 * n.entry_key);
  return static_cast<int>(static_cast<uint32_t>(number & n.index_mask) >> n.index_shift);
}

Address ValueOfField(const Layout& layout, Address object, const Descriptors& descriptors,
                     int field) {
  const int at = descriptors.fields_start + field;
  if (at < descriptors.size) return ReadWord(object, 8 * at);
  const Address store = ReadWord(object, layout.names.properties);
  if (!IsHeapObject(store) || InstanceType(store) != layout.names.fields_type) return kNoAddress;
  const int index = at - descriptors.size;
  if (index >= LengthOfStore(layout, store)) return kNoAddress;
  return ReadWord(store, kContextSlots + 8 * index);
}

}  // namespace holder_names_internal

namespace {

// The key of the field with this number.
Address KeyOfNumber(const Layout& layout, const Descriptors& descriptors, int number) {
  for (int i = 0; i < descriptors.count; i++) {
    Address key = kNoAddress;
    if (FieldOfEntry(layout, descriptors, i, &key) == number) return key;
  }
  return kNoAddress;
}

}  // namespace

Address KeyOfField(const Layout& layout, Address object, int offset) {
  Descriptors descriptors;
  if (!ReadDescriptors(layout, MapOf(object), &descriptors) || descriptors.in_dictionary) {
    return kNoAddress;
  }
  const int number = offset / 8 - descriptors.fields_start;
  return number < 0 ? kNoAddress : KeyOfNumber(layout, descriptors, number);
}

Address KeyOfFurtherField(const Layout& layout, Address object, int index) {
  Descriptors descriptors;
  if (!ReadDescriptors(layout, MapOf(object), &descriptors) || descriptors.in_dictionary) {
    return kNoAddress;
  }
  return KeyOfNumber(layout, descriptors, descriptors.size - descriptors.fields_start + index);
}

int LengthOfStore(const Layout& layout, Address store) {
  constexpr int kMostSlots = 10'000, kFieldsMask = 0x3ff;
  const int length = ReadLength(store);
  // Above the length of further fields is the object's identity hash.
  if (layout.holders.Of(InstanceType(store)) == HolderType::kFields) return length & kFieldsMask;
  return std::min(length, kMostSlots);
}

StoreEntry EntryOfStore(const Layout& layout, Address object, Address store, int index) {
  const HolderLayout& h = layout.holders;
  const auto word = [&](int at) { return ReadWord(store, kContextSlots + 8 * at); };
  const auto key_before = [&]() -> StoreEntry {
    if (index < 1) return {};
    const Address key = word(index - 1);
    if (IsSmi(key)) return {kNoAddress, SmiValue(key)};
    return {IsHeapObject(key) ? key : kNoAddress, -1};
  };
  const uint16_t type = InstanceType(store);
  switch (h.Of(type)) {
    case HolderType::kFields:
      return {KeyOfFurtherField(layout, object, index), -1};
    case HolderType::kDictionary:
      return key_before();
    case HolderType::kElements:
      if (type == h.sparse_type) return key_before();
      if (type == h.set_table_type) return {};
      if (type == h.map_table_type) {
        // Three numbers, the buckets, and then a key, a value and a link an entry.
        constexpr int kBuckets = 2, kFirst = 3, kEntry = 3;
        const int buckets = IsSmi(word(kBuckets)) ? SmiValue(word(kBuckets)) : 0;
        return (index - kFirst - buckets) % kEntry == 1 ? key_before() : StoreEntry();
      }
      return {kNoAddress, index};
    default:
      return {};
  }
}

namespace {

// Names and their numbers, behind three numbers of the table itself. Its type is not asked for:
// what is read is checked, and the words are those of an array.
Address VariableInTable(const Layout& layout, Address table, int index) {
  constexpr int kFirst = 3, kMostWords = 20'000;
  if (InstanceType(table) != layout.holders.names_type) return kNoAddress;
  const int length = std::min(ReadLength(table), kMostWords);
  for (int i = kFirst; i + 1 < length; i += 2) {
    const Address key = ReadWord(table, kContextSlots + 8 * i);
    const Address number = ReadWord(table, kContextSlots + 8 * (i + 1));
    if (IsHeapObject(key) && IsSmi(number) && SmiValue(number) == index &&
        layout.names.strings.IsStringType(InstanceType(key))) {
      return key;
    }
  }
  return kNoAddress;
}

}  // namespace

// A scope's description lists the names of its variables in the order of the slots; they are the
// first strings in it. Behind them stand numbers. SAFETY: names are looked for within the object
// that the first name was found in: behind the last one stands a number, not a string.
Address VariableOfSlot(const Layout& layout, Address context, int slot) {
  constexpr int kHeaderSlots = 2, kMostBefore = 10;
  const StringLayout& strings = layout.names.strings;
  const auto is_string = [&](Address word) {
    return IsHeapObject(word) && strings.IsStringType(InstanceType(word));
  };
  const Address info = ReadWord(context, kContextSlots);
  const int length = ReadLength(context);
  if (!HasType(info, layout.holders.scope_info_type) || slot >= length) return kNoAddress;
  // In front of a module's variables stands the module.
  const bool is_of_module =
      length > kHeaderSlots && layout.module_type != Layout::kNoType &&
      HasType(ReadWord(context, kContextSlots + 8 * kHeaderSlots), layout.module_type);
  const int header = kHeaderSlots + (is_of_module ? 1 : 0);
  if (slot < header) return kNoAddress;
  // SAFETY: what lies behind a short description is another object, but of the same page: nothing
  // is read beyond that.
  const auto is_near = [&](int offset) {
    constexpr int kPageBits = 18;
    return (info + static_cast<Address>(offset)) >> kPageBits == info >> kPageBits;
  };
  int first = 8;
  while (first < 8 * kMostBefore && is_near(first) && !is_string(ReadWord(info, first))) {
    const Address word = ReadWord(info, first);
    // More names than stand in it are in a table.
    if (IsHeapObject(word)) return VariableInTable(layout, word, slot - header);
    first += 8;
  }
  if (!is_near(first + 8 * length)) return kNoAddress;
  // Each name is one that the slot before has, too: never past the last one.
  const int index = slot - header;
  for (int i = 0; i <= index; i++) {
    if (!is_string(ReadWord(info, first + 8 * i))) return kNoAddress;
  }
  // A scope that `eval` may add to has one slot more in front; so has, at the end, one that holds
  // its function.
  bool all_named = true;
  for (int i = index; i < length - header && all_named; i++) {
    all_named = is_string(ReadWord(info, first + 8 * i));
  }
  if (!all_named) {
    const Address last = ReadWord(context, kContextSlots + 8 * (length - 1));
    const bool is_function =
        IsHeapObject(last) && layout.holders.Of(InstanceType(last)) == HolderType::kFunction;
    if (!is_function) return kNoAddress;
  }
  return ReadWord(info, first + 8 * index);
}

bool ReadKey(const Layout& layout, Address key, std::string* text) {
  if (!IsHeapObject(key)) return false;
  if (HasType(key, layout.holders.symbol_type)) {
    key = ReadWord(key, layout.holders.symbol_description);
    if (!IsHeapObject(key)) return false;
  }
  return layout.names.strings.IsStringType(InstanceType(key)) &&
         ReadHeapText(layout.names.strings, key, text);
}

}  // namespace asynctb
