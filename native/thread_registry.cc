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
    for (const Entry& entry : entries_) {
      if (entry.env == env) return;
    }
    entries_.push_back({++last_key_, env, data, thread_id, name, {}});
  }
  const auto remove = [](void* env) { Get().Remove(static_cast<node::Environment*>(env)); };
  // The cleanup hook comes before the one that destroys EnvData, since hooks run in reverse
  // order. `process.exit()` of the main thread skips cleanup hooks, and runs what AtExit was
  // given; there nothing is destroyed before.
  node::AddEnvironmentCleanupHook(data->isolate(), remove, env);
  node::AtExit(env, remove, env);
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

// On the thread that was asked, between two steps of its JavaScript or of its event loop.
void ThreadRegistry::OnInterrupt(void* data) {
  ThreadRegistry& self = Get();
  std::shared_ptr<Request> request;
  const EnvData* env_data = nullptr;
  {
    std::lock_guard<std::mutex> lock(self.mutex_);
    Entry* entry = self.Find(reinterpret_cast<uintptr_t>(data));
    if (entry == nullptr || entry->waiting.empty()) return;
    request = entry->waiting.front();
    entry->waiting.erase(entry->waiting.begin());
    request->state = Request::State::kCapturing;
    env_data = entry->data;
  }
  // SAFETY: `env_data` dies on this very thread, so not before this returns.
  CaptureThread(*env_data, &request->capture);
  std::lock_guard<std::mutex> lock(self.mutex_);
  request->state = Request::State::kDone;
  self.changed_.notify_all();
}

// SAFETY: with the mutex held the environment is alive, as its thread has to get past Remove
// first. RequestInterrupt does not wait for that thread, so this cannot deadlock.
std::shared_ptr<ThreadRegistry::Request> ThreadRegistry::Post(Entry* entry) {
  auto request = std::make_shared<Request>();
  request->key = entry->key;
  request->capture.thread_id = entry->thread_id;
  request->capture.name = entry->name;
  entry->waiting.push_back(request);
  node::RequestInterrupt(entry->env, OnInterrupt, reinterpret_cast<void*>(entry->key));
  return request;
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
  const auto limit = began ? limits.finish : limits.begin;
  capture.errors.push_back(
      {"ERR_ASYNCTB_TIMED_OUT",
       (began ? "the thread's heap could not be walked within "
              : "the thread ran neither JavaScript nor its event loop for ") +
           std::to_string(limit.count()) +
           (began ? " ms" : " ms, so it is probably blocked in native code")});
  return capture;
}

std::vector<ThreadCapture> ThreadRegistry::CaptureAll(const CaptureLimits& limits) {
  const auto start = steady_clock::now();
  std::vector<std::shared_ptr<Request>> requests;
  std::unique_lock<std::mutex> lock(mutex_);
  for (Entry& entry : entries_) requests.push_back(Post(&entry));

  const auto all = [&](auto test) {
    return [&requests, test] { return std::all_of(requests.begin(), requests.end(), test); };
  };
  changed_.wait_until(lock, start + limits.begin, all([](const auto& request) {
                        return request->state == Request::State::kDone;
                      }));
  // From here on only for those that have begun.
  changed_.wait_until(lock, start + limits.finish, all([](const auto& request) {
                        return request->state != Request::State::kCapturing;
                      }));

  std::vector<ThreadCapture> captures;
  for (const auto& request : requests) {
    captures.push_back(request->state == Request::State::kDone ? std::move(request->capture)
                                                               : GiveUp(request, limits));
  }
  return captures;
}

}  // namespace asynctb
