// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "watcher/watchdog.h"

#include <pthread.h>

#include <algorithm>
#include <vector>

#include "base/enough_memory.h"
#include "base/own_thread.h"
#include "base/stay_loaded.h"
#include "v8/v8_compat.h"
#include "values/to_js.h"

namespace asynctb {

using std::chrono::milliseconds;

namespace {

// A thread that stays blocked, or is blocked again and again, is dumped no more often than this.
constexpr milliseconds kBetweenDumps{60'000};
// A loop is looked at so many times within its threshold: noticed late by a fraction only.
constexpr int kLooks = 8;
constexpr milliseconds kLongestSleep{1'000};

}  // namespace

Watchdog& Watchdog::Get() {
  static Watchdog& instance = *new Watchdog();
  return instance;
}

void Watchdog::WatchCurrentThread(v8::Isolate* isolate, double thread_id, milliseconds threshold,
                                  const OnBlocked& on_blocked, v8::Local<v8::Value> callback) {
  uv_loop_t* loop = node::GetCurrentEventLoop(isolate);
  std::lock_guard<std::mutex> lock(mutex_);
  auto found = std::find_if(watched_.begin(), watched_.end(),
                            [&](const Watched* each) { return each->loop == loop; });
  if (found == watched_.end()) {
    if (threshold.count() == 0 || !StartThread()) return;
    auto* watched = new Watched();
    watched->loop = loop;
    watched->isolate = isolate;
    // Node asks for this itself; a loop of another embedder's may lack it.
    uv_loop_configure(loop, UV_METRICS_IDLE_TIME);
    if (uv_check_init(loop, &watched->check) != 0 ||
        uv_async_init(loop, &watched->async, OnFound) != 0) {
      return;
    }
    watched->open_handles = 2;
    watched->check.data = watched->async.data = watched;
    uv_check_start(&watched->check, [](uv_check_t* check) {
      static_cast<Watched*>(check->data)->turns.fetch_add(1, std::memory_order_relaxed);
    });
    uv_unref(reinterpret_cast<uv_handle_t*>(&watched->check));
    uv_unref(reinterpret_cast<uv_handle_t*>(&watched->async));
    // Until the environment ends: then Node gives the handles' owner the time to close them.
    watched->hook = node::AddEnvironmentCleanupHook(isolate, OnCleanup, watched);
    found = watched_.insert(watched_.end(), watched);
  }
  Watched& watched = **found;
  watched.thread_id = thread_id;
  watched.threshold = threshold;
  watched.on_blocked = on_blocked;
  watched.moved_at = Clock::now();
  watched.context.Reset(isolate, isolate->GetCurrentContext());
  watched.callback.Reset();
  if (callback->IsFunction()) watched.callback.Reset(isolate, callback.As<v8::Function>());
  changed_.notify_all();
}

void Watchdog::OnCleanup(void* data, void (*done)(void*), void* done_data) {
  auto* watched = static_cast<Watched*>(data);
  {
    std::lock_guard<std::mutex> lock(Get().mutex_);
    Get().watched_.remove(watched);
  }
  watched->done = done;
  watched->done_data = done_data;
  watched->context.Reset();
  watched->callback.Reset();
  uv_close(reinterpret_cast<uv_handle_t*>(&watched->check), OnClosed);
  uv_close(reinterpret_cast<uv_handle_t*>(&watched->async), OnClosed);
}

void Watchdog::OnClosed(uv_handle_t* handle) {
  auto* watched = static_cast<Watched*>(handle->data);
  if (--watched->open_handles > 0) return;
  const auto done = watched->done;
  void* const done_data = watched->done_data;
  delete watched;
  done(done_data);
}

void Watchdog::Deliver(const std::vector<ThreadCapture>& captures) {
  std::lock_guard<std::mutex> lock(mutex_);
  for (Watched* watched : watched_) {
    for (const ThreadCapture& capture : captures) {
      if (capture.thread_id != watched->thread_id) continue;
      watched->found.assign(1, capture);
      uv_async_send(&watched->async);
    }
  }
}

// On the loop's thread, once it turns again.
void Watchdog::OnFound(uv_async_t* async) {
  auto* watched = static_cast<Watched*>(async->data);
  std::vector<ThreadCapture> found;
  {
    std::lock_guard<std::mutex> lock(Get().mutex_);
    found.swap(watched->found);
  }
  if (found.empty() || watched->callback.IsEmpty()) return;
  v8::Isolate* isolate = watched->isolate;
  v8::HandleScope scope(isolate);
  v8::Local<v8::Context> context = watched->context.Get(isolate);
  v8::Context::Scope context_scope(context);
  v8::Local<v8::Value> thread;
  if (!WithMemory([&] { thread = CaptureToJs(isolate, context, found.front()); })) return;
  node::MakeCallback(isolate, context->Global(), watched->callback.Get(isolate), 1, &thread,
                     {0, 0});
}

bool Watchdog::StartThread() {
  if (started_) return true;
  StayLoaded();
  pthread_t thread;
  const auto run = [](void* self) -> void* {
    static_cast<Watchdog*>(self)->Run();
    return nullptr;
  };
  started_ = CreateOwnThread(&thread, nullptr, run, this) == 0;
  if (started_) pthread_detach(thread);
  return started_;
}

void Watchdog::Run() {
  std::unique_lock<std::mutex> lock(mutex_);
  for (;;) {
    if (WithMemory([&] { LookAtLoops(&lock); })) continue;
    if (!lock.owns_lock()) lock.lock();
    changed_.wait_for(lock, kLongestSleep);
  }
}

// Once, and then until the next time.
void Watchdog::LookAtLoops(std::unique_lock<std::mutex>* lock) {
  const auto now = Clock::now();
  milliseconds sleep = kLongestSleep;
  std::vector<std::pair<OnBlocked, double>> blocked;
  for (Watched* watched : watched_) {
    if (watched->threshold.count() == 0) continue;
    sleep = std::min(sleep, std::max(watched->threshold / kLooks, milliseconds{1}));
    const uint64_t turns = watched->turns.load(std::memory_order_relaxed);
    // SAFETY: while it is in the list the loop is there, and libuv guards this by a lock.
    const uint64_t idle = uv_metrics_idle_time(watched->loop);
    if (turns != watched->last_turns || idle != watched->last_idle) {
      watched->last_turns = turns;
      watched->last_idle = idle;
      watched->moved_at = now;
    } else if (now - watched->moved_at >= watched->threshold && now >= watched->next_dump) {
      blocked.push_back({watched->on_blocked, watched->thread_id});
      watched->next_dump = now + kBetweenDumps;
    }
  }
  if (!blocked.empty()) {
    lock->unlock();
    for (const auto& [on_blocked, thread_id] : blocked) on_blocked(thread_id);
    lock->lock();
  } else if (watched_.empty()) {
    changed_.wait(*lock);
  } else {
    changed_.wait_for(*lock, sleep);
  }
}

}  // namespace asynctb
