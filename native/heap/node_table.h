// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

// The nodes of a capture, each made once.
#pragma once

#include <cstdint>
#include <utility>
#include <vector>

#include "base/capture.h"

namespace asynctb {

// The order of a combinator's branches. Those without an index have none of their own: equal sets
// shall be equal.
inline bool IsBefore(const Branch& a, const Branch& b) {
  return a.index != b.index ? a.index < b.index : a.node < b.node;
}

class NodeTable {
 public:
  explicit NodeTable(ThreadCapture* capture) : capture_(capture) {}

  void Clear() {
    capture_->nodes.clear();
    capture_->branches.clear();
    table_.clear();
    count_ = 0;
  }

  // The node that is equal to this one, or a new one.
  int32_t Intern(StackNode node, const std::vector<Branch>& branches) {
    Slot* slot = Find(node, branches);
    if (slot->node < 0) slot->node = Add(node, branches);
    return slot->node;
  }

  // Takes note of one that is there already.
  void Know(int32_t node) {
    const StackNode& known = capture_->nodes[static_cast<size_t>(node)];
    const auto begin = capture_->branches.begin() + known.branches_begin;
    FindOrKnow(node, std::vector<Branch>(begin, begin + known.branches_count));
  }
  // Of one that is there already: the first that is equal to it.
  int32_t FindOrKnow(int32_t node, const std::vector<Branch>& branches) {
    const StackNode wanted = capture_->nodes[static_cast<size_t>(node)];
    Slot* slot = Find(wanted, branches);
    if (slot->node < 0) slot->node = node;
    return slot->node;
  }

  // The node that is equal to this one, -1 for none.
  int32_t Get(const StackNode& node, const std::vector<Branch>& branches) const {
    const uint64_t hash = HashOf(node, branches);
    for (size_t i = hash & (table_.size() - 1); !table_.empty() && table_[i].node >= 0;
         i = (i + 1) & (table_.size() - 1)) {
      if (table_[i].hash == hash && Equal(capture_->nodes[table_[i].node], node, branches)) {
        return table_[i].node;
      }
    }
    return -1;
  }

  // A new node.
  int32_t Add(StackNode node, const std::vector<Branch>& branches) {
    node.branches_begin = static_cast<int32_t>(capture_->branches.size());
    capture_->branches.insert(capture_->branches.end(), branches.begin(), branches.end());
    capture_->nodes.push_back(node);
    return static_cast<int32_t>(capture_->nodes.size() - 1);
  }

 private:
  struct Slot {
    uint64_t hash = 0;
    int32_t node = -1;
  };

  static uint64_t HashOf(const StackNode& node, const std::vector<Branch>& branches) {
    uint64_t hash = static_cast<uint64_t>(node.type) * 0x9e3779b97f4a7c15;
    const auto mix = [&hash](int64_t value) {
      hash = (hash ^ static_cast<uint64_t>(value)) * 0xff51afd7ed558ccd;
      hash ^= hash >> 32;
    };
    mix(node.payload);
    mix(node.next);
    mix(node.total);
    for (const Branch& branch : branches)
      mix(static_cast<int64_t>(branch.index) << 32 | branch.node);
    return hash;
  }

  // Where it is, or has its place; good until the next one is looked for.
  Slot* Find(const StackNode& node, const std::vector<Branch>& branches) {
    const uint64_t hash = HashOf(node, branches);
    if ((count_ + 1) * 2 > table_.size()) Grow();
    size_t i = hash & (table_.size() - 1);
    for (; table_[i].node >= 0; i = (i + 1) & (table_.size() - 1)) {
      if (table_[i].hash == hash && Equal(capture_->nodes[table_[i].node], node, branches)) {
        return &table_[i];
      }
    }
    count_++;
    table_[i].hash = hash;
    return &table_[i];
  }

  bool Equal(const StackNode& a, const StackNode& b, const std::vector<Branch>& branches) const {
    if (a.type != b.type || a.payload != b.payload || a.next != b.next || a.total != b.total ||
        a.branches_count != static_cast<int32_t>(branches.size())) {
      return false;
    }
    for (size_t i = 0; i < branches.size(); i++) {
      const Branch& branch = capture_->branches[a.branches_begin + i];
      if (branch.index != branches[i].index || branch.node != branches[i].node) return false;
    }
    return true;
  }

  void Grow() {
    std::vector<Slot> old = std::move(table_);
    table_.assign(old.empty() ? 64 : old.size() * 2, Slot());
    for (const Slot& slot : old) {
      if (slot.node < 0) continue;
      size_t i = slot.hash & (table_.size() - 1);
      while (table_[i].node >= 0) i = (i + 1) & (table_.size() - 1);
      table_[i] = slot;
    }
  }

  ThreadCapture* capture_;
  std::vector<Slot> table_;
  size_t count_ = 0;
};

}  // namespace asynctb
