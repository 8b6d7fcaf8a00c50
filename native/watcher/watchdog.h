// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

// Notices when a thread's event loop does not turn, from a native thread that looks now and then.
//
// A watched loop has an unref'd `uv_check_t` that counts its turns: one store a turn. While the
// loop waits for events it does not turn either; then libuv's idle time grows, which it lets other
// threads read. Neither for as long as the threshold: it is blocked.
#pragma once

#include <uv.h>

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <functional>
#include <list>
#include <mutex>
#include <vector>

#include "base/capture.h"
#include "v8/v8_compat.h"

namespace asynctb {

class Watchdog {
 public:
  // What is done about a blocked thread, on the watchdog's thread.
  using OnBlocked = std::function<void(double thread_id)>;

  // Never destroyed: its thread ends with the process.
  static Watchdog& Get();

  // The current thread's loop, from now on; again: with another threshold. 0 takes it away.
  void WatchCurrentThread(v8::Isolate* isolate, double thread_id,
                          std::chrono::milliseconds threshold, const OnBlocked& on_blocked,
                          v8::Local<v8::Value> callback);

  // What the blocked thread was found at, for its callback, which runs when its loop turns again.
  void Deliver(const std::vector<ThreadCapture>& captures);

 private:
  using Clock = std::chrono::steady_clock;

  // One a loop, and the loop's handle beside it. It lives until the handle is closed.
  struct Watched {
    uv_check_t check;
    uv_async_t async;
    int open_handles = 0;
    v8::Isolate* isolate = nullptr;
    v8::Global<v8::Context> context;  // these two: the loop's thread only
    v8::Global<v8::Function> callback;
    std::vector<ThreadCapture> found;
    std::atomic<uint64_t> turns{0};  // written by the loop's thread
    uv_loop_t* loop = nullptr;
    double thread_id = 0;
    std::chrono::milliseconds threshold{0};
    OnBlocked on_blocked;
    uint64_t last_turns = 0, last_idle = 0;
    Clock::time_point moved_at;
    Clock::time_point next_dump;
    node::AsyncCleanupHookHandle hook;
    void (*done)(void*) = nullptr;
    void* done_data = nullptr;
  };

  Watchdog() = default;
  void Run();
  void LookAtLoops(std::unique_lock<std::mutex>* lock);
  bool StartThread();
  static void OnFound(uv_async_t* async);
  static void OnClosed(uv_handle_t* handle);
  static void OnCleanup(void* watched, void (*done)(void*), void* done_data);

  std::mutex mutex_;  // guards the list, and in it what both threads use but `turns`
  std::condition_variable changed_;
  std::list<Watched*> watched_;
  bool started_ = false;
};

}  // namespace asynctb
