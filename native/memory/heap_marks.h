// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

// Two bits for each word of the heap that may begin an object: whether one does, and whether it was
// reached. A 32nd of the heap, for the parts of it that have objects.
#pragma once

#include <cstdint>
#include <deque>
#include <vector>

#include "memory/heap_read.h"

namespace asynctb {

class HeapMarks {
 public:
  HeapMarks() : table_(kFirstSize) {}

  void AddStart(Address object) {
    Part* part = PartOf(object, true);
    part->starts[WordOf(object)] |= MaskOf(object);
  }
  // Whether an object begins here: a word of which nothing is known may be asked for.
  bool IsStart(Address word) const {
    const Part* part = FindPart(word >> kPartBits);
    return part != nullptr && (part->starts[WordOf(word)] & MaskOf(word)) != 0;
  }
  // False when it was marked before. Only for what is a start.
  bool Mark(Address object) {
    Part* part = PartOf(object, false);
    if (part == nullptr) return false;
    uint64_t& word = part->marks[WordOf(object)];
    const uint64_t mask = MaskOf(object);
    if ((word & mask) != 0) return false;
    word |= mask;
    return true;
  }
  bool IsMarked(Address object) const {
    const Part* part = FindPart(object >> kPartBits);
    return part != nullptr && (part->marks[WordOf(object)] & MaskOf(object)) != 0;
  }

 private:
  static constexpr int kPartBits = 18;
  static constexpr size_t kWords = (size_t{1} << kPartBits) / 8 / 64;
  static constexpr size_t kFirstSize = 1024;
  struct Part {
    Address number = 0;
    uint64_t starts[kWords] = {};
    uint64_t marks[kWords] = {};
  };

  static size_t BitOf(Address address) { return (address & ((Address{1} << kPartBits) - 1)) >> 3; }
  static size_t WordOf(Address address) { return BitOf(address) / 64; }
  static uint64_t MaskOf(Address address) { return uint64_t{1} << (BitOf(address) % 64); }

  size_t SlotOf(Address number) const {
    return (number * Address{0x9e3779b97f4a7c15} >> 32) & (table_.size() - 1);
  }
  Part* FindPart(Address number) const {
    if (last_ != nullptr && last_->number == number) return last_;
    for (size_t i = SlotOf(number); table_[i] != nullptr; i = (i + 1) & (table_.size() - 1)) {
      if (table_[i]->number == number) return last_ = table_[i];
    }
    return nullptr;
  }
  Part* PartOf(Address object, bool make) {
    const Address number = object >> kPartBits;
    Part* part = FindPart(number);
    if (part != nullptr || !make) return part;
    if (parts_.size() * 2 >= table_.size()) Grow();
    parts_.emplace_back();
    part = &parts_.back();
    part->number = number;
    Enter(part);
    return last_ = part;
  }
  void Enter(Part* part) {
    size_t i = SlotOf(part->number);
    while (table_[i] != nullptr) i = (i + 1) & (table_.size() - 1);
    table_[i] = part;
  }
  void Grow() {
    table_.assign(table_.size() * 2, nullptr);
    for (Part& part : parts_) Enter(&part);
  }

  std::vector<Part*> table_;  // at most half full; its size is a power of two
  std::deque<Part> parts_;    // they stay where they are
  mutable Part* last_ = nullptr;
};

}  // namespace asynctb
