// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

// A set of objects' addresses: one bit a word of the heap, for the parts of it that have some. Of a
// million objects it takes a few megabytes, where a hash table takes sixty.
#pragma once

#include <cstdint>
#include <memory>
#include <unordered_map>
#include <utility>
#include <vector>

#include "memory/heap_read.h"

namespace asynctb {

class AddressSet {
  struct Part;

 public:
  // False when it was there already.
  bool Insert(Address address) {
    const Address number = address >> kPartBits;
    if (number != last_number_) {
      const auto [found, is_new] = parts_.try_emplace(number, in_order_.size());
      if (is_new) in_order_.push_back({number, std::make_unique<Part>()});
      last_number_ = number;
      last_ = in_order_[found->second].second.get();
    }
    const size_t bit = BitOf(address);
    uint64_t& word = last_->words[bit / 64];
    const uint64_t mask = uint64_t{1} << (bit % 64);
    if ((word & mask) != 0) return false;
    word |= mask;
    return true;
  }

  bool Contains(Address address) const {
    const auto part = parts_.find(address >> kPartBits);
    if (part == parts_.end()) return false;
    const size_t bit = BitOf(address);
    return (in_order_[part->second].second->words[bit / 64] >> (bit % 64) & 1) != 0;
  }

  // Calls `visit(Address)` for each: the parts in the order in which they were met, and ascending
  // in each of them. Nothing may be inserted meanwhile.
  template <typename Visit>
  void ForEach(Visit visit) const {
    for (size_t part = 0; part < in_order_.size(); part++) ForEachIn(part, visit);
  }

  // The set comes in parts, one for each stretch of the heap that has some, as they were met.
  static constexpr int kPartBits = 16;
  size_t part_count() const { return in_order_.size(); }
  // The number of a part's stretch.
  Address NumberOfPart(size_t part) const { return in_order_[part].first; }
  template <typename Visit>
  void ForEachIn(size_t index, Visit visit) const {
    const auto& [number, part] = in_order_[index];
    for (size_t i = 0; i < kWords; i++) {
      for (uint64_t word = part->words[i]; word != 0; word &= word - 1) {
        const Address bit = i * 64 + static_cast<Address>(__builtin_ctzll(word));
        visit((number << kPartBits) + (bit << 3) + kTag);
      }
    }
  }

  // Calls `visit(Address first, Address last)` for each run of a part's addresses, between which
  // less than 1 KB lies.
  template <typename Visit>
  void ForEachRunIn(size_t index, Visit visit) const {
    const auto& [number, part] = in_order_[index];
    for (size_t i = 0; i < kWords; i++) {
      if (part->words[i] == 0) continue;
      const size_t first = i;
      while (i + 1 < kWords && part->words[i + 1] != 0) i++;
      const auto low = static_cast<Address>(__builtin_ctzll(part->words[first]));
      const auto high = static_cast<Address>(63 - __builtin_clzll(part->words[i]));
      const Address begin = (number << kPartBits) + kTag;
      visit(begin + ((first * 64 + low) << 3), begin + ((i * 64 + high) << 3));
    }
  }

 private:
  static size_t BitOf(Address address) { return (address & ((Address{1} << kPartBits) - 1)) >> 3; }

  static constexpr Address kTag = 1;  // of each address; see IsHeapObject
  static constexpr size_t kWords = (1 << kPartBits) / 8 / 64;
  struct Part {
    uint64_t words[kWords] = {};
  };
  std::unordered_map<Address, size_t> parts_;  // the index by the number
  std::vector<std::pair<Address, std::unique_ptr<Part>>> in_order_;
  Address last_number_ = ~Address{0};
  Part* last_ = nullptr;
};

}  // namespace asynctb
