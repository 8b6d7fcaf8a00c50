// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

// In which order the objects that may hold something are gone through.

#include <algorithm>

#include "base/platform/thread_clock.h"
#include "heap/holder_graph.h"

namespace asynctb {

// Where there is not time for all: first what lies near to a leaf, then what is as old as the
// program, then the rest, of which the end is the newest.
std::vector<size_t> HolderGraph::InOrder() const {
  constexpr Address kNear = 64;    // 4 MB on either side
  constexpr size_t kOldest = 128;  // 8 MB
  const AddressSet& objects = candidates_.objects();
  std::vector<Address> leaves;
  for (const HolderNode& node : nodes_) leaves.push_back(node.address >> AddressSet::kPartBits);
  std::sort(leaves.begin(), leaves.end());
  std::vector<size_t> near, oldest, rest;
  for (size_t part = 0; part < objects.part_count(); part++) {
    const Address number = objects.NumberOfPart(part);
    const auto leaf = std::lower_bound(leaves.begin(), leaves.end(), number - kNear);
    const bool is_near = leaf != leaves.end() && *leaf <= number + kNear;
    (is_near ? near : oldest.size() < kOldest ? oldest : rest).push_back(part);
  }
  near.insert(near.end(), oldest.begin(), oldest.end());
  near.insert(near.end(), rest.rbegin(), rest.rend());
  return near;
}

// Level by level: what holds a node stands behind all that is as near as that one. Of each level
// only those parts of the heap are read that may lead to something that is new in it.
bool HolderGraph::Search() {
  const auto begin = ThreadClock::Spent();
  const auto end = begin + limits_.time, end_of_reading = begin + limits_.time * 8 / 10;
  constexpr size_t kLook = 16;
  const AddressSet& objects = candidates_.objects();
  HolderLeads leads(layout_, objects);
  std::vector<size_t> parts = InOrder();
  size_t known = 0;
  for (; known < parts.size(); known++) {
    if (known % kLook == 0 && ThreadClock::Spent() > end_of_reading) break;
    if (!leads.Read(parts[known])) break;
  }
  const bool knows_all = known == parts.size();
  parts.resize(known);
  // Of a hub nothing more is looked for.
  const auto is_open = [this](int32_t node) { return !nodes_[static_cast<size_t>(node)].is_hub; };
  for (passes_ = 1; passes_ <= limits_.most_steps; passes_++) {
    HolderLeads::Wanted wanted;
    for (size_t i = 0; i < nodes_.size(); i++) {
      const HolderNode& node = nodes_[i];
      if (node.pass + 1 != passes_ || !node.is_open || node.is_hub) continue;
      wanted.Add(node.address, static_cast<int32_t>(i));
    }
    if (wanted.empty()) break;
    wanted.Finish();
    for (size_t i = 0; i < parts.size(); i++) {
      if (i % kLook == 0 && ThreadClock::Spent() > end) return false;
      if (!leads.MayLead(parts[i], wanted, is_open)) continue;
      objects.ForEachIn(parts[i], [this](Address object) { Visit(object); });
    }
  }
  return knows_all;
}

}  // namespace asynctb
