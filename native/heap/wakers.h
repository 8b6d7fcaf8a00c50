// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

// Who could wake a task: suspended functions that go on to use something by which the owner of what
// the task waits for, such as a lock or a pool, may be asked to go on. That is a function made for
// them which has the owner in its scope, or an object out of the owner's lists, such as a client.
//
// SAFETY: addresses in, addresses out, no allocation in the isolate; see heap_read.h.
#pragma once

#include <chrono>
#include <unordered_map>
#include <vector>

#include "base/capture_schema.h"
#include "heap/graph.h"
#include "heap/owner_members.h"
#include "heap/unread_bodies.h"
#include "heap/uses_of_places.h"

namespace asynctb {

// A suspended function that may wake who waits for an owner. Further ones at the same place are
// counted.
struct FoundWaker {
  size_t owner = 0;  // index into the owners
  uint32_t activation = 0;
  WakerVia via = WakerVia::kReleaser;
  Address held = kNoAddress;      // what it has in a variable of its own
  Address function = kNoAddress;  // the function that has the owner in its scope, if it is that
  Address variable = kNoAddress;  // the name of the owner there; kNoAddress: `this`, or unknown
  int32_t count = 1;
  Address shape = kNoAddress;  // of the entry of the owner's lists that it is, or is for
  int32_t members = 0;         // so many entries or functions like it are there; 0: not known
  bool is_alone = false;       // nothing but suspended functions is known to have it
};

class WakerFinder {
 public:
  // `ways`: what leads from what is waited for to the owners.
  WakerFinder(const EnvData& env, const Graph& graph, const HolderGraph& ways);

  // `owners`: objects. The search ends at that time of this thread; then some are missing.
  std::vector<FoundWaker> Find(const std::vector<Address>& owners, std::chrono::nanoseconds end);

 private:
  void VisitActivation(uint32_t index);
  void VisitValue(Address value, bool is_field);
  void VisitFields(Address object);
  void VisitFunction(Address function, Address held);
  void VisitUser(size_t owner);
  bool WaitsAtOwner(size_t owner) const;
  bool LeadsTo(int32_t promise, size_t owner) const;
  bool SpeaksOfRelease(Address function);
  void CountReleasers(FoundWaker* waker, Address owner) const;
  bool LeadsToSuspendedOnly(int32_t node) const;
  void Add(size_t owner, WakerVia via, Address held, Address function, Address variable,
           Address shape);
  bool IsAround(Address scope) const;

  const EnvData& env_;
  const Layout& layout_;
  const Graph& graph_;
  const HolderGraph& ways_;
  UsesOfPlaces uses_;
  std::unordered_map<Address, size_t> owners_;
  OwnerMembers members_;
  UnreadBodies bodies_;
  // Of the activation that is looked at.
  uint32_t activation_ = 0;
  Address receiver_ = kNoAddress, held_ = kNoAddress;
  std::vector<Address> around_;               // the scopes around its function
  std::unordered_map<Address, bool> speaks_;  // by SharedFunctionInfo
  std::unordered_map<uint64_t, size_t> found_at_;
  std::vector<FoundWaker> found_;
};

}  // namespace asynctb
