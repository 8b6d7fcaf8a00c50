// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

// Finds a record by its object's address. The heap is walked in address order, so the records of
// one 4 KB stretch follow each other: a table of stretches and a short search inside of one keep
// look-ups in the cache, where a hash table of every address would miss it each time.
#pragma once

#include <algorithm>
#include <cstdint>
#include <numeric>
#include <vector>

#include "base/record_array.h"
#include "memory/heap_read.h"

namespace asynctb {

inline constexpr uint32_t kNone = 0xffffffff;

// `Record` has a member `address`.
template <typename Record>
class AddressIndex {
 public:
  // Call for each record that is added to the array, in their order.
  void Add(Address address) {
    const uint32_t position = added_++;
    const Address key = address >> kStretchBits;
    if (stretches_.empty() || stretches_.back().key != key) {
      stretches_.push_back({key, position, position + 1});
    } else {
      if (address <= last_) in_order_ = false;
      stretches_.back().end = position + 1;
    }
    last_ = address;
  }

  // Call once, after the last record was added and before the first Find.
  void Build(const RecordArray<Record>& records) {
    records_ = &records;
    if (in_order_ && FillTable()) return;
    order_.resize(records.size());
    std::iota(order_.begin(), order_.end(), 0);
    std::sort(order_.begin(), order_.end(), [&records](uint32_t a, uint32_t b) {
      return records[a].address < records[b].address;
    });
    stretches_.clear();
    added_ = 0;
    for (const uint32_t i : order_) Add(records[i].address);
    FillTable();
  }

  // Whether there was no memory for all that was added.
  bool exhausted() const { return stretches_.exhausted(); }

  // The record's place in the array, kNone when there is none for this address.
  uint32_t Find(Address address) const { return RecordAt(Search(address)); }

  // The places of the last few records that were found, for one sequence of searches.
  struct Trail {
    static constexpr uint32_t kSteps = 4;
    uint32_t places[kSteps] = {};
    uint32_t next = 0;
  };

  // The same, for a sequence of addresses that mostly are neighbours of those before: what refers
  // to each other was mostly allocated together, and moved together.
  uint32_t FindNext(Address address, Trail* trail) const {
    const uint32_t size = static_cast<uint32_t>(records_->size());
    for (uint32_t i = 1; i <= Trail::kSteps; i++) {
      uint32_t& place = trail->places[(trail->next - i) % Trail::kSteps];
      for (const uint32_t near : {place + 1, place - 1}) {
        if (near >= size || At(near) != address) continue;
        place = near;
        return RecordAt(near);
      }
    }
    const uint32_t place = Search(address);
    if (place != kNone) trail->places[trail->next++ % Trail::kSteps] = place;
    return RecordAt(place);
  }

 private:
  uint32_t RecordAt(uint32_t position) const {
    return position == kNone || order_.empty() ? position : order_[position];
  }

  // The position in address order.
  uint32_t Search(Address address) const {
    if (table_.empty()) return kNone;
    const Address key = address >> kStretchBits;
    for (size_t i = Slot(key);; i = (i + 1) & (table_.size() - 1)) {
      const Stretch& stretch = table_[i];
      if (stretch.begin == stretch.end) return kNone;
      if (stretch.key != key) continue;
      // The objects are spread over the stretch about evenly, so the search begins where this one
      // should be.
      const uint32_t count = stretch.end - stretch.begin;
      const uint32_t offset = static_cast<uint32_t>(address & ((1u << kStretchBits) - 1));
      uint32_t position = stretch.begin + (offset * count >> kStretchBits);
      while (position > stretch.begin && At(position) > address) position--;
      while (position < stretch.end && At(position) < address) position++;
      if (position < stretch.end && At(position) == address) return position;
      return kNone;
    }
  }

  static constexpr int kStretchBits = 12;
  struct Stretch {
    Address key = 0;
    uint32_t begin = 0, end = 0;
  };

  Address At(uint32_t position) const {
    return (*records_)[order_.empty() ? position : order_[position]].address;
  }
  size_t Slot(Address key) const {
    return (key * Address{0x9e3779b97f4a7c15} >> 20) & (table_.size() - 1);
  }

  // False when the records are not in the order that it takes for granted.
  bool FillTable() {
    size_t size = 16;
    while (size < stretches_.size() * 2) size *= 2;
    table_.assign(size, Stretch());
    for (const Stretch& stretch : stretches_) {
      size_t i = Slot(stretch.key);
      while (table_[i].begin != table_[i].end) {
        if (table_[i].key == stretch.key) return false;  // visited in two parts
        i = (i + 1) & (size - 1);
      }
      table_[i] = stretch;
    }
    return true;
  }

  const RecordArray<Record>* records_ = nullptr;
  RecordArray<Stretch> stretches_;
  uint32_t added_ = 0;
  Address last_ = kNoAddress;
  bool in_order_ = true;
  std::vector<uint32_t> order_;  // empty: the records are in address order as they are
  std::vector<Stretch> table_;
};

}  // namespace asynctb
