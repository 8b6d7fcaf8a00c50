// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "thread_registry.h"

#include <algorithm>

#include "thread_capture.h"

namespace asynctb {

using std::chrono::steady_clock;

// Shared by who asks and the thread that answers, since either may be through with it first.
struct ThreadRegistry::Request {
  enum class State { kWaiting, kCapturing, kDone };
  State state = State::kWaiting;
  uintptr_t key = 0;
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
    if (Find(env) != nullptr) return;
    entries_.push_back({++last_key_, env, data, thread_id, name, {}});
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
  entries_.erase(found);
  changed_.notify_all();
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
void ThreadRegistry::OnInterrupt(void* key) { Get().Answer(reinterpret_cast<uintptr_t>(key)); }

void ThreadRegistry::Answer(uintptr_t key) {
  std::shared_ptr<Request> request;
  const EnvData* data = nullptr;
  {
    std::lock_guard<std::mutex> lock(mutex_);
    Entry* entry = Find(key);
    if (entry == nullptr || entry->waiting.empty()) return;
    request = entry->waiting.front();
    entry->waiting.erase(entry->waiting.begin());
    request->state = Request::State::kCapturing;
    data = entry->data;
  }
  // SAFETY: `data` dies on this very thread, so not before this returns.
  CaptureThread(*data, &request->capture);
  std::lock_guard<std::mutex> lock(mutex_);
  request->state = Request::State::kDone;
  changed_.notify_all();
}

bool ThreadRegistry::AnswerUntil(node::Environment* env, steady_clock::time_point deadline,
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
ThreadRegistry::Requests ThreadRegistry::Ask() {
  Requests requests;
  std::lock_guard<std::mutex> lock(mutex_);
  for (Entry& entry : entries_) {
    auto request = std::make_shared<Request>();
    request->key = entry.key;
    request->capture.thread_id = entry.thread_id;
    request->capture.name = entry.name;
    entry.waiting.push_back(request);
    requests.push_back(std::move(request));
    node::RequestInterrupt(entry.env, OnInterrupt, reinterpret_cast<void*>(entry.key));
  }
  changed_.notify_all();
  return requests;
}

ThreadCapture ThreadRegistry::GiveUp(const std::shared_ptr<Request>& request,
                                     const CaptureLimits& limits) {
  ThreadCapture capture;
  const bool began = request->state == Request::State::kCapturing;
  if (Entry* entry = Find(request->key)) {
    auto& waiting = entry->waiting;
    waiting.erase(std::remove(waiting.begin(), waiting.end(), request), waiting.end());
    capture.thread_id = entry->thread_id;
    capture.name = entry->name;
  }
  capture.status = "timed-out";
  capture.activity = began ? "running" : "blocked-in-native";
  const std::string message =
      began ? "the heap could not be walked within " + std::to_string(limits.finish.count()) + " ms"
            : "neither the event loop nor JavaScript that can be interrupted has run for " +
                  std::to_string(limits.begin.count()) +
                  " ms: the thread is probably blocked in native code";
  capture.errors.push_back({"ERR_ASYNCTB_TIMED_OUT", message});
  return capture;
}

std::vector<ThreadCapture> ThreadRegistry::Collect(Requests requests,
                                                   const CaptureLimits& limits) {
  using State = Request::State;
  const auto start = steady_clock::now();
  const auto none_is = [&requests](State a, State b) {
    return std::none_of(requests.begin(), requests.end(), [&](const auto& request) {
      return request->state == a || request->state == b;
    });
  };
  std::unique_lock<std::mutex> lock(mutex_);
  changed_.wait_until(lock, start + limits.begin,
                      [&] { return none_is(State::kWaiting, State::kCapturing); });
  // From here on only for those that have begun.
  changed_.wait_until(lock, start + limits.finish,
                      [&] { return none_is(State::kCapturing, State::kCapturing); });

  std::vector<ThreadCapture> captures;
  for (const auto& request : requests) {
    captures.push_back(request->state == State::kDone ? std::move(request->capture)
                                                      : GiveUp(request, limits));
  }
  return captures;
}

}  // namespace asynctb
