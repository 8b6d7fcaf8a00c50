// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

// Lets a thread that is not Node's use V8 up to the moment at which Node takes V8 down, and not
// a moment longer. The thread is inside only while it uses V8: not while it waits or writes,
// which may take forever. Closing waits until it is outside, and then it stays outside.
#pragma once

#include <v8.h>

#include <condition_variable>
#include <mutex>

namespace asynctb {

class V8Gate {
 public:
  // False once the gate is closed: V8 must not be touched any more, not even to clean up.
  bool Enter() {
    std::lock_guard<std::mutex> lock(mutex_);
    inside_ = !closed_;
    return inside_;
  }

  void Leave() {
    std::lock_guard<std::mutex> lock(mutex_);
    inside_ = false;
    changed_.notify_all();
  }

  // From inside: the isolate whose JavaScript is to stop when the gate closes, or nullptr.
  void SetIsolate(v8::Isolate* isolate) {
    std::lock_guard<std::mutex> lock(mutex_);
    isolate_ = isolate;
    if (closed_ && isolate != nullptr) isolate->TerminateExecution();
  }

  // Returns once the other thread is outside: milliseconds, since its JavaScript is cut short.
  void Close() {
    std::unique_lock<std::mutex> lock(mutex_);
    closed_ = true;
    if (inside_ && isolate_ != nullptr) isolate_->TerminateExecution();
    changed_.wait(lock, [this] { return !inside_; });
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  bool closed_ = false;
  bool inside_ = false;
  v8::Isolate* isolate_ = nullptr;
};

}  // namespace asynctb
