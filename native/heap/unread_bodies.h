// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

// Bodies of responses that nobody has read to the end, by which clients and pools of undici, and so
// fetch, have no free connection; and who has such a body.
//
// SAFETY: addresses in, no allocation in the isolate; see heap_read.h. Own data is read, and every
// list is bounded.
#pragma once

#include <unordered_map>
#include <vector>

#include "heap/nearby.h"
#include "layout/env_data.h"
#include "layout/own_data.h"

namespace asynctb {

class UnreadBodies {
 public:
  explicit UnreadBodies(const EnvData& env)
      : layout_(env.layout()), data_(env.layout()), nearby_(env) {}

  // Of those owners that are clients or pools.
  void Collect(const std::vector<Address>& owners);
  // The index of the owner whose body it is, or leads to in the way that responses do; -1: none.
  int OwnerOf(Address value);

 private:
  static constexpr int kNobody = -1;

  // What an object is, by its keys.
  struct Shape {
    bool is_client = false, is_pool = false, is_readable = false, is_web_stream = false,
         has_state = false;
  };

  Shape ShapeOf(Address object);
  void AddClient(Address client, int owner);
  void AddHandler(Address handler, int owner);
  int Known(Address value) const;
  int OwnerByState(Address object);
  int OwnerByStream(Address holder);
  template <typename Visit>
  void ForEachElement(Address list, int begin, int end, Visit visit) const;

  const Layout& layout_;
  const OwnData data_;
  Nearby nearby_;
  std::unordered_map<Address, Shape> shapes_;  // by Map
  // Streams, or the states of web streams, with the owner's index.
  std::unordered_map<Address, int> bodies_;
};

}  // namespace asynctb
