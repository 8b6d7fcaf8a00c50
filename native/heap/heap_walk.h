// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

// One pass over the heap that shows every promise and every async function's or async
// generator's activation to a visitor, as addresses.
//
// SAFETY: the visitor must not allocate in the isolate. The addresses stay good after the walk
// until the isolate allocates next.
#pragma once

#include <v8.h>

#include "layout/env_data.h"
#include "v8/handle_address.h"

namespace asynctb {

struct WalkResult {
  bool ok = false;
  double heap_objects = 0;
  std::string via;
  std::string reason;  // when not ok
};

namespace heap_walk_internal {
// How V8's iterator goes on: by its Next(), or by what that calls when nothing is filtered.
enum class Step { kWhole, kUnfiltered };
}  // namespace heap_walk_internal

// Visits objects with HeapObjectIterator, or, where that is not to be had, with the objects that
// QueryObjects finds (slower, and it collects garbage first). `Visitor` has `void Begin()`, called
// once nothing can move any more, `void Visit(Address, uint16_t instance_type)`, and `void End()`.
// Handles that it makes belong to the caller's scope.
template <typename Visitor>
WalkResult WalkHeap(const EnvData& env, Visitor* visitor,
                    heap_walk_internal::Step step = heap_walk_internal::Step::kUnfiltered);

// Only the iteration, all of it V8's own, to measure and to check walks against.
WalkResult WalkHeapOnly(const EnvData& env);

namespace heap_walk_internal {

// Owns V8's iterator. While one is alive the heap does not move and nothing may be allocated.
class Iterator {
 public:
  Iterator(v8::Isolate* isolate, Step step);
  ~Iterator();
  Iterator(const Iterator&) = delete;
  Iterator& operator=(const Iterator&) = delete;
  // Inline: it is called once an object.
  Address Next() { return next_(storage_); }

 private:
  Address (*next_)(void* self) = nullptr;
  // V8's class is far smaller in every release seen (at most 200 bytes).
  alignas(16) unsigned char storage_[2048];
};

inline Address AddressOf(v8::Isolate* isolate, const v8::Global<v8::Object>& object) {
  v8::HandleScope scope(isolate);
  return ToAddress(object.Get(isolate));
}

// The candidates that QueryObjects lists, each held so that they survive until they are visited.
bool QueryCandidates(const EnvData& env, std::vector<v8::Global<v8::Object>>* candidates);

}  // namespace heap_walk_internal

template <typename Visitor>
WalkResult WalkHeap(const EnvData& env, Visitor* visitor, heap_walk_internal::Step step) {
  WalkResult result;
  if (env.Can("heapWalk")) {
    heap_walk_internal::Iterator iterator(env.isolate(), step);
    visitor->Begin();
    constexpr Address kAhead = 512;
    uint64_t count = 0;
    for (Address object = iterator.Next(); object != kNoAddress; object = iterator.Next()) {
      // Objects lie one after the other: what V8 is going to read next comes into the cache while
      // this one is looked at.
      __builtin_prefetch(reinterpret_cast<const void*>(object + kAhead));
      count++;
      visitor->Visit(object, InstanceType(object));
    }
    visitor->End();
    result.ok = true;
    result.heap_objects = static_cast<double>(count);
    result.via = "HeapObjectIterator";
    return result;
  }
  std::vector<v8::Global<v8::Object>> candidates;
  if (env.Can("queryObjects") && heap_walk_internal::QueryCandidates(env, &candidates)) {
    visitor->Begin();
    for (const auto& candidate : candidates) {
      const Address object = heap_walk_internal::AddressOf(env.isolate(), candidate);
      visitor->Visit(object, InstanceType(object));
    }
    visitor->End();
    result.ok = true;
    result.heap_objects = static_cast<double>(candidates.size());
    result.via = "QueryObjects";
    return result;
  }
  result.reason = "the heap cannot be walked: " + env.WhyNot("heapWalk") + "; and " +
                  env.WhyNot("queryObjects");
  return result;
}

}  // namespace asynctb
