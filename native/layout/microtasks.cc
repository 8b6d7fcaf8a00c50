// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "layout/microtasks.h"

#include <algorithm>

#include "layout/layout_prover.h"

namespace asynctb {

namespace {

// So many words of the C++ object are searched; the smallest of all releases has more.
constexpr int kSearchedWords = 11;
constexpr uintptr_t kMostJobs = uintptr_t{1} << 20;

// What one round of the probe puts into its queue, in this order: the handlers of the jobs.
constexpr const char* kHandlers[] = {"jobHandler1", "jobHandler2", "jobHandler3"};
constexpr uintptr_t kJobs = sizeof(kHandlers) / sizeof(kHandlers[0]);

struct Fields {
  int size, capacity, start, ring;
  bool operator==(const Fields& other) const {
    return size == other.size && capacity == other.capacity && start == other.start &&
           ring == other.ring;
  }
};

uintptr_t QueueWord(Prover* p, uintptr_t queue, int offset) {
  Address word = 0;
  return p->ReadRaw(queue + static_cast<uintptr_t>(offset), &word) ? word : 0;
}

bool IsSane(Prover* p, uintptr_t queue, const Fields& fields) {
  const uintptr_t size = QueueWord(p, queue, fields.size);
  const uintptr_t capacity = QueueWord(p, queue, fields.capacity);
  const uintptr_t start = QueueWord(p, queue, fields.start);
  return size <= capacity && capacity <= kMostJobs && (capacity & (capacity - 1)) == 0 &&
         (start < capacity || (start == 0 && capacity == 0));
}

// The job at a place of the ring; kNoAddress when there is no object.
Address JobAt(Prover* p, uintptr_t queue, const Fields& fields, uintptr_t index) {
  const uintptr_t capacity = QueueWord(p, queue, fields.capacity);
  const uintptr_t start = QueueWord(p, queue, fields.start);
  const uintptr_t ring = QueueWord(p, queue, fields.ring);
  Address job = kNoAddress;
  if (capacity == 0 || ring % 8 != 0 || ring < 0x1000) return kNoAddress;
  if (!p->ReadRaw(ring + 8 * ((start + index) & (capacity - 1)), &job)) return kNoAddress;
  return p->IsObject(job) ? job : kNoAddress;
}

// Whether the queue, read by these fields, holds the jobs of a round.
bool HoldsRound(Prover* p, uintptr_t queue, const Fields& fields) {
  if (!IsSane(p, queue, fields) || QueueWord(p, queue, fields.size) != kJobs) return false;
  for (uintptr_t i = 0; i < kJobs; i++) {
    const Address job = JobAt(p, queue, fields, i);
    if (job == kNoAddress || p->Scan(job, p->At(kHandlers[i])) < 0) return false;
  }
  return true;
}

std::vector<Fields> SearchRound(Prover* p, uintptr_t queue) {
  std::vector<Fields> found;
  const auto each = [](auto act) {
    for (int offset = 8; offset < 8 * kSearchedWords; offset += 8) act(offset);
  };
  each([&](int size) {
    if (QueueWord(p, queue, size) != kJobs) return;
    each([&](int capacity) {
      each([&](int start) {
        each([&](int ring) {
          const Fields fields = {size, capacity, start, ring};
          if (size != capacity && size != start && capacity != start && ring != size &&
              ring != capacity && ring != start && HoldsRound(p, queue, fields)) {
            found.push_back(fields);
          }
        });
      });
    });
  });
  return found;
}

// Whether the queues that this field links come back to the first one, `wanted` being among them.
bool IsLink(Prover* p, uintptr_t first, uintptr_t wanted, const Fields& fields, int offset) {
  bool met = false;
  uintptr_t queue = first;
  for (int i = 0; i < MicrotaskLayout::kMostQueues; i++) {
    met = met || queue == wanted;
    queue = QueueWord(p, queue, offset);
    if (queue == first) return met && i > 0;
    if (queue % 8 != 0 || queue < 0x1000 || !IsSane(p, queue, fields)) return false;
  }
  return false;
}

}  // namespace

void ProveMicrotasks(Prover* p, Layout* l) {
  const uintptr_t queue = reinterpret_cast<uintptr_t>(p->queue());
  // The ring's start moves from round to round, by which it is told from what only looks like it.
  std::vector<Fields> candidates;
  constexpr int kMostRounds = 8;
  for (int round = 0; round < kMostRounds && (round < 4 || candidates.size() > 1); round++) {
    p->Require(p->Call("enqueueJobs"), "the probe's jobs could not be enqueued");
    if (!p->ok()) return;
    p->Begin();  // what was known of memory may have moved
    std::vector<Fields> found = SearchRound(p, queue);
    if (round > 0) {
      found.erase(std::remove_if(found.begin(), found.end(),
                                 [&](const Fields& fields) {
                                   return std::find(candidates.begin(), candidates.end(), fields) ==
                                          candidates.end();
                                 }),
                  found.end());
    }
    candidates = std::move(found);
    if (candidates.empty()) break;
    const Address fulfill = JobAt(p, queue, candidates[0], 0);
    const Address reject = JobAt(p, queue, candidates[0], 2);
    l->microtasks.fulfill_job = InstanceType(fulfill);
    l->microtasks.reject_job = InstanceType(reject);
    p->RunJobs();
  }
  p->Begin();
  p->Require(candidates.size() == 1, "a queue of microtasks does not hold what was enqueued");
  p->Require(l->microtasks.fulfill_job != l->microtasks.reject_job,
             "the jobs of both kinds of reaction have the same type");
  if (!p->ok()) return;
  const Fields fields = candidates[0];
  for (int offset = 8; offset < 8 * kSearchedWords && l->microtasks.next < 0; offset += 8) {
    if (IsLink(p, queue, reinterpret_cast<uintptr_t>(p->program_queue()), fields, offset)) {
      l->microtasks.next = offset;
    }
  }
  p->Require(l->microtasks.next >= 0, "the queues of an isolate do not lead to each other");
  l->microtasks.size = fields.size;
  l->microtasks.capacity = fields.capacity;
  l->microtasks.start = fields.start;
  l->microtasks.ring = fields.ring;
}

}  // namespace asynctb
