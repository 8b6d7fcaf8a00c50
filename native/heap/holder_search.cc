// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

// In which order the objects that may hold something are gone through: by an index of all
// references where the heap is small, else in passes.

#include "base/platform/thread_clock.h"
#include "heap/holder_graph.h"

namespace asynctb {

bool HolderGraph::Search() {
  const auto end = ThreadClock::Spent() + limits_.time;
  return IndexReferences() ? SearchByReferences(end) : SearchByPasses(end);
}

bool HolderGraph::References::Reserve() {
  size_t all = 0;
  for (size_t i = 1; i < counts_.size(); i++) all += counts_[i];
  if (all > kMost) return false;
  for (size_t i = 1; i < counts_.size(); i++) counts_[i] += counts_[i - 1];
  begins_.assign(counts_.begin(), counts_.end() - 1);
  entries_.resize(all);
  return true;
}

bool HolderGraph::IndexReferences() {
  constexpr size_t kMostParts = 600;  // 38 MB of a heap: more takes longer than the passes may
  if (candidates_.objects().part_count() > kMostParts) return false;
  mode_ = Mode::kCount;
  candidates_.objects().ForEach([this](Address object) { Visit(object); });
  const bool has_room = references_.Reserve();
  if (has_room) {
    mode_ = Mode::kAdd;
    candidates_.objects().ForEach([this](Address object) { Visit(object); });
  }
  mode_ = Mode::kSearch;
  return has_room;
}

// Level by level: what holds a node stands behind all that is as near as that one.
bool HolderGraph::SearchByReferences(std::chrono::nanoseconds end) {
  constexpr size_t kLook = 64;
  std::vector<bool> is_done;
  // A node that was found by a longer way first may be opened later: then it goes on from there.
  for (passes_ = 1; passes_ <= limits_.most_steps; passes_++) {
    added_ = 0;
    for (size_t i = 0; i < nodes_.size(); i++) {
      if (i % kLook == 0 && ThreadClock::Spent() > end) return false;
      is_done.resize(nodes_.size());
      if (is_done[i] || !nodes_[i].is_open || nodes_[i].depth >= limits_.most_steps) continue;
      is_done[i] = true;
      only_child_ = static_cast<int32_t>(i);
      references_.ForEachHolder(nodes_[i].address, [this, i](Address holder) {
        Visit(holder);
        return !nodes_[i].is_hub;
      });
    }
    if (added_ == 0) break;
  }
  only_child_ = -1;
  return true;
}

// A pass of all candidates for each level.
bool HolderGraph::SearchByPasses(std::chrono::nanoseconds end) {
  const AddressSet& objects = candidates_.objects();
  const size_t parts = objects.part_count();
  targets_.resize(parts);
  // So many levels take at most so many passes. They go to and fro: what holds something may be
  // on either side of it.
  for (passes_ = 1; passes_ <= limits_.most_steps; passes_++) {
    added_ = 0;
    Targets wanted;
    size_t marked = 0, hubs = hubs_;
    const auto mark = [&] {
      // Of a hub nothing more is looked for.
      if (hubs != hubs_) {
        hubs = hubs_;
        wanted = Targets();
        marked = 0;
      }
      for (; marked < nodes_.size(); marked++) {
        const HolderNode& node = nodes_[marked];
        if (!node.is_open || node.is_hub || node.pass + 1 < passes_) continue;
        const size_t bit = TargetBit(node.address);
        wanted.bits[bit / 64] |= uint64_t{1} << (bit % 64);
      }
    };
    for (size_t i = 0; i < parts; i++) {
      const size_t part = passes_ % 2 == 1 ? i : parts - 1 - i;
      constexpr size_t kLook = 16;
      if (i % kLook == 0 && ThreadClock::Spent() > end) return false;
      Targets& targets = targets_[part];
      if (passes_ > 1) {
        mark();
        uint64_t any = 0;
        for (size_t k = 0; k < kTargetBits / 64; k++) any |= targets.bits[k] & wanted.bits[k];
        if (any == 0) continue;
      }
      recording_ = passes_ == 1 ? &targets : nullptr;
      objects.ForEachIn(part, [this](Address object) { Visit(object); });
    }
    if (added_ == 0) break;
  }
  return true;
}

}  // namespace asynctb
