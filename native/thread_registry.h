// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

// The threads that answer a dump, and how to ask them all at once from any thread.
//
// A thread is known to Node by its environment, which may die at any moment. Two rules keep that
// harmless. An environment is only touched under the registry's mutex, and its thread takes the
// entry away under the same mutex before it dies. And what Node is handed to call back with is a
// number, not a pointer: an interrupt that runs late, after its asker gave up or after the entry
// has gone, looks the number up, finds nothing to do, and returns.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "capture.h"
#include "env_data.h"

namespace asynctb {

struct CaptureLimits {
  // Until a thread begins to answer. One that turns neither JavaScript nor its loop never does.
  std::chrono::milliseconds begin{1'000};
  // Until an answer that was begun is there: a heap of many gigabytes takes that long to walk,
  // and the thread is known to be alive.
  std::chrono::milliseconds finish{10'000};
};

class ThreadRegistry {
 public:
  // Never destroyed: other threads may use it while the process runs its static destructors.
  static ThreadRegistry& Get();

  // The current thread, whose layout must be proven. It stays until its environment dies.
  // Again for the same environment: nothing happens.
  void AddCurrentThread(node::Environment* env, const EnvData* data, double thread_id,
                        const std::string& name);

  // The thread of `env` answers no more. What it was asked is answered 'exited'.
  void Remove(node::Environment* env);

  struct Request;
  using Requests = std::vector<std::shared_ptr<Request>>;

  // Asks every registered thread and does not wait. Touches Node.
  Requests Ask();
  // Waits for the answers; touches nothing but memory of ours. A thread that does not answer in
  // time has an entry that says so. Not for a thread that is to answer itself.
  std::vector<ThreadCapture> Collect(Requests requests, const CaptureLimits& limits);

  // Answers what the current thread is asked, until `done` is true or the time is over. `done` is
  // looked at after each call of Notify, and must not take a lock.
  bool AnswerUntil(node::Environment* env, std::chrono::steady_clock::time_point deadline,
                   const std::function<bool()>& done);
  void Notify();

 private:
  struct Entry {
    uintptr_t key;
    node::Environment* env;
    const EnvData* data;
    double thread_id;
    std::string name;
    Requests waiting;  // oldest first
  };

  ThreadRegistry() = default;

  static void OnInterrupt(void* key);
  void Answer(uintptr_t key);
  Entry* Find(uintptr_t key);
  Entry* Find(node::Environment* env);
  // What a request that nobody waits for any longer comes to.
  ThreadCapture GiveUp(const std::shared_ptr<Request>& request, const CaptureLimits& limits);

  std::mutex mutex_;  // guards everything here and every Request
  std::condition_variable changed_;
  std::vector<Entry> entries_;
  uintptr_t last_key_ = 0;
};

}  // namespace asynctb
