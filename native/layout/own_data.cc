// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "layout/own_data.h"

#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "layout/heap_text.h"
#include "layout/string_reader.h"

namespace asynctb {

namespace {

constexpr int kArraySlots = 16;
// A store of properties has the identity hash in the high bits of its length.
constexpr int kStoreLengthMask = 0x3ff;

}  // namespace

int OwnData::Descriptors(Address map, Address* descriptors) const {
  *descriptors = ReadWord(map, names_.descriptors);
  if (names_.entry != 3 || !IsHeapObject(*descriptors) ||
      !names_.IsDescriptorsType(InstanceType(*descriptors))) {
    return 0;
  }
  const auto bits = static_cast<uint32_t>(ReadInt32(map, names_.bit_field3));
  const int own = static_cast<int>((bits & static_cast<uint32_t>(names_.own_count_mask)) >>
                                   names_.own_count_shift);
  const int all = *reinterpret_cast<const int16_t*>(*descriptors - 1 + kLengthOffset);
  return Bounded(Bounded(own, all), kMostDescriptors);
}

bool OwnData::DescribedAt(Address object, Address map, Address descriptors, int index, Address* key,
                          Address* value) const {
  const int at = names_.header + 8 * names_.entry * index;
  const Address details = ReadWord(descriptors, at + 8 * names_.entry_details);
  *key = ReadWord(descriptors, at + 8 * names_.entry_key);
  if (!IsSmi(details) || !IsData(SmiValue(details)) || !IsName(*key)) return false;
  const int number = SmiValue(details);
  if ((number & names_.place_mask) >> names_.place_shift != names_.in_field) {
    // Of an entry's three words, the one that is neither.
    *value = ReadWord(descriptors, at + 8 * (3 - names_.entry_key - names_.entry_details));
    return true;
  }
  const int field =
      static_cast<int>(static_cast<uint32_t>(number & names_.index_mask) >> names_.index_shift);
  const int start = ReadByte(map, names_.fields_start);
  const int size = ReadByte(map, names_.size_in_words);
  if (start + field < size) {
    *value = ReadWord(object, 8 * (start + field));
    return true;
  }
  const Address store = ReadWord(object, names_.properties);
  const int place = start + field - size;
  if (!HasType(store, static_cast<uint16_t>(names_.fields_type)) ||
      place >= (ReadLength(store) & kStoreLengthMask)) {
    return false;
  }
  *value = ReadWord(store, kArraySlots + 8 * place);
  return true;
}

Address OwnData::Get(Address object, const char* name) const {
  Address found = kNoAddress;
  ForEach(object, [&](Address key, Address value) {
    if (!IsString(key) || !IsText(key, name)) return true;
    found = value;
    return false;
  });
  return found;
}

Address OwnData::GetBySymbol(Address object, const char* description) const {
  Address found = kNoAddress;
  ForEach(object, [&](Address key, Address value) {
    if (!IsSymbol(key) || !IsText(DescriptionOf(key), description)) return true;
    found = value;
    return false;
  });
  return found;
}

Address OwnData::TableOf(Address map) const {
  const Address table = ReadWord(map, layout_.objects.map_table);
  return HasType(table, layout_.objects.table_type) ? table : kNoAddress;
}

int OwnData::FirstEntry(Address table) {
  const int length = ReadLength(table);
  if (length < kTableHeader) return length;
  const Address buckets = ReadWord(table, kArraySlots + 8 * kTableBuckets);
  if (!IsSmi(buckets) || SmiValue(buckets) < 0 || SmiValue(buckets) > length) return length;
  return kTableHeader + SmiValue(buckets);
}

bool OwnData::Text(Address string, std::string* text) const {
  return IsString(string) && ReadHeapText(names_.strings, string, text);
}

bool OwnData::IsText(Address string, const char* expected) const {
  if (!IsString(string)) return false;
  HeapReader reader;
  StringReader<HeapReader> strings(&reader, names_.strings);
  FlatText flat;
  const auto length = static_cast<int>(strlen(expected));
  if (!strings.Flatten(string, &flat) || flat.length != length) return false;
  for (int i = 0; i < length; i++) {
    uint16_t unit = 0;
    strings.UnitAt(flat, i, &unit);
    if (unit != static_cast<unsigned char>(expected[i])) return false;
  }
  return true;
}

bool OwnData::Number(Address value, double* number) const {
  if (IsSmi(value)) {
    *number = SmiValue(value);
    return true;
  }
  if (!HasType(value, layout_.objects.number_type)) return false;
  memcpy(number, reinterpret_cast<const void*>(value - 1 + layout_.objects.number_value),
         sizeof(*number));
  return true;
}

bool OwnData::Element(Address array, int index, double* number) const {
  const ObjectLayout& objects = layout_.objects;
  if (!HasType(array, objects.array_type)) return false;
  const Address elements = ReadWord(array, objects.array_elements);
  if (!IsHeapObject(elements) || index >= ReadLength(elements)) return false;
  const int at = kArraySlots + 8 * index;
  if (HasType(elements, objects.elements_type)) return Number(ReadWord(elements, at), number);
  if (!HasType(elements, objects.doubles_type)) return false;
  memcpy(number, reinterpret_cast<const void*>(elements - 1 + at), sizeof(*number));
  return *number == *number;
}

// As short as it is the same number again.
std::string OwnData::NumberText(double number) {
  if (std::isnan(number)) return "NaN";
  if (std::isinf(number)) return number < 0 ? "-Infinity" : "Infinity";
  char text[40];
  for (int digits = 15; digits <= 17; digits++) {
    snprintf(text, sizeof(text), "%.*g", digits, number);
    if (strtod(text, nullptr) == number) break;
  }
  constexpr double kMostWhole = 1e21;
  if (number == std::floor(number) && std::fabs(number) < kMostWhole) {
    snprintf(text, sizeof(text), "%.0f", number);
  }
  return text;
}

}  // namespace asynctb
