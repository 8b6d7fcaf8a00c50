// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

// Lets a thread that is not Node's use Node and V8 up to the moment at which they are taken down,
// and not a moment longer. The thread is inside only while it uses them: not while it waits or
// writes, which may take forever, and an isolate that it makes is gone before it leaves. Whoever
// shuts the gate waits until the thread is outside, and then it stays outside: until the gate is
// opened again, or forever.
#pragma once

#include <v8.h>

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <mutex>

#include "base/platform/thread_clock.h"

namespace asynctb {

class V8Gate {
 public:
  // Inside for as long as this exists, if it got in.
  class Visit {
   public:
    explicit Visit(V8Gate* gate) : Visit(gate, gate->Enter()) {}
    // Without waiting. Node's own threads have no gate, and need none.
    static Visit Try(V8Gate* gate) { return Visit(gate, gate == nullptr || gate->TryEnter()); }
    ~Visit() {
      if (got_in_ && gate_ != nullptr) gate_->Leave();
    }
    Visit(const Visit&) = delete;
    Visit& operator=(const Visit&) = delete;
    bool got_in() const { return got_in_; }

   private:
    Visit(V8Gate* gate, bool got_in) : gate_(gate), got_in_(got_in) {}
    V8Gate* gate_;
    bool got_in_;
  };

  // Waits while the gate is paused. False once the process ends: nothing of Node's or V8's may be
  // touched.
  bool Enter() {
    std::unique_lock<std::mutex> lock(mutex_);
    changed_.wait(lock, [this] { return state_ != State::kPaused; });
    return GoIn();
  }

  // The same without waiting: false while it is not open.
  bool TryEnter() {
    std::lock_guard<std::mutex> lock(mutex_);
    return GoIn();
  }

  void Leave() {
    std::lock_guard<std::mutex> lock(mutex_);
    inside_ = false;
    changed_.notify_all();
  }

  // From inside: the isolate whose JavaScript is to be cut short when the gate is shut, or nullptr.
  void SetIsolate(v8::Isolate* isolate) {
    std::lock_guard<std::mutex> lock(mutex_);
    isolate_ = isolate;
    if (isolate != nullptr && cut_short_) isolate->TerminateExecution();
  }

  // Any thread: whether the process ends, as far as is known.
  bool is_ending() const { return ending_; }
  // From inside: whether somebody waits for the thread to come out.
  bool is_cut_short() const { return cut_short_; }

  // The process may end, and probably goes on: who wants to enter waits for what comes.
  void Pause() { Shut(State::kPaused); }
  // It ends, unless it shows to be alive; or for certain. Who wants to enter need not wait.
  void Suspend() { Shut(State::kSuspended); }
  void Close() { Shut(State::kClosed); }

  void Resume() {
    std::lock_guard<std::mutex> lock(mutex_);
    if (state_ != State::kClosed) state_ = State::kOpen;
    ending_ = state_ != State::kOpen;
    cut_short_ = false;
    changed_.notify_all();
  }

 private:
  using Clock = std::chrono::steady_clock;
  enum class State { kOpen, kPaused, kSuspended, kClosed };

  bool GoIn() {
    inside_ = state_ == State::kOpen;
    if (inside_) clock_ = ThreadClock::OfCurrentThread();
    return inside_;
  }

  void Shut(State state) {
    std::unique_lock<std::mutex> lock(mutex_);
    if (state_ != State::kClosed) state_ = state;
    ending_ = state != State::kPaused;
    cut_short_ = true;
    changed_.notify_all();
    if (!inside_) return;
    if (isolate_ != nullptr) isolate_->TerminateExecution();
    // What is left to do takes milliseconds of a processor, but those may be long in coming: V8 is
    // never taken down under a thread that only waits for its turn. Some loops are never
    // interrupted once V8 has optimized them (seen on 24 and 26). The formatters have none, but to
    // hang at the end is worse than to risk a crash there.
    const auto start = Clock::now();
    const auto computed = clock_.Now();
    const auto has_had_its_time = [&] {
      const auto waited = Clock::now() - start;
      // SAFETY: with the mutex held it does not come out, and so is there to be asked.
      const auto now = clock_.Now();
      return waited >= kMostWaiting ||
             (now && computed ? *now - *computed : waited) >= kMostComputing;
    };
    while (inside_ && !has_had_its_time()) changed_.wait_for(lock, kLook);
  }

  static constexpr std::chrono::seconds kMostComputing{5};
  static constexpr std::chrono::seconds kMostWaiting{60};
  static constexpr std::chrono::milliseconds kLook{50};

  std::mutex mutex_;
  std::condition_variable changed_;
  State state_ = State::kOpen;
  std::atomic<bool> ending_{false};
  std::atomic<bool> cut_short_{false};
  bool inside_ = false;
  ThreadClock clock_;  // of the thread that is inside
  v8::Isolate* isolate_ = nullptr;
};

}  // namespace asynctb
