// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "heap/holder_leads.h"

#include <algorithm>

#include "layout/holder_names.h"

namespace asynctb {

void HolderLeads::Wanted::Add(Address address, int32_t node) {
  Add(BlockKeyOf(address), node);
  Add(ExactKeyOf(address), node);
}

void HolderLeads::Wanted::Add(uint32_t key, int32_t node) {
  bits_[BitOf(key) / 64] |= uint64_t{1} << (BitOf(key) % 64);
  nodes_.emplace_back(key, node);
}

void HolderLeads::Wanted::Finish() { std::sort(nodes_.begin(), nodes_.end()); }

HolderLeads::HolderLeads(const Layout& layout, const AddressSet& objects)
    : layout_(layout),
      objects_(objects),
      parts_(objects.part_count()),
      far_(objects.part_count() <= kSmall ? 3 : ~Address{0}) {
  Address highest = 0;
  for (size_t part = 0; part < objects.part_count(); part++) {
    lowest_ = std::min(lowest_, objects.NumberOfPart(part) << kPartBits);
    highest = std::max(highest, (objects.NumberOfPart(part) + 1) << kPartBits);
  }
  size_ = highest - std::min(lowest_, highest);
}

// Objects that lie close together are read in one go, and with them what lies between: it is
// garbage, or holds nothing. What follows the last one of a run is not known, so that is read by
// its own length.
bool HolderLeads::Read(size_t part) {
  if (keys_.size() > kMostKeys) return false;
  part_before_ = objects_.NumberOfPart(part) - 1;
  std::fill(recent_.begin(), recent_.end(), 0);
  parts_[part].begin = keys_.size();
  Address read = 0;
  bool has_room = true;
  objects_.ForEachRunIn(part, [&](Address first, Address last) {
    const Address end = EndOf(last);
    has_room = has_room && ReadWords(std::max(first - 1, read), end);
    read = std::max(read, end);
  });
  parts_[part].end = keys_.size();
  NotePopular(parts_[part]);
  return has_room;
}

void HolderLeads::NotePopular(const Part& part) {
  if (far_ != ~Address{0}) return;
  for (size_t i = part.begin; i < part.end; i++) {
    if ((keys_[i] & kIsBlock) == 0) continue;
    uint8_t& leading = leading_[keys_[i] % kLeading];
    if (leading < kManyParts) leading++;
    if (leading == kManyParts) popular_[keys_[i] % kPopular] = keys_[i];
  }
}

Address HolderLeads::EndOf(Address object) const {
  switch (layout_.holders.Of(InstanceType(object))) {
    case HolderType::kContext:
    case HolderType::kFields:
    case HolderType::kDictionary:
    case HolderType::kElements:
      return object - 1 + static_cast<Address>(kContextSlots + 8 * LengthOfStore(layout_, object));
    default:
      return object - 1 + static_cast<Address>(SizeOf(layout_, object));
  }
}

// A few steps for each word, and no branch: what a heap holds cannot be foretold. Taken down is
// what was not among the last.
bool HolderLeads::ReadWords(Address begin, Address end) {
  if (begin >= end) return true;
  if (!keys_.MakeRoom((end - begin) / sizeof(Address))) return false;
  const Address lowest = lowest_, size = size_, before = part_before_, far = far_;
  const uint32_t* const popular = popular_.data();
  uint32_t* const recent = recent_.data();
  uint32_t* const from = keys_.end();
  uint32_t* to = from;
  ForEachWord(begin, end, [&](Address word) {
    const uint32_t block = BlockKeyOf(word);
    const uint32_t exact = ExactKeyOf(word);
    const bool is_popular = popular[block % kPopular] == block;
    const bool is_far = (word >> kPartBits) - before >= far;
    const uint32_t key =
        (static_cast<int>(is_popular) | static_cast<int>(is_far)) != 0 ? exact : block;
    const uint32_t same = recent[key % kRecent];
    recent[key % kRecent] = key;
    *to = key;
    to += static_cast<int>(word - lowest < size) & static_cast<int>(same != key);
  });
  keys_.Take(static_cast<size_t>(to - from));
  return true;
}

}  // namespace asynctb
