// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

// The jobs that an isolate's microtask queues hold: what is in none of them, and waits for no
// promise, will never go on.
#pragma once

#include "layout/layout.h"

namespace asynctb {

class Prover;

// A queue is an object of C++, a ring of tagged words; the queues of an isolate link to each other.
void ProveMicrotasks(Prover* p, Layout* l);

// Calls `visit(job)` for each reaction's job that waits for its turn.
// SAFETY: only the isolate's own thread changes its queues, in builtins that no interrupt gets
// into.
template <typename Visit>
void ForEachReactionJob(const Layout& layout, Visit visit) {
  const MicrotaskLayout& fields = layout.microtasks;
  const auto word = [](uintptr_t at, int offset) {
    return *reinterpret_cast<const uintptr_t*>(at + static_cast<uintptr_t>(offset));
  };
  const uintptr_t first = reinterpret_cast<uintptr_t>(layout.probe_queue.get());
  uintptr_t queue = first;
  // Bounded: each context may have a queue of its own, but hardly so many.
  for (int i = 0; i < MicrotaskLayout::kMostQueues && queue != 0; i++) {
    const uintptr_t size = word(queue, fields.size), capacity = word(queue, fields.capacity);
    const uintptr_t start = word(queue, fields.start), ring = word(queue, fields.ring);
    if (size <= capacity && (capacity & (capacity - 1)) == 0 && ring != 0) {
      for (uintptr_t k = 0; k < size; k++) {
        const Address job = word(ring, static_cast<int>(((start + k) & (capacity - 1)) * 8));
        if (!IsHeapObject(job)) continue;
        const uint16_t type = InstanceType(job);
        if (type == fields.fulfill_job || type == fields.reject_job) visit(job);
      }
    }
    queue = word(queue, fields.next);
    if (queue == first) break;
  }
}

}  // namespace asynctb
