// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

// What stands in the lists of an owner, such as the clients of a pool, and what those are for.
//
// SAFETY: addresses in, addresses out, no allocation in the isolate; see heap_read.h.
#pragma once

#include <cstdint>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "heap/holder_graph.h"
#include "layout/layout.h"

namespace asynctb {

class OwnerMembers {
 public:
  struct Member {
    size_t owner = 0;            // index into the owners
    Address shape = kNoAddress;  // the Map of the list's entry that it is, or is for
  };

  // `ways`: what leads from what is waited for to the owners. Lists on these are left out: they
  // have those who wait.
  OwnerMembers(const Layout& layout, const HolderGraph& ways) : layout_(layout), ways_(ways) {}

  void Collect(const std::vector<Address>& owners);

  // Null: it is in none of their lists.
  const Member* Find(Address value) const {
    const auto found = members_.find(value);
    return found == members_.end() ? nullptr : &found->second;
  }

  // How many entries of that shape stand in an owner's lists.
  int32_t CountLike(size_t owner, Address shape) const;

 private:
  void CollectFrom(size_t owner, Address object, int depth, Address shape);
  void CollectFromStore(size_t owner, Address store, int depth, Address shape);
  void Add(size_t owner, Address value, int depth, Address shape);
  bool LeadsToWaiter(Address value) const;

  const Layout& layout_;
  const HolderGraph& ways_;
  uint8_t depth_of_owner_ = 0;
  std::unordered_map<Address, Member> members_;
  std::unordered_set<Address> seen_;  // of the owner that is looked at
  size_t words_left_ = 0;
};

}  // namespace asynctb
