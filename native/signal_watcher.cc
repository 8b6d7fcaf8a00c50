// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "signal_watcher.h"

#include <dlfcn.h>
#include <signal.h>

#include <cstring>

#include "signal_handler.h"
#include "thread_registry.h"

namespace asynctb {

using std::chrono::milliseconds;
using std::chrono::steady_clock;
using std::chrono::system_clock;

namespace {

// How long a process that wants to exit waits for a dump that somebody has asked for.
constexpr milliseconds kDrainLimit{2'000};
// How long it waits for the dump that it has asked for itself, on a stderr that nobody reads.
constexpr milliseconds kOwnDumpLimit{10'000};
// The formatter's stack limit lies inside, with room for V8 itself. Only what is used is paid for.
constexpr size_t kStackBytes = 4u << 20;

// Node unloads addons with the environment, but signals may still come then, and the thread may
// still be in a write.
void StayLoaded() {
  Dl_info info;
  if (dladdr(reinterpret_cast<void*>(&StayLoaded), &info) == 0) return;
  dlopen(info.dli_fname, RTLD_LAZY | RTLD_NOLOAD | RTLD_NODELETE);
}

}  // namespace

SignalWatcher& SignalWatcher::Get() {
  static SignalWatcher& instance = *new SignalWatcher();
  return instance;
}

bool SignalWatcher::Configure(WatcherOptions options, node::Environment* env) {
  if (configured_) return false;
  configured_ = true;
  options_ = std::move(options);
  configured_at_ = steady_clock::now();
  formatter_ = std::make_unique<IsolateFormatter>(options_.platform, &gate_,
                                                  std::move(options_.formatter));
  // Cleanup hooks run when the loop has run dry, AtExit upon `process.exit()` and after a fatal
  // exception. The second call finds nothing to do.
  const auto shutdown = [](void*) { Get().Shutdown(); };
  node::AddEnvironmentCleanupHook(v8::Isolate::GetCurrent(), shutdown, env);
  node::AtExit(env, shutdown, env);
  return true;
}

std::string SignalWatcher::Watch(int signum) {
  const std::string reason = StartThread();
  return reason.empty() ? InstallSignalHandler(signum) : reason;
}

std::string SignalWatcher::StartThread() {
  {
    std::lock_guard<std::mutex> lock(mutex_);
    if (started_) return "";
    if (stopping_) return "the process is exiting";
  }
  StayLoaded();
  if (!InitializeWakeUps()) return "no semaphore";
  pthread_attr_t attributes;
  if (pthread_attr_init(&attributes) != 0) return "no thread attributes";
  pthread_attr_setstacksize(&attributes, kStackBytes);
  // The thread inherits a full mask: the program's signals are for the program's threads.
  sigset_t all;
  sigset_t before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  const auto run = [](void* self) -> void* {
    static_cast<SignalWatcher*>(self)->Run();
    return nullptr;
  };
  const int error = pthread_create(&thread_, &attributes, run, this);
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
  pthread_attr_destroy(&attributes);
  if (error != 0) return strerror(error);
  std::lock_guard<std::mutex> lock(mutex_);
  started_ = true;
  return "";
}

std::string SignalWatcher::DumpAndWait(ThreadCapture capture, const std::string& reason) {
  const std::string problem = StartThread();
  if (!problem.empty()) return problem;
  std::unique_lock<std::mutex> lock(mutex_);
  if (stopping_ || job_.has_value()) return "the process is exiting";
  job_ = Job{reason, std::move(capture)};
  WakeUp();
  const bool done =
      changed_.wait_for(lock, kOwnDumpLimit, [this] { return !busy_ && !job_.has_value(); });
  return done ? "" : "it could not be written in time";
}

// Every registered thread of this environment has left the registry, or does so now; so a dump
// in progress waits for nobody.
void SignalWatcher::Shutdown() {
  {
    std::unique_lock<std::mutex> lock(mutex_);
    if (stopping_) return;
    if (started_) {
      changed_.wait_for(lock, kDrainLimit, [this] { return !busy_ && !HasSignal(); });
    }
    stopping_ = true;
  }
  // From here on the thread does not touch V8, so Node may take it down.
  gate_.Close();
  bool busy = false;
  {
    std::lock_guard<std::mutex> lock(mutex_);
    if (!started_) return;
    busy = busy_;
  }
  WakeUp();
  if (busy) {
    // In a write that may never end: it is left behind, and ends with the process.
    pthread_detach(thread_);
  } else {
    pthread_join(thread_, nullptr);
  }
}

void SignalWatcher::Run() {
#ifdef __linux__
  pthread_setname_np(pthread_self(), "asynctb");
#endif
  for (;;) {
    WaitForWakeUp();
    std::optional<Job> job;
    bool signalled = false;
    const auto time = system_clock::now();
    {
      std::lock_guard<std::mutex> lock(mutex_);
      if (stopping_) return;
      busy_ = true;
      std::swap(job, job_);
      // Taken before the capture: a signal during the dump asks for one more.
      signalled = TakeSignal();
    }
    if (job.has_value()) {
      std::vector<ThreadCapture> threads;
      threads.push_back(std::move(job->capture));
      Dump(std::move(threads), job->reason, time);
    }
    if (signalled) DumpThreads(time);
    std::lock_guard<std::mutex> lock(mutex_);
    busy_ = false;
    changed_.notify_all();
  }
}

void SignalWatcher::DumpThreads(system_clock::time_point time) {
  std::vector<ThreadCapture> threads = ThreadRegistry::Get().CaptureAll(CaptureLimits());
  if (threads.empty()) {
    SayOnStderr("no dump: the process is exiting");
    return;
  }
  Dump(std::move(threads), "signal", time);
}

void SignalWatcher::Dump(std::vector<ThreadCapture> threads, const std::string& reason,
                         system_clock::time_point time) {
  const auto elapsed = std::chrono::duration<double, std::milli>(steady_clock::now() -
                                                                 configured_at_);
  DumpContent content;
  content.threads = std::move(threads);
  content.process = options_.process;
  content.uptime_ms = static_cast<double>(
      static_cast<int64_t>(options_.uptime_ms + elapsed.count()));
  content.reason = reason;
  content.time = IsoTime(time);
  content.json = options_.output.json;

  DumpOutput output(options_.output);
  output.Open(time);
  output.Close(formatter_->Format(std::move(content), [&](std::string_view text) {
    return output.Write(text);
  }));
}

}  // namespace asynctb
