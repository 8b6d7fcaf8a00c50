// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

// The thread that makes dumps while the program cannot: it sleeps on a semaphore until a signal
// comes, has the registered threads captured, formats and writes. One a process, started from
// the main thread. It is out of Node and V8 before they are taken down.
#pragma once

#include <pthread.h>
#include <uv.h>

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "base/capture_schema.h"
#include "threads/thread_registry.h"
#include "v8/v8_compat.h"
#include "watcher/dump_output.h"
#include "watcher/isolate_formatter.h"

namespace asynctb {

struct WatcherOptions {
  node::MultiIsolatePlatform* platform = nullptr;
  std::string formatter;  // the text of dist/isolate-formatter.js
  std::string process;    // JSON of `RawProcess`
  double uptime_ms = 0;   // of the process, now
  std::string format;     // one of those in `lib/format/dump-formats.ts`
  std::string shows;      // see DumpContent
  OutputOptions output;
};

class SignalWatcher {
 public:
  // Never destroyed: its thread may outlive static destructors.
  static SignalWatcher& Get();

  // The following are for the main thread. Those that return text say why it was not done.

  // To be called first, once the thread is registered. False when it was called before, in this
  // or in another environment.
  bool Configure(WatcherOptions options, node::Environment* env);

  // Starts the thread and makes it dump upon this signal.
  std::string Watch(int signum);

  // Any thread: a pause of another length between dumps by signal.
  void PauseBetweenDumps(std::chrono::milliseconds pause) { pause_ = pause; }

  // From now on dumps tell what nothing can ever settle.
  void FindStuck() { finds_stuck_ = true; }
  // What is asked of the threads: Detail.
  int details() const { return Detail::kExplain | (finds_stuck_ ? Detail::kStuck : 0); }
  // Any thread: how much text is made before it is written.
  void MostTextAtOnce(size_t bytes) { most_text_bytes_ = bytes; }

  // Any thread: has the watcher dump the thread of this id, as the watchdog's. The main thread must
  // have called Start.
  void DumpThread(double thread_id);
  // The watcher's thread without a signal to watch. Main thread, after Configure.
  std::string Start();
  // Any thread.
  bool is_started() const { return started_; }

  // Has the thread print a capture that was made of the process at its end, and waits until it is
  // written. `is_brief`: it holds the process up for two seconds at most, with what follows.
  std::string DumpAtExit(ThreadCapture capture, bool is_brief, bool only_if_pending);

 private:
  struct Job {
    ThreadCapture capture;
    bool only_if_pending = false;
    bool is_text = false;  // it waits for a reader only
    bool done = false;
  };

  SignalWatcher() = default;

  std::string StartThread();
  void Run();
  // Until there is something to do now: signals have to wait for `next_by_signal_`.
  void WaitForWork();
  bool IsTooEarly() const;
  void SetHurry(bool hurry);
  bool DoWhatIsAsked(bool* did_something);
  void DumpThreads(std::chrono::system_clock::time_point time, const ThreadSelection& selection,
                   const std::string& reason);
  void Dump(std::vector<ThreadCapture> threads, const std::string& reason,
            std::chrono::system_clock::time_point time, bool only_if_pending = false);
  bool WaitUntilDone(std::unique_lock<std::mutex>* lock,
                     std::chrono::steady_clock::time_point deadline);
  void NoteText();

  // On the main thread, when the process may be about to end; see the definitions.
  void OnAtExit();
  void OnAlive();
  void OnCleanup();
  void ResumeWhenAlive();
  void ResumeWithNextTurn();
  // Lets what somebody has asked for come to its end. False when it has not by then.
  bool Drain(std::chrono::steady_clock::time_point deadline);
  void EndDumps(void (V8Gate::*shut)());

  // Written by Configure, before there is a thread, and then only read.
  WatcherOptions options_;
  node::Environment* env_ = nullptr;
  std::chrono::steady_clock::time_point configured_at_;
  std::unique_ptr<IsolateFormatter> formatter_;
  uv_prepare_t* next_turn_ = nullptr;  // of the main thread's loop

  // The main thread's.
  std::atomic<bool> started_{false};  // others read it
  bool finished_ = false;
  // Since when a dump holds up the end of the process.
  std::optional<std::chrono::steady_clock::time_point> held_up_since_;
  pthread_t thread_ = {};

  V8Gate gate_;
  std::atomic<bool> busy_{false};
  // From the end of a dump by signal to the next one. Each stops the program for a moment, and may
  // make a file: whatever sends signals without end gets no more of both than this.
  std::atomic<std::chrono::milliseconds> pause_{std::chrono::milliseconds{1'000}};
  // More text than this is made and written in several parts, each by an isolate of its own: what
  // is in memory while a reader is slow stays bounded.
  std::atomic<size_t> most_text_bytes_{size_t{64} << 20};
  std::atomic<bool> finds_stuck_{false};
  std::atomic<bool> pausing_{false};  // there is a signal, and it has to wait
  std::atomic<uint32_t> rounds_{0};   // in which there was something to do

  std::mutex mutex_;  // guards the rest
  std::condition_variable changed_;
  bool stopping_ = false;
  bool ended_ = false;
  std::optional<Job> job_;
  std::vector<double> blocked_;     // what the watchdog wants to see
  std::atomic<bool> hurry_{false};  // the process is to end: no pause between dumps; written so
  std::chrono::steady_clock::time_point next_by_signal_;  // the watcher's thread alone
  bool is_flood_told_ = false;                            // as well
};

}  // namespace asynctb
