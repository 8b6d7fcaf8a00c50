// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

// The marking behind `stuck`: which objects of the heap something reaches that may still run.
//
// SAFETY: addresses, and no allocation; see heap_read.h. A word is followed only where an object
// begins, as the walk has seen it, and an object's words are read up to the size that V8 gives it.
#pragma once

#include <bitset>
#include <chrono>
#include <string>
#include <vector>

#include "base/platform/thread_clock.h"
#include "heap/graph.h"
#include "heap/reactions.h"
#include "layout/env_data.h"
#include "memory/address_set.h"
#include "memory/heap_marks.h"
#include "v8/heap_roots.h"

namespace asynctb {

class HeapMarker {
 public:
  HeapMarker(const EnvData& env, Graph* graph, const OwnHandles& own);

  // As a visitor of the heap: takes down where objects begin; then marks, while the heap is still
  // being iterated, so that V8's own threads stand still.
  void Begin();
  void Visit(Address object, uint16_t type) {
    marks_.AddStart(object);
    if (type == layout_.function_type) NoteScope(object);
    if (type == layout_.stores.finalization_registry_type) roots_.push_back(object);
  }
  void End();

  // Why the marking came to no end; empty when it did.
  const std::string& reason() const { return reason_; }

  bool IsMarked(Address object) const { return marks_.IsMarked(object); }
  // Of a pending promise, and of a suspended activation.
  bool IsSettleable(Address promise) const { return settleable_.Contains(promise); }
  bool IsExpanded(Address activation) const { return expanded_.Contains(activation); }

 private:
  std::chrono::nanoseconds Now() const {
    return clock_.Now().value_or(std::chrono::nanoseconds(0));
  }
  void NoteScope(Address function);
  void Reach(Address object, bool may_settle);
  void ReachActivation(Address object, bool may_resume);
  void Settle(Address promise);
  void Expand(Address activation);
  void Inherit(Address store);
  void Drain();
  void Trace(Address object);
  void TraceWords(Address object, int from, int to, bool may_settle);
  void TracePromise(Address promise, int size);
  void TraceActivation(Address activation, uint16_t type, int size);
  void TraceFunction(Address function, int size);
  // What the graph knows of who settles what. False when that was known.
  bool FollowGraph();
  int SizeOf(Address object, uint16_t type);
  bool IsPending(Address promise) const {
    const Address flags = ReadWord(promise, layout_.promise_flags);
    return IsSmi(flags) && (SmiValue(flags) & kPromiseStatusMask) == kPromisePending;
  }
  bool IsActivation(uint16_t type) const {
    return type == layout_.async_function_type || type == layout_.async_generator_type;
  }

  const EnvData& env_;
  const Layout& layout_;
  Graph* graph_;
  const OwnHandles& own_;
  ResolverReader resolvers_;
  Address undefined_ = kNoAddress;
  HeapMarks marks_;
  // By instance type: what only holds what JavaScript put there; and what is like its holder.
  std::bitset<1 << 16> plain_, stores_, scopes_;
  AddressSet settleable_, expanded_;
  // Stores, and scopes of V8's own functions, that something else than JavaScript may look into.
  AddressSet inherits_;
  std::vector<Address> roots_, work_;
  std::string reason_;
  // Of the thread's own time: what others do on the machine must not shorten it.
  ThreadClock clock_ = ThreadClock::OfCurrentThread();
  std::chrono::nanoseconds began_{0}, deadline_{0};
};

}  // namespace asynctb
