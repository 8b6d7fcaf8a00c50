// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

// Lets a thread that is not Node's use Node and V8 up to the moment at which they are taken down,
// and not a moment longer. The thread is inside only while it uses them: not while it waits or
// writes, which may take forever. Whoever suspends or closes the gate waits until it is outside,
// and then it stays outside: until the gate is resumed, or forever.
#pragma once

#include <v8.h>

#include <chrono>
#include <condition_variable>
#include <mutex>

namespace asynctb {

class V8Gate {
 public:
  // Waits while the gate is suspended. False once it is closed: nothing of Node's or V8's may be
  // touched any more, not even to clean up.
  bool Enter() {
    std::unique_lock<std::mutex> lock(mutex_);
    changed_.wait(lock, [this] { return state_ != State::kSuspended; });
    inside_ = state_ == State::kOpen;
    return inside_;
  }

  // The same without waiting: false while it is not open.
  bool TryEnter() {
    std::lock_guard<std::mutex> lock(mutex_);
    if (state_ != State::kOpen) return false;
    inside_ = true;
    return true;
  }

  void Leave() {
    std::lock_guard<std::mutex> lock(mutex_);
    inside_ = false;
    changed_.notify_all();
  }

  // From inside: the isolate whose JavaScript is to be cut short by Close, or nullptr.
  void SetIsolate(v8::Isolate* isolate) {
    std::lock_guard<std::mutex> lock(mutex_);
    isolate_ = isolate;
    if (isolate != nullptr && cut_short_) isolate->TerminateExecution();
  }

  // `cut_short`: do not wait for JavaScript to end by itself, which may take long.
  void Suspend(bool cut_short) { Shut(State::kSuspended, cut_short); }
  void Close() { Shut(State::kClosed, true); }

  void Resume() {
    std::lock_guard<std::mutex> lock(mutex_);
    if (state_ == State::kSuspended) state_ = State::kOpen;
    cut_short_ = false;
    changed_.notify_all();
  }

 private:
  enum class State { kOpen, kSuspended, kClosed };

  void Shut(State state, bool cut_short) {
    std::unique_lock<std::mutex> lock(mutex_);
    if (state_ != State::kClosed) state_ = state;
    cut_short_ = cut_short;
    if (cut_short && inside_ && isolate_ != nullptr) isolate_->TerminateExecution();
    // Some loops are never interrupted once V8 has optimized them (seen on 24 and 26). The
    // formatters have none, but to hang at the end is worse than to risk a crash there.
    changed_.wait_for(lock, std::chrono::seconds(5), [this] { return !inside_; });
    changed_.notify_all();
  }

  std::mutex mutex_;
  std::condition_variable changed_;
  State state_ = State::kOpen;
  bool cut_short_ = false;
  bool inside_ = false;
  v8::Isolate* isolate_ = nullptr;
};

}  // namespace asynctb
