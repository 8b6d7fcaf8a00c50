// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

// Where the parts of a heap lead to: then who holds something is looked for only in those parts
// that can hold it.
//
// SAFETY: as heap_read.h says; addresses in, addresses out, no allocation in the isolate.
#pragma once

#include <algorithm>
#include <cstdint>
#include <utility>
#include <vector>

#include "base/record_array.h"
#include "layout/layout.h"
#include "memory/address_set.h"
#include "memory/heap_read.h"

namespace asynctb {

class HolderLeads {
 public:
  // What is looked for, by its node.
  class Wanted {
   public:
    void Add(Address address, int32_t node);
    void Finish();
    bool empty() const { return nodes_.empty(); }

   private:
    friend class HolderLeads;
    void Add(uint32_t key, int32_t node);
    bool MayHave(uint32_t key) const {
      const uint32_t bit = BitOf(key);
      return (bits_[bit / 64] >> (bit % 64) & 1) != 0;
    }
    static uint32_t BitOf(uint32_t key) { return key * 0x9e3779b1u >> (32 - kBits); }
    static constexpr int kBits = 16;
    std::vector<uint64_t> bits_ = std::vector<uint64_t>((1 << kBits) / 64);
    std::vector<std::pair<uint32_t, int32_t>> nodes_;  // by key, in order
  };

  // `objects`: those that may hold something.
  HolderLeads(const Layout& layout, const AddressSet& objects);

  // Takes down where a part leads to. False when there is no room for more.
  bool Read(size_t part);

  // Whether a part that was read may lead to one of them that `is_open(node)`.
  template <typename IsOpen>
  bool MayLead(size_t part, const Wanted& wanted, IsOpen is_open) const;

 private:
  static constexpr int kPartBits = AddressSet::kPartBits;
  // 64 MB.
  static constexpr size_t kMostKeys = 16'000'000;
  // Most of what a part holds lies in a few blocks of 4 KB, so only these are taken down. Some of
  // the heap nearly all leads to: of those blocks it is taken down to what in them, and in a small
  // heap of all that is not near by. Keys are parts of an address, which another one may share.
  static constexpr int kBlockBits = 12;
  static constexpr uint32_t kIsBlock = 0x80000000u;
  static uint32_t BlockKeyOf(Address address) {
    return static_cast<uint32_t>(address >> kBlockBits) | kIsBlock;
  }
  static uint32_t ExactKeyOf(Address address) {
    return static_cast<uint32_t>(address >> 3) & ~kIsBlock;
  }

  struct Part {
    size_t begin = 0, end = 0;  // of the keys of what it leads to: a few of them twice
  };

  bool ReadWords(Address begin, Address end);
  void NotePopular(const Part& part);
  Address EndOf(Address object) const;

  const Layout& layout_;
  const AddressSet& objects_;
  Address lowest_ = ~Address{0}, size_ = 0;  // of the heap, as far as it may hold something
  std::vector<Part> parts_;
  RecordArray<uint32_t> keys_;
  // Blocks to which so many parts lead.
  static constexpr size_t kPopular = 4096, kLeading = 1 << 16;
  static constexpr uint8_t kManyParts = 250;
  std::vector<uint32_t> popular_ = std::vector<uint32_t>(kPopular);
  std::vector<uint8_t> leading_ = std::vector<uint8_t>(kLeading);
  static constexpr size_t kSmall = 2'000;  // parts: 128 MB
  const Address far_;                      // so many parts behind the one before that which is read
  // Of the part that is read.
  static constexpr size_t kRecent = 4096;
  Address part_before_ = 0;  // its number
  std::vector<uint32_t> recent_ = std::vector<uint32_t>(kRecent);
};

template <typename IsOpen>
bool HolderLeads::MayLead(size_t part, const Wanted& wanted, IsOpen is_open) const {
  for (size_t i = parts_[part].begin; i < parts_[part].end; i++) {
    const uint32_t key = keys_[i];
    if (!wanted.MayHave(key)) continue;
    for (auto found = std::lower_bound(wanted.nodes_.begin(), wanted.nodes_.end(),
                                       std::pair<uint32_t, int32_t>{key, -1});
         found != wanted.nodes_.end() && found->first == key; ++found) {
      if (is_open(found->second)) return true;
    }
  }
  return false;
}

}  // namespace asynctb
