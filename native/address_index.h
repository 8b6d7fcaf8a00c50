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

#include "heap_read.h"
#include "record_array.h"

namespace asynctb {

inline constexpr uint32_t kNone = 0xffffffff;

// `Record` has a member `address`.
template <typename Record>
class AddressIndex {
 public:
  // Call once, after the last record was added and before the first Find.
  void Build(const RecordArray<Record>& records) {
    records_ = &records;
    if (!Gather(false)) {
      order_.resize(records.size());
      std::iota(order_.begin(), order_.end(), 0);
      std::sort(order_.begin(), order_.end(), [&records](uint32_t a, uint32_t b) {
        return records[a].address < records[b].address;
      });
      Gather(true);
    }
  }

  // The record's place in the array, kNone when there is none for this address.
  uint32_t Find(Address address) const { return RecordAt(Search(address)); }

  // The same, for addresses in the order of the heap or nearly so: objects that refer to each other
  // were mostly allocated together. `last` is the caller's, from one search to the next.
  uint32_t FindNext(Address address, uint32_t* last) const {
    constexpr uint32_t kNear = 3;
    const uint32_t size = static_cast<uint32_t>(records_->size());
    for (uint32_t near = 1; near <= kNear && *last + near < size; near++) {
      if (At(*last + near) != address) continue;
      *last += near;
      return RecordAt(*last);
    }
    const uint32_t position = Search(address);
    if (position != kNone) *last = position;
    return RecordAt(position);
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
  bool Gather(bool sorted) {
    RecordArray<Stretch> stretches;
    const uint32_t count = static_cast<uint32_t>(records_->size());
    for (uint32_t i = 0; i < count; i++) {
      const Address address = At(i);
      const Address key = address >> kStretchBits;
      if (stretches.empty() || stretches.back().key != key) {
        stretches.push_back({key, i, i + 1});
      } else {
        if (!sorted && At(i - 1) >= address) return false;
        stretches.back().end = i + 1;
      }
    }
    size_t size = 16;
    while (size < stretches.size() * 2) size *= 2;
    table_.assign(size, Stretch());
    for (const Stretch& stretch : stretches) {
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
  std::vector<uint32_t> order_;  // empty: the records are in address order as they are
  std::vector<Stretch> table_;
};

}  // namespace asynctb
