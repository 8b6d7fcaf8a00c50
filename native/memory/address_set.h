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
      std::unique_ptr<Part>& part = parts_[number];
      if (part == nullptr) {
        part = std::make_unique<Part>();
        in_order_.push_back({number, part.get()});
      }
      last_number_ = number;
      last_ = part.get();
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
    return (part->second->words[bit / 64] >> (bit % 64) & 1) != 0;
  }

  // The same question, many times, of a set that does not change meanwhile.
  class Reader {
   public:
    explicit Reader(const AddressSet& set) : set_(set) {}
    bool Contains(Address address) {
      const Address number = address >> kPartBits;
      Known& known = known_[number % kKnown];
      if (known.number != number) {
        const auto part = set_.parts_.find(number);
        known = {number, part == set_.parts_.end() ? nullptr : part->second.get()};
      }
      if (known.part == nullptr) return false;
      const size_t bit = BitOf(address);
      return (known.part->words[bit / 64] >> (bit % 64) & 1) != 0;
    }

   private:
    struct Known {
      Address number = ~Address{0};
      const Part* part = nullptr;
    };
    static constexpr size_t kKnown = 4096;
    const AddressSet& set_;
    std::vector<Known> known_ = std::vector<Known>(kKnown);
  };

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

 private:
  static size_t BitOf(Address address) { return (address & ((Address{1} << kPartBits) - 1)) >> 3; }

  static constexpr Address kTag = 1;  // of each address; see IsHeapObject
  static constexpr size_t kWords = (1 << kPartBits) / 8 / 64;
  struct Part {
    uint64_t words[kWords] = {};
  };
  std::unordered_map<Address, std::unique_ptr<Part>> parts_;
  std::vector<std::pair<Address, const Part*>> in_order_;
  Address last_number_ = ~Address{0};
  Part* last_ = nullptr;
};

}  // namespace asynctb
