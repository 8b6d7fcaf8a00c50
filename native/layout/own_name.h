// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

// A function's own data property `name`, read without a call into V8. `Reader` loads memory as
// string_reader.h says; all that is followed is checked and bounded.
#pragma once

#include "layout/name_layout.h"

namespace asynctb {

// How the functions of one map keep their name.
struct NamePlace {
  enum class Kind : uint8_t {
    kOfSource,      // by an accessor, or not at all: the function's source says it
    kInObject,      // offset: in the function
    kInProperties,  // offset: in the array of further fields
    kInDictionary,
  };
  Kind kind = Kind::kOfSource;
  int offset = 0;
};

template <typename Reader>
NamePlace FindNamePlace(Reader* reader, const NameLayout& l, Address key, Address map) {
  constexpr int kMostDescriptors = 1'024;  // V8 has at most 1,020
  NamePlace place;
  Address descriptors = 0;
  uint32_t bits = 0;
  uint8_t size = 0, start = 0;
  int16_t all = 0;
  if (!reader->LoadUnit(map - 1 + l.bit_field3, &bits)) return place;
  if ((bits >> l.dictionary_shift & 1) != 0) {
    place.kind = NamePlace::Kind::kInDictionary;
    return place;
  }
  if (!reader->Word(map, l.descriptors, &descriptors) ||
      !l.IsDescriptorsType(reader->TypeOf(descriptors)) ||
      !reader->LoadUnit(map - 1 + l.size_in_words, &size) ||
      !reader->LoadUnit(map - 1 + l.fields_start, &start) ||
      !reader->LoadUnit(descriptors - 1 + kLengthOffset, &all)) {
    return place;
  }
  const int own =
      static_cast<int>((bits & static_cast<uint32_t>(l.own_count_mask)) >> l.own_count_shift);
  for (int i = 0; i < own && i < all && i < kMostDescriptors; i++) {
    const int at = l.header + 8 * l.entry * i;
    Address found = 0, details = 0;
    if (!reader->Word(descriptors, at + 8 * l.entry_key, &found)) return place;
    if (found != key) continue;
    if (!reader->Word(descriptors, at + 8 * l.entry_details, &details) || !IsSmi(details)) {
      return place;
    }
    const int number = SmiValue(details);
    if ((number & l.kind_mask) != l.data_kind ||
        (number & l.place_mask) >> l.place_shift != l.in_field) {
      return place;
    }
    const int index =
        static_cast<int>(static_cast<uint32_t>(number & l.index_mask) >> l.index_shift);
    if (start + index < size) {
      place.kind = NamePlace::Kind::kInObject;
      place.offset = 8 * (start + index);
    } else {
      place.kind = NamePlace::Kind::kInProperties;
      place.offset = 16 + 8 * (start + index - size);
    }
    return place;
  }
  return place;
}

// The string; kNoAddress where the function has none of its own.
template <typename Reader>
Address ReadOwnName(Reader* reader, const NameLayout& l, Address key, NamePlace place,
                    Address function) {
  Address name = kNoAddress;
  if (place.kind == NamePlace::Kind::kInObject) {
    if (!reader->Word(function, place.offset, &name)) return kNoAddress;
  } else if (place.kind != NamePlace::Kind::kOfSource) {
    Address properties = 0;
    Address length = 0;
    if (!reader->Word(function, l.properties, &properties)) return kNoAddress;
    const int type = reader->TypeOf(properties);
    if (!(place.kind == NamePlace::Kind::kInDictionary ? type == l.dictionary_type
                                                       : type == l.fields_type) ||
        !reader->Word(properties, kLengthOffset, &length) || !IsSmi(length)) {
      return kNoAddress;
    }
    if (place.kind == NamePlace::Kind::kInProperties) {
      // Above the length is the object's identity hash.
      constexpr int kLengthMask = 1'023;
      const int count = SmiValue(length) & kLengthMask;
      if (place.offset >= 16 + 8 * count || !reader->Word(properties, place.offset, &name)) {
        return kNoAddress;
      }
    } else {
      constexpr int kMostWords = 16 * 1'024;
      const int words = SmiValue(length) < kMostWords ? SmiValue(length) : kMostWords;
      for (int i = l.dictionary_start; i + 1 < words; i += l.dictionary_entry) {
        Address found = 0;
        if (!reader->Word(properties, 16 + 8 * i, &found)) return kNoAddress;
        if (found != key) continue;
        if (!reader->Word(properties, 16 + 8 * (i + 1), &name)) return kNoAddress;
        break;
      }
    }
  }
  return l.strings.IsStringType(reader->TypeOf(name)) ? name : kNoAddress;
}

}  // namespace asynctb
