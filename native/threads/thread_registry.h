// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

// The threads that answer a dump, and how to ask them all at once from any thread.
//
// A thread is known to Node by its environment, which may die at any moment. Two rules keep that
// harmless. An environment is only touched under the registry's mutex, and its thread takes the
// entry away under the same mutex before it dies. And what Node is handed to call back with is a
// number, not a pointer: an interrupt that runs late, after its asker gave up or after the entry
// has gone, looks the number up, finds nothing to do, and returns.
//
// A thread that is blocked in native code runs no interrupt. After a short grace it is sent a
// signal, whose handler reads its stack (`native_stack.h`). That answer counts only if the thread
// stays in the same native call, asleep or for long; if it gets to the interrupt, that tells more.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/capture.h"
#include "base/platform/thread_clock.h"
#include "layout/env_data.h"
#include "running/native_stack.h"
#include "threads/thread_turns.h"
#include "v8/v8_compat.h"

namespace asynctb {

class V8Gate;

// How long somebody waits. A capture that has begun is waited for however long it takes: the thread
// has stood still for it, and a heap of many gigabytes, or a machine that is too busy, takes its
// time.
struct CaptureLimits {
  // Until a thread whose turn has come begins to answer. One that turns neither JavaScript nor its
  // loop never does.
  std::chrono::milliseconds begin{1'000};
  // Until all have had their turn.
  std::chrono::milliseconds turns{10'000};
};

// The time that somebody has waited, in which others had a chance to do something: not that in
// which the whole process, or the machine, stood still. It belongs to who waits, and is looked at
// often.
class Patience {
 public:
  using Clock = std::chrono::steady_clock;
  // No two looks are further apart, unless the thread that waits was kept from it or was busy.
  static constexpr std::chrono::milliseconds kLook{50};

  Patience();
  // Since the last look.
  Clock::duration Look(Clock::time_point now);

 private:
  Clock::time_point looked_at_;
  std::chrono::nanoseconds computed_;
};

// Which threads to ask.
struct ThreadSelection {
  bool all = true;
  std::vector<double> ids;              // when not all
  node::Environment* except = nullptr;  // one that answers for itself
  bool walk_only = false;               // what a capture is measured against
  int details = 0;                      // Detail
};

class ThreadRegistry {
 public:
  using Clock = std::chrono::steady_clock;

  // Never destroyed: other threads may use it while the process runs its static destructors.
  static ThreadRegistry& Get();

  // The current thread, whose layout must be proven. It stays until its environment dies.
  // Again for the same environment: a name that is not empty replaces the one before.
  void AddCurrentThread(node::Environment* env, const EnvData* data, double thread_id,
                        const std::string& name);

  // The thread of `env` answers no more. What it was asked is answered 'exited'.
  void Remove(node::Environment* env);

  // Whether a thread of this id is, or ever was, registered; and its name.
  ThreadState StateOf(double thread_id, std::string* name);

  struct Request;
  using Requests = std::vector<std::shared_ptr<Request>>;

  // Asks the registered threads, as many at a time as there are processors, and does not wait.
  // Touches Node.
  Requests Ask(const ThreadSelection& selection);

  // Waits for the answers. A thread that does not answer in time has an entry that says so. A
  // registered thread that waits here gives its own environment as `self`, so that two threads that
  // ask each other both get their answer. Touches Node when a thread's turn comes: a thread that is
  // not Node's gives the `gate`, and leaves Node alone while that is shut.
  std::vector<ThreadCapture> Collect(const Requests& requests, const CaptureLimits& limits,
                                     node::Environment* self, V8Gate* gate = nullptr);

  // The same in steps, for who may not wait: takes what is due, and says whether all is there or
  // the time is over. Then Take has the answers.
  bool Poll(const Requests& requests, Patience* patience, const CaptureLimits& limits);
  std::vector<ThreadCapture> Take(const Requests& requests, const CaptureLimits& limits);

  // Answers what the current thread is asked, until `done` is true or the time is over. `done` is
  // looked at after each call of Notify, and must not take a lock.
  bool AnswerUntil(node::Environment* env, Clock::time_point deadline,
                   const std::function<bool()>& done);
  void Notify();

 private:
  // How far the way by a signal has got; the asker's view, under the mutex.
  enum class ProbePhase { kNone, kSignalled, kConfirming };

  struct Entry {
    uintptr_t key;
    node::Environment* env;
    const EnvData* data;
    double thread_id;
    std::string name;
    ThreadClock clock;
    NativeProbe* probe;      // null: its stack cannot be read while it is blocked
    Requests waiting;        // oldest first
    bool is_queued = false;  // its turn has not come yet
    bool interrupt_pending = false;
    ProbePhase phase = ProbePhase::kNone;
    Clock::time_point next_step;  // when to look at the phase again
    Clock::time_point signalled_at;
    NativeProbe::Look look;  // while confirming: the last one
    std::chrono::microseconds backoff{0};
  };

  ThreadRegistry() = default;

  static void OnInterrupt(void* key);
  // One request of the entry; false when there is none.
  bool Answer(uintptr_t key);
  Entry* Find(uintptr_t key);
  Entry* Find(node::Environment* env);
  // All with the mutex held.
  void AskOne(Entry* entry, bool walk_only, Requests* requests);
  // Sends an interrupt to those whose turn it is; touches Node.
  void AskNext(Clock::time_point now, V8Gate* gate = nullptr);
  bool Step(const Requests& requests, Patience* patience, const CaptureLimits& limits, V8Gate* gate,
            Clock::time_point* next);
  bool IsGivenUp(const Request& request, const CaptureLimits& limits);
  // The way by a signal, in thread_registry_probe.cc.
  void BeginGrace(Entry* entry, Clock::time_point now);
  void StepProbe(Entry* entry, Clock::time_point now);
  static bool IsBlocked(Entry* entry, Clock::time_point now);
  void AnswerFromProbe(Entry* entry);
  std::vector<ThreadCapture> TakeLocked(const Requests& requests, const CaptureLimits& limits,
                                        bool is_ending);
  // What a request that nobody waits for any longer comes to.
  ThreadCapture GiveUp(const std::shared_ptr<Request>& request, const CaptureLimits& limits,
                       bool is_ending);

  std::mutex mutex_;  // guards everything here and every Request
  std::condition_variable changed_;
  std::vector<Entry> entries_;
  std::unordered_map<int64_t, std::string> exited_;  // ids and names
  uintptr_t last_key_ = 0;
  ThreadTurns turns_;
  Clock::time_point last_answer_;
};

// Shared by who asks and the thread that answers, since either may be through with it first.
struct ThreadRegistry::Request {
  enum class State { kQueued, kAsked, kCapturing, kDone };
  State state = State::kQueued;
  bool walk_only = false;
  int details = 0;
  uintptr_t key = 0;
  Clock::time_point made_at;
  Clock::time_point asked_at;  // from kAsked on
  // How long its asker has waited in this state, as far as that counts.
  Clock::duration waited{0};
  // From kCapturing on: how long the thread had computed by then.
  std::optional<std::chrono::nanoseconds> computed_before;
  // The answering thread's own while kCapturing, under the mutex otherwise.
  ThreadCapture capture;
};

}  // namespace asynctb
