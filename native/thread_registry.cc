// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "thread_registry.h"

#include <algorithm>

#include "thread_capture.h"

namespace asynctb {

using std::chrono::microseconds;

namespace {

// Longer than an idle thread or a running one needs for its answer on a machine that is not
// overloaded; the signal is harmless when it was slow.
constexpr microseconds kGrace{1'500};
// While others answer, a thread may only wait for a processor: the grace begins anew with each
// answer, for no longer than this.
constexpr microseconds kLongestGrace{50'000};
// Between the signal and the next look at what its handler did.
constexpr microseconds kHandlerPoll{100};
// Between two looks at a thread that stays where it is.
constexpr microseconds kConfirm{1'000};
// Less than this between two looks: it slept all the time.
constexpr int64_t kAsleepNs = 200'000;
// One that is busy may be collecting garbage, which ends soon; or computing natively, which may not.
constexpr microseconds kLongEnough{50'000};
constexpr microseconds kLongestBackoff{100'000};
// Ids of threads that have gone are kept to tell "exited" from "never was".
constexpr size_t kMostExited = 100'000;

}  // namespace

// Shared by who asks and the thread that answers, since either may be through with it first.
struct ThreadRegistry::Request {
  enum class State { kWaiting, kCapturing, kDone };
  State state = State::kWaiting;
  uintptr_t key = 0;
  Clock::time_point asked_at;
  // The answering thread's own while kCapturing, under the mutex otherwise.
  ThreadCapture capture;
};

ThreadRegistry& ThreadRegistry::Get() {
  static ThreadRegistry& instance = *new ThreadRegistry();
  return instance;
}

void ThreadRegistry::AddCurrentThread(node::Environment* env, const EnvData* data,
                                      double thread_id, const std::string& name) {
  {
    std::lock_guard<std::mutex> lock(mutex_);
    if (Entry* entry = Find(env)) {
      if (!name.empty()) entry->name = name;
      return;
    }
  }
  NativeProbe* probe = NativeProbe::ForCurrentThread(*data);
  {
    std::lock_guard<std::mutex> lock(mutex_);
    Entry entry;
    entry.key = ++last_key_;
    entry.env = env;
    entry.data = data;
    entry.thread_id = thread_id;
    entry.name = name;
    entry.probe = probe;
    entries_.push_back(std::move(entry));
  }
  // Before EnvData is destroyed, since hooks run in reverse order. `process.exit()` of the main
  // thread skips the hooks, and there neither the environment nor EnvData is ever destroyed.
  node::AddEnvironmentCleanupHook(
      data->isolate(), [](void* env) { Get().Remove(static_cast<node::Environment*>(env)); }, env);
}

void ThreadRegistry::Remove(node::Environment* env) {
  std::lock_guard<std::mutex> lock(mutex_);
  const auto found = std::find_if(entries_.begin(), entries_.end(),
                                  [&](const Entry& entry) { return entry.env == env; });
  if (found == entries_.end()) return;
  for (const std::shared_ptr<Request>& request : found->waiting) {
    request->capture.status = "exited";
    request->capture.activity = "idle";
    request->state = Request::State::kDone;
  }
  if (exited_.size() < kMostExited) {
    exited_[static_cast<int64_t>(found->thread_id)] = found->name;
  }
  if (found->probe != nullptr) found->probe->Release();
  entries_.erase(found);
  changed_.notify_all();
}

ThreadState ThreadRegistry::StateOf(double thread_id, std::string* name) {
  std::lock_guard<std::mutex> lock(mutex_);
  for (const Entry& entry : entries_) {
    if (entry.thread_id != thread_id) continue;
    *name = entry.name;
    return ThreadState::kRegistered;
  }
  const auto gone = exited_.find(static_cast<int64_t>(thread_id));
  if (gone == exited_.end()) return ThreadState::kUnknown;
  *name = gone->second;
  return ThreadState::kExited;
}

ThreadRegistry::Entry* ThreadRegistry::Find(uintptr_t key) {
  const auto found = std::find_if(entries_.begin(), entries_.end(),
                                  [&](const Entry& entry) { return entry.key == key; });
  return found == entries_.end() ? nullptr : &*found;
}

ThreadRegistry::Entry* ThreadRegistry::Find(node::Environment* env) {
  const auto found = std::find_if(entries_.begin(), entries_.end(),
                                  [&](const Entry& entry) { return entry.env == env; });
  return found == entries_.end() ? nullptr : &*found;
}

// On the thread that was asked, between two steps of its JavaScript or of its event loop.
void ThreadRegistry::OnInterrupt(void* key) {
  ThreadRegistry& registry = Get();
  {
    std::lock_guard<std::mutex> lock(registry.mutex_);
    Entry* entry = registry.Find(reinterpret_cast<uintptr_t>(key));
    if (entry == nullptr) return;
    entry->interrupt_pending = false;
  }
  while (registry.Answer(reinterpret_cast<uintptr_t>(key))) {
  }
}

bool ThreadRegistry::Answer(uintptr_t key) {
  std::shared_ptr<Request> request;
  const EnvData* data = nullptr;
  {
    std::lock_guard<std::mutex> lock(mutex_);
    Entry* entry = Find(key);
    if (entry == nullptr || entry->waiting.empty()) return false;
    request = entry->waiting.front();
    entry->waiting.erase(entry->waiting.begin());
    request->state = Request::State::kCapturing;
    data = entry->data;
  }
  // SAFETY: `data` dies on this very thread, so not before this returns.
  CaptureThread(*data, &request->capture);
  std::lock_guard<std::mutex> lock(mutex_);
  request->state = Request::State::kDone;
  last_answer_ = Clock::now();
  changed_.notify_all();
  return true;
}

bool ThreadRegistry::AnswerUntil(node::Environment* env, Clock::time_point deadline,
                                 const std::function<bool()>& done) {
  std::unique_lock<std::mutex> lock(mutex_);
  while (!done()) {
    const Entry* entry = Find(env);
    if (entry != nullptr && !entry->waiting.empty()) {
      const uintptr_t key = entry->key;
      lock.unlock();
      Answer(key);
      lock.lock();
    } else if (changed_.wait_until(lock, deadline) == std::cv_status::timeout) {
      return done();
    }
  }
  return true;
}

void ThreadRegistry::Notify() {
  std::lock_guard<std::mutex> lock(mutex_);
  changed_.notify_all();
}

// SAFETY: with the mutex held each environment is alive, as its thread has to get past Remove
// first. RequestInterrupt does not wait for that thread, so this cannot deadlock.
ThreadRegistry::Requests ThreadRegistry::Ask(const ThreadSelection& selection) {
  Requests requests;
  std::lock_guard<std::mutex> lock(mutex_);
  for (Entry& entry : entries_) {
    const auto& ids = selection.ids;
    if (entry.env == selection.except) continue;
    if (!selection.all && std::find(ids.begin(), ids.end(), entry.thread_id) == ids.end()) {
      continue;
    }
    AskOne(&entry, &requests);
  }
  changed_.notify_all();
  return requests;
}

void ThreadRegistry::AskOne(Entry* entry, Requests* requests) {
  auto request = std::make_shared<Request>();
  const auto now = Clock::now();
  request->key = entry->key;
  request->asked_at = now;
  request->capture.thread_id = entry->thread_id;
  request->capture.name = entry->name;
  if (entry->waiting.empty()) {
    // What a handler has read for somebody who gave up is old by now. One that has not run yet
    // will read what is then.
    const bool is_due = entry->phase == ProbePhase::kSignalled && !entry->probe->done();
    if (!is_due) entry->phase = ProbePhase::kNone;
    entry->backoff = microseconds{0};
    entry->next_step = now + kGrace;
  }
  entry->waiting.push_back(request);
  requests->push_back(std::move(request));
  // One is enough for all: a thread that is blocked for long must not collect them.
  if (entry->interrupt_pending) return;
  entry->interrupt_pending = true;
  node::RequestInterrupt(entry->env, OnInterrupt, reinterpret_cast<void*>(entry->key));
}

void ThreadRegistry::StepProbe(Entry* entry, Clock::time_point now) {
  if (entry->probe == nullptr || now < entry->next_step) return;
  NativeProbe& probe = *entry->probe;
  const auto try_again = [&] {
    entry->phase = ProbePhase::kNone;
    entry->backoff = std::min(std::max(entry->backoff * 2, kGrace), kLongestBackoff);
    entry->next_step = now + entry->backoff;
  };
  switch (entry->phase) {
    case ProbePhase::kNone:
      if (now < last_answer_ + kGrace &&
          now < entry->waiting.front()->asked_at + kLongestGrace) {
        entry->next_step = last_answer_ + kGrace;
        return;
      }
      if (!probe.Signal()) return try_again();
      entry->phase = ProbePhase::kSignalled;
      entry->signalled_at = now;
      entry->next_step = now + kHandlerPoll;
      return;
    case ProbePhase::kSignalled:
      if (!probe.done()) {
        entry->next_step = now + kHandlerPoll;
      } else if (probe.record().exit_frame == 0) {
        try_again();  // it runs JavaScript, or none at all: either will get to the interrupt
      } else {
        entry->phase = ProbePhase::kConfirming;
        entry->look = probe.LookAt();
        entry->next_step = now + kConfirm;
      }
      return;
    case ProbePhase::kConfirming:
      if (probe.is_collecting() || probe.CurrentExitFrame() != probe.record().exit_frame) {
        return try_again();
      }
      if (!IsBlocked(entry, now)) {
        entry->next_step = now + kConfirm;
        return;
      }
      // What the collector was moving when the handler ran may stand still at the next try.
      if (probe.record().is_damaged && entry->backoff < kLongestBackoff) return try_again();
      AnswerFromProbe(entry);
      entry->phase = ProbePhase::kNone;
      return;
  }
}

bool ThreadRegistry::IsBlocked(Entry* entry, Clock::time_point now) {
  if (now - entry->signalled_at >= kLongEnough) return true;
  const ExitKind kind = entry->probe->record().exit_kind;
  if (kind == ExitKind::kEmbedder) return true;
  if (kind == ExitKind::kEngine) return false;
  const NativeProbe::Look before = entry->look;
  entry->look = entry->probe->LookAt();
  return before.is_asleep && entry->look.is_asleep &&
         entry->look.cpu_ns - before.cpu_ns < kAsleepNs;
}

void ThreadRegistry::AnswerFromProbe(Entry* entry) {
  for (const std::shared_ptr<Request>& request : entry->waiting) {
    entry->probe->Fill(&request->capture);
    request->state = Request::State::kDone;
  }
  entry->waiting.clear();
  changed_.notify_all();
}

bool ThreadRegistry::Step(const Requests& requests, Clock::time_point start,
                          const CaptureLimits& limits, Clock::time_point* next) {
  const auto now = Clock::now();
  bool is_done = true;
  *next = Clock::time_point::max();
  for (const std::shared_ptr<Request>& request : requests) {
    const bool began = request->state == Request::State::kCapturing;
    const auto deadline = start + (began ? std::max(limits.begin, limits.finish) : limits.begin);
    if (request->state == Request::State::kDone || now >= deadline) continue;
    if (Entry* entry = began ? nullptr : Find(request->key)) {
      StepProbe(entry, now);
      if (request->state == Request::State::kDone) continue;
      if (entry->probe != nullptr) *next = std::min(*next, entry->next_step);
    }
    *next = std::min(*next, deadline);
    is_done = false;
  }
  return is_done;
}

bool ThreadRegistry::Poll(const Requests& requests, Clock::time_point start,
                          const CaptureLimits& limits) {
  std::lock_guard<std::mutex> lock(mutex_);
  Clock::time_point next;
  return Step(requests, start, limits, &next);
}

std::vector<ThreadCapture> ThreadRegistry::Collect(const Requests& requests,
                                                   const CaptureLimits& limits,
                                                   node::Environment* self) {
  const auto start = Clock::now();
  std::unique_lock<std::mutex> lock(mutex_);
  Clock::time_point next;
  while (!Step(requests, start, limits, &next)) {
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
  return TakeLocked(requests, limits);
}

std::vector<ThreadCapture> ThreadRegistry::Take(const Requests& requests,
                                                const CaptureLimits& limits) {
  std::lock_guard<std::mutex> lock(mutex_);
  return TakeLocked(requests, limits);
}

std::vector<ThreadCapture> ThreadRegistry::TakeLocked(const Requests& requests,
                                                      const CaptureLimits& limits) {
  std::vector<ThreadCapture> captures;
  for (const auto& request : requests) {
    captures.push_back(request->state == Request::State::kDone ? std::move(request->capture)
                                                               : GiveUp(request, limits));
  }
  return captures;
}

ThreadCapture ThreadRegistry::GiveUp(const std::shared_ptr<Request>& request,
                                     const CaptureLimits& limits) {
  ThreadCapture capture;
  const bool began = request->state == Request::State::kCapturing;
  bool can_run = false;
  if (Entry* entry = Find(request->key)) {
    auto& waiting = entry->waiting;
    waiting.erase(std::remove(waiting.begin(), waiting.end(), request), waiting.end());
    capture.thread_id = entry->thread_id;
    capture.name = entry->name;
    can_run = entry->probe != nullptr && !entry->probe->LookAt().is_asleep;
  }
  capture.status = "timed-out";
  capture.activity = began || can_run ? "running" : "blocked-in-native";
  const std::string message =
      began ? "the heap could not be walked within " + std::to_string(limits.finish.count()) + " ms"
            : "neither the event loop nor JavaScript that can be interrupted has run for " +
                  std::to_string(limits.begin.count()) +
                  (can_run ? " ms, yet the thread does not sleep: it has too little of a processor, "
                             "or computes in native code"
                           : " ms: the thread is probably blocked in native code");
  capture.errors.push_back({"ERR_ASYNCTB_TIMED_OUT", message});
  return capture;
}

}  // namespace asynctb
