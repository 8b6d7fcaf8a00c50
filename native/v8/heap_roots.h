// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

// V8's own list of what keeps objects alive: the machine stack, handles, global handles (weak ones
// too), queued microtasks, and tables of V8's own.
#pragma once

#include <v8.h>

#include <cstring>
#include <string>
#include <unordered_set>
#include <vector>

#include "memory/heap_read.h"

namespace asynctb {

// Handles that are ours, and keep nothing alive for the program.
class OwnHandles {
 public:
  // What is made a handle for from now on, in a scope that is still open. Makes a handle itself.
  explicit OwnHandles(v8::Isolate* isolate);
  template <typename Type>
  void Add(const v8::Global<Type>& handle) {
    if (!handle.IsEmpty()) globals_.insert(SlotOf(handle));
  }

  const Address* since() const { return since_; }
  bool Has(const Address* slot) const { return globals_.count(slot) != 0; }

  // SAFETY: such a handle is one word, the address of the slot that holds the object's.
  template <typename Handle>
  static const Address* SlotOf(const Handle& handle) {
    const Address* slot = nullptr;
    static_assert(sizeof(handle) == sizeof(slot));
    std::memcpy(&slot, static_cast<const void*>(&handle), sizeof(slot));
    return slot;
  }

 private:
  const Address* since_ = nullptr;
  std::unordered_set<const Address*> globals_;
};

// Adds what the isolate's roots refer to, but our own handles; words that look like no object are
// left out. Returns why that is not possible; empty when it was. To be called on the isolate's
// thread, best while its heap is iterated: then V8's own threads stand still. Allocates nothing on
// the heap.
std::string CollectRoots(v8::Isolate* isolate, const OwnHandles& own, std::vector<Address>* roots);

// The same with nothing to add: whether it is possible.
std::string ProveRoots(v8::Isolate* isolate);

}  // namespace asynctb
