// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

// An object's own data properties, read without a call into V8: no getter and no trap runs.
// SAFETY: as heap_read.h says; all that is followed is checked and bounded, see own_name.h.
#pragma once

#include <algorithm>
#include <unordered_map>

#include "layout/heap_text.h"
#include "layout/own_name.h"

namespace asynctb {

class OwnProperty {
 public:
  // `key`: the address of the internalized string.
  OwnProperty(const NameLayout& layout, Address key) : layout_(layout), key_(key) {}

  // The value of what has no getter; kNoAddress where it has none of that name in itself.
  Address Of(Address object) {
    HeapReader reader;
    constexpr size_t kMostMaps = 4'096;
    if (places_.size() >= kMostMaps) places_.clear();
    const Address map = MapOf(object);
    const auto [entry, added] = places_.try_emplace(map);
    if (added) entry->second = FindNamePlace(&reader, layout_, key_, map);
    return Read(&reader, entry->second, object);
  }

 private:
  Address Read(HeapReader* reader, NamePlace place, Address object) const {
    using Kind = NamePlace::Kind;
    if (place.kind == Kind::kOfSource) return kNoAddress;
    if (place.kind == Kind::kInObject) return ReadWord(object, place.offset);
    const Address properties = ReadWord(object, layout_.properties);
    const int type = reader->TypeOf(properties);
    if (type !=
        (place.kind == Kind::kInDictionary ? layout_.dictionary_type : layout_.fields_type)) {
      return kNoAddress;
    }
    if (place.kind == Kind::kInProperties) {
      // Above the length is the object's identity hash.
      constexpr int kLengthMask = 1'023;
      const int count = ReadLength(properties) & kLengthMask;
      return place.offset < 16 + 8 * count ? ReadWord(properties, place.offset) : kNoAddress;
    }
    constexpr int kMostWords = 16 * 1'024;
    const int words = std::min(ReadLength(properties), kMostWords);
    for (int i = layout_.dictionary_start; i + 1 < words; i += layout_.dictionary_entry) {
      if (ReadWord(properties, 16 + 8 * i) == key_) return ReadWord(properties, 16 + 8 * (i + 1));
    }
    return kNoAddress;
  }

  const NameLayout& layout_;
  const Address key_;
  std::unordered_map<Address, NamePlace> places_;
};

}  // namespace asynctb
