// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

// Who asks threads for their captures, waits for them and takes them.

#include <time.h>

#include <algorithm>

#include "threads/thread_registry.h"
#include "v8/v8_gate.h"

namespace asynctb {

namespace {

// A capture that has computed for so long will never end.
constexpr std::chrono::minutes kLongestCapture{10};

std::chrono::nanoseconds OwnComputing() {
  struct timespec spent = {};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &spent);
  return std::chrono::seconds(spent.tv_sec) + std::chrono::nanoseconds(spent.tv_nsec);
}

}  // namespace

Patience::Patience() : looked_at_(Clock::now()), computed_(OwnComputing()) {}

Patience::Clock::duration Patience::Look(Clock::time_point now) {
  const auto computed = OwnComputing();
  const Clock::duration most = 2 * kLook + (computed - computed_);
  const Clock::duration passed = std::min(now - looked_at_, most);
  looked_at_ = now;
  computed_ = computed;
  return passed;
}

ThreadRegistry::Requests ThreadRegistry::Ask(const ThreadSelection& selection) {
  Requests requests;
  std::lock_guard<std::mutex> lock(mutex_);
  for (Entry& entry : entries_) {
    const auto& ids = selection.ids;
    if (entry.env == selection.except) continue;
    if (!selection.all && std::find(ids.begin(), ids.end(), entry.thread_id) == ids.end()) {
      continue;
    }
    AskOne(&entry, selection.walk_only, &requests);
    requests.back()->details = selection.details;
  }
  AskNext(Clock::now());
  // For those that wait themselves, and for other askers: while there is a queue they look often.
  changed_.notify_all();
  return requests;
}

void ThreadRegistry::AskOne(Entry* entry, bool walk_only, Requests* requests) {
  auto request = std::make_shared<Request>();
  request->walk_only = walk_only;
  const auto now = Clock::now();
  request->key = entry->key;
  request->made_at = now;
  request->capture.thread_id = entry->thread_id;
  request->capture.name = entry->name;
  // One interrupt is enough for all: a thread that is blocked for long must not collect them.
  if (entry->interrupt_pending) {
    if (entry->waiting.empty()) BeginGrace(entry, now);
    request->state = Request::State::kAsked;
    request->asked_at = now;
  } else if (!entry->is_queued) {
    turns_.Queue(entry->key);
    entry->is_queued = true;
  }
  entry->waiting.push_back(request);
  requests->push_back(std::move(request));
}

// SAFETY: with the mutex held each environment is alive, as its thread has to get past Remove
// first. RequestInterrupt waits for no thread, so this cannot deadlock, whoever calls it: who asks,
// or a thread that was asked, at the end of its own interrupt, which V8 and Node call without a
// lock of theirs. At the end of the process Node joins the workers before it takes V8 down, so only
// the watcher thread needs the gate.
void ThreadRegistry::AskNext(Clock::time_point now, V8Gate* gate) {
  if (!turns_.has_queue()) return;
  const V8Gate::Visit visit = V8Gate::Visit::Try(gate);
  if (!visit.got_in()) return;
  const auto look_at = [this](uintptr_t key) {
    const Entry* entry = Find(key);
    if (entry == nullptr || entry->probe == nullptr) return ThreadTurns::Look();
    const NativeProbe::Look look = entry->probe->LookAt();
    // One that sleeps outside of JavaScript's calls was woken up, and may wait for our mutex.
    const bool is_blocked = look.is_asleep && entry->probe->CurrentExitFrame() != 0;
    return ThreadTurns::Look{!is_blocked, look.cpu_ns};
  };
  while (const auto key = turns_.Next(now, look_at)) {
    Entry* entry = Find(*key);
    if (entry != nullptr) entry->is_queued = false;
    // It has gone, has answered by itself, or nobody waits for it any longer.
    if (entry == nullptr || entry->waiting.empty()) {
      turns_.End(*key);
      continue;
    }
    for (const std::shared_ptr<Request>& request : entry->waiting) {
      request->state = Request::State::kAsked;
      request->waited = Clock::duration{0};
      request->asked_at = now;
    }
    BeginGrace(entry, now);
    entry->interrupt_pending = true;
    node::RequestInterrupt(entry->env, OnInterrupt, reinterpret_cast<void*>(entry->key));
  }
}

bool ThreadRegistry::Step(const Requests& requests, Patience* patience, const CaptureLimits& limits,
                          V8Gate* gate, Clock::time_point* next) {
  const auto now = Clock::now();
  const Clock::duration passed = patience->Look(now);
  AskNext(now, gate);
  bool is_done = true;
  *next = now + (turns_.has_queue() ? Clock::duration(ThreadTurns::kToBegin) : Patience::kLook);
  for (const std::shared_ptr<Request>& request : requests) {
    if (request->state == Request::State::kDone) continue;
    const bool is_asked = request->state == Request::State::kAsked;
    request->waited += is_asked ? std::min(passed, now - request->asked_at) : passed;
    if (IsGivenUp(*request, limits)) continue;
    if (Entry* entry = is_asked ? Find(request->key) : nullptr) {
      StepProbe(entry, now);
      if (request->state == Request::State::kDone) continue;
      if (entry->probe != nullptr) *next = std::min(*next, entry->next_step);
      *next = std::min(*next, now + (limits.begin - request->waited));
    }
    is_done = false;
  }
  return is_done;
}

