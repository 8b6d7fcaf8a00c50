// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "threads/thread_registry.h"

#include <uv.h>

#include <algorithm>

#include "base/enough_memory.h"
#include "threads/thread_capture.h"
#include "v8/v8_compat.h"
#include "v8/v8_gate.h"

namespace asynctb {

namespace {

// Ids of threads that have gone are kept to tell "exited" from "never was".
constexpr size_t kMostExited = 100'000;

}  // namespace

ThreadRegistry& ThreadRegistry::Get() {
  static ThreadRegistry& instance = *new ThreadRegistry();
  return instance;
}

void ThreadRegistry::AddCurrentThread(node::Environment* env, const EnvData* data, double thread_id,
                                      const std::string& name) {
  {
    std::lock_guard<std::mutex> lock(mutex_);
    if (Entry* entry = Find(env)) {
      if (!name.empty()) entry->name = name;
      // It may have failed because of the moment, such as for want of a file descriptor.
      if (entry->probe == nullptr) entry->probe = NativeProbe::ForCurrentThread(*data);
      return;
    }
  }
  NativeProbe* probe = NativeProbe::ForCurrentThread(*data);
  {
    std::lock_guard<std::mutex> lock(mutex_);
    turns_.set_places(AvailableParallelism());
    Entry entry;
    entry.key = ++last_key_;
    entry.env = env;
    entry.data = data;
    entry.thread_id = thread_id;
    entry.name = name;
    entry.clock = ThreadClock::OfCurrentThread();
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
    request->capture.status = ThreadStatus::kExited;
    request->capture.activity.reset();
    request->state = Request::State::kDone;
  }
  if (exited_.size() < kMostExited) {
    WithMemory([&] { exited_[static_cast<int64_t>(found->thread_id)] = found->name; });
  }
  if (found->probe != nullptr) found->probe->Release();
  turns_.End(found->key);
  entries_.erase(found);
  WithMemory([&] { AskNext(Clock::now()); });
  changed_.notify_all();
}

ThreadState ThreadRegistry::StateOf(double thread_id, std::string* name) {
  std::lock_guard<std::mutex> lock(mutex_);
  for (const Entry& entry : entries_) {
    if (entry.thread_id != thread_id) continue;
    *name = entry.name;
    return ThreadState::kRegistered;
  }
  const bool is_id = thread_id >= 0 && thread_id < 0x1p53;
  const auto gone = is_id ? exited_.find(static_cast<int64_t>(thread_id)) : exited_.end();
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
  WithMemory([&] {
    while (registry.Answer(reinterpret_cast<uintptr_t>(key))) {
    }
  });
}

bool ThreadRegistry::Answer(uintptr_t key) {
  // Whoever has asked by now gets the same answer: the thread is not stopped twice for what it
  // knows.
  Requests requests;
  const EnvData* data = nullptr;
  {
    std::lock_guard<std::mutex> lock(mutex_);
    Entry* entry = Find(key);
    if (entry == nullptr || entry->waiting.empty()) return false;
    requests.swap(entry->waiting);
    for (const std::shared_ptr<Request>& request : requests) {
      request->state = Request::State::kCapturing;
      request->computed_before = entry->clock.Now();
    }
    turns_.Begin(key);
    if (entry->probe != nullptr) entry->probe->NoteAlternateStack();
    data = entry->data;
  }
  const auto begin = Clock::now();
  Request& first = *requests.front();
  // SAFETY: `data` dies on this very thread, so not before this returns.
  const bool walk_only = std::all_of(requests.begin(), requests.end(),
                                     [](const auto& request) { return request->walk_only; });
  int details = 0;
  for (const auto& request : requests) details |= request->details;
  if (walk_only)
    WalkThread(*data, &first.capture);
  else
    CaptureThread(*data, &first.capture, false, nullptr, details);
  for (const std::shared_ptr<Request>& request : requests) {
    if (request.get() != &first && !WithMemory([&] { request->capture = first.capture; })) {
      ForgetForMemory(&request->capture);
    }
    request->capture.wait_ms =
        std::chrono::duration<double, std::milli>(begin - request->made_at).count();
  }
  std::lock_guard<std::mutex> lock(mutex_);
  for (const std::shared_ptr<Request>& request : requests) request->state = Request::State::kDone;
  last_answer_ = Clock::now();
  // Whoever is done hands its turn on: an asker that woke up for it would only take a processor
  // from those who answer.
  turns_.End(key);
  AskNext(last_answer_);
  if (!turns_.has_queue()) changed_.notify_all();
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

}  // namespace asynctb