bool ThreadRegistry::IsGivenUp(const Request& request, const CaptureLimits& limits) {
  switch (request.state) {
    case Request::State::kQueued:
      return request.waited >= limits.turns;
    case Request::State::kAsked:
      return request.waited >= limits.begin;
    case Request::State::kCapturing: {
      const Entry* entry = Find(request.key);
      const auto computed = entry == nullptr ? std::nullopt : entry->clock.Now();
      if (!computed || !request.computed_before) return request.waited >= kLongestCapture;
      return *computed - *request.computed_before >= kLongestCapture;
    }
    case Request::State::kDone:
      return false;
  }
  return false;
}

bool ThreadRegistry::Poll(const Requests& requests, Patience* patience,
                          const CaptureLimits& limits) {
  std::lock_guard<std::mutex> lock(mutex_);
  Clock::time_point next;
  return Step(requests, patience, limits, nullptr, &next);
}

std::vector<ThreadCapture> ThreadRegistry::Collect(const Requests& requests,
                                                   const CaptureLimits& limits,
                                                   node::Environment* self, V8Gate* gate) {
  const auto is_ending = [gate] { return gate != nullptr && gate->is_ending(); };
  Patience patience;
  std::unique_lock<std::mutex> lock(mutex_);
  Clock::time_point next;
  while (!Step(requests, &patience, limits, gate, &next) && !is_ending()) {
    const Entry* own = self == nullptr ? nullptr : Find(self);
    if (own != nullptr && !own->waiting.empty()) {
      const uintptr_t key = own->key;
      lock.unlock();
      Answer(key);
      lock.lock();
    } else {
      changed_.wait_until(lock, next);
    }
  }
  return TakeLocked(requests, limits, is_ending());
}

std::vector<ThreadCapture> ThreadRegistry::Take(const Requests& requests,
                                                const CaptureLimits& limits) {
  std::lock_guard<std::mutex> lock(mutex_);
  return TakeLocked(requests, limits, false);
}

std::vector<ThreadCapture> ThreadRegistry::TakeLocked(const Requests& requests,
                                                      const CaptureLimits& limits, bool is_ending) {
  std::vector<ThreadCapture> captures;
  for (const auto& request : requests) {
    captures.push_back(request->state == Request::State::kDone
                           ? std::move(request->capture)
                           : GiveUp(request, limits, is_ending));
  }
  return captures;
}

ThreadCapture ThreadRegistry::GiveUp(const std::shared_ptr<Request>& request,
                                     const CaptureLimits& limits, bool is_ending) {
  ThreadCapture capture;
  const bool began = request->state == Request::State::kCapturing;
  const bool was_asked = request->state != Request::State::kQueued;
  bool can_run = false, is_idle = false;
  if (Entry* entry = Find(request->key)) {
    auto& waiting = entry->waiting;
    waiting.erase(std::remove(waiting.begin(), waiting.end(), request), waiting.end());
    capture.thread_id = entry->thread_id;
    capture.name = entry->name;
    if (entry->probe != nullptr) {
      const NativeProbe::Look look = entry->probe->LookAt();
      can_run = look.is_known && !look.is_asleep;
    }
    is_idle = !was_asked && entry->probe != nullptr && entry->probe->CurrentExitFrame() == 0;
  }
  capture.status = ThreadStatus::kTimedOut;
  capture.activity = began || can_run ? ThreadActivity::kRunning
                     : is_idle        ? ThreadActivity::kIdle
                                      : ThreadActivity::kBlockedInNative;
  const auto waited = std::chrono::duration_cast<std::chrono::milliseconds>(
      std::min<Clock::duration>(request->waited, was_asked ? limits.begin : limits.turns));
  const std::string for_so_long = std::to_string(waited.count()) + " ms";
  std::string message;
  if (is_ending) {
    message = "the process is exiting";
  } else if (began) {
    message = "the heap could not be walked in 10 minutes";
  } else if (!was_asked) {
    message = "other threads took all of the " + for_so_long + ": its turn did not come";
  } else {
    message = "neither the event loop nor JavaScript that can be interrupted has run for " +
              for_so_long +
              (can_run ? ", yet the thread does not sleep: it has too little of a processor, "
                         "or computes in native code"
                       : ": the thread is probably blocked in native code");
  }
  capture.errors.push_back({"ERR_ASYNCTB_TIMED_OUT", message});
  return capture;
}

}  // namespace asynctb
