// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "watcher/signal_watcher.h"

#include <signal.h>

#include <cstring>

#include "base/added_rules.h"
#include "base/enough_memory.h"
#include "base/own_thread.h"
#include "base/patient_write.h"
#include "base/stay_loaded.h"
#include "base/text_pile.h"
#include "v8/called_by.h"
#include "v8/command_line.h"
#include "v8/v8_compat.h"
#include "watcher/plain_text.h"
#include "watcher/signal_handler.h"
#include "watcher/watchdog.h"

namespace asynctb {

using std::chrono::milliseconds;
using std::chrono::steady_clock;
using std::chrono::system_clock;

namespace {

// An exit is held up by the dumps that somebody has asked for until then, counted from its begin:
// until then all goes on as before,
constexpr milliseconds kDrainLimit{1'500};
// then the text that has been made is still written,
constexpr milliseconds kWriteLimit{1'850};
// and then the thread says what is missing, unless it hangs in the kernel.
constexpr milliseconds kEndLimit{150};
// The dump in progress and the one that was asked for meanwhile; more may come without end.
constexpr uint32_t kDrainedRounds = 2;
// How long the process waits for the text of the dump that it has asked for itself at its end.
constexpr milliseconds kOwnTextLimit{10'000};
// And where that dump must not be felt: with what follows, these are two seconds.
constexpr milliseconds kBriefLimit{1'600};
// The formatter's stack limit lies inside, with room for V8 itself. Only what is used is paid for.
constexpr size_t kStackBytes = 4u << 20;

void SayNoMemory() { SayWithoutMemory("asynctb: no dump: there is no memory for it\n"); }

// Whether `process.kill()` is what JavaScript does at the moment.
bool IsInKill(v8::Isolate* isolate) {
  return IsCalledBy(isolate, "kill", "node:internal/process/per_thread");
}

}  // namespace

SignalWatcher& SignalWatcher::Get() {
  static SignalWatcher& instance = *new SignalWatcher();
  return instance;
}

bool SignalWatcher::Configure(WatcherOptions options, node::Environment* env) {
  if (env_ != nullptr) return false;
  env_ = env;
  options_ = std::move(options);
  configured_at_ = steady_clock::now();
  formatter_ =
      std::make_unique<IsolateFormatter>(options_.platform, &gate_, std::move(options_.formatter));
  node::AddEnvironmentCleanupHook(
      v8::Isolate::GetCurrent(), [](void*) { Get().OnCleanup(); }, nullptr);
  node::AtExit(
      env, [](void*) { Get().OnAtExit(); }, nullptr);
  KeepStderr();
  formatter_->MakeLoop();
  next_turn_ = new uv_prepare_t;
  uv_prepare_init(node::GetCurrentEventLoop(v8::Isolate::GetCurrent()), next_turn_);
  uv_unref(reinterpret_cast<uv_handle_t*>(next_turn_));
  return true;
}

std::string SignalWatcher::Watch(int signum) {
  const std::string reason = StartThread();
  return reason.empty() ? InstallSignalHandler(signum) : reason;
}

std::string SignalWatcher::StartThread() {
  if (finished_) return "the process is exiting";
  if (started_) return "";
  StayLoaded();
  if (!InitializeWakeUps()) return "no semaphore";
  pthread_attr_t attributes;
  if (pthread_attr_init(&attributes) != 0) return "no thread attributes";
  pthread_attr_setstacksize(&attributes, kStackBytes);
  const auto run = [](void* self) -> void* {
    static_cast<SignalWatcher*>(self)->Run();
    return nullptr;
  };
  const int error = CreateOwnThread(&thread_, &attributes, run, this);
  pthread_attr_destroy(&attributes);
  if (error != 0) return strerror(error);
  started_ = true;
  return "";
}

std::string SignalWatcher::Start() {
  return env_ == nullptr ? "nothing is configured to print dumps" : StartThread();
}

void SignalWatcher::DumpThread(double thread_id) {
  if (!started_) return;
  std::lock_guard<std::mutex> lock(mutex_);
  blocked_.push_back(thread_id);
  WakeUp();
  changed_.notify_all();
}

std::string SignalWatcher::DumpAtExit(ThreadCapture capture, bool is_brief, bool only_if_pending) {
  const auto start = steady_clock::now();
  std::string problem = StartThread();
  if (!problem.empty()) return problem;
  std::unique_lock<std::mutex> lock(mutex_);
  if (job_.has_value()) return "there is one already";
  job_ = Job{std::move(capture), only_if_pending};
  WakeUp();
  changed_.notify_all();
  if (is_brief) {
    held_up_since_ = start;
  } else {
    changed_.wait_for(lock, kOwnTextLimit, [this] { return job_->done || job_->is_text; });
  }
  const auto deadline = is_brief ? start + kBriefLimit : steady_clock::now() + kWriteLimit;
  if (!WaitUntilDone(&lock, deadline)) {
    StopWaitingForReaders();
    if (!WaitUntilDone(&lock, steady_clock::now() + kEndLimit)) {
      return "it could not be written in time";
    }
  }
  job_.reset();
  held_up_since_.reset();
  return "";
}

bool SignalWatcher::WaitUntilDone(std::unique_lock<std::mutex>* lock,
                                  steady_clock::time_point deadline) {
  return changed_.wait_until(*lock, deadline, [this] { return job_->done; });
}

bool SignalWatcher::Drain(steady_clock::time_point deadline) {
  if (!started_) return true;
  const uint32_t before = rounds_;
  const auto is_drained = [&] {
    const bool is_idle = !busy_ && (!HasSignal() || (pausing_ && !hurry_));
    return is_idle || rounds_ - before >= kDrainedRounds;
  };
  bool drained = false;
  // For want of memory, what has not ended is cut short.
  WithMemory([&] { drained = ThreadRegistry::Get().AnswerUntil(env_, deadline, is_drained); });
  return drained;
}

void SignalWatcher::SetHurry(bool hurry) {
  std::lock_guard<std::mutex> lock(mutex_);
  hurry_ = hurry;
  changed_.notify_all();
}

// Afterwards the thread is outside of the gate, and has no isolate.
void SignalWatcher::EndDumps(void (V8Gate::*shut)()) {
  const auto start = held_up_since_.value_or(steady_clock::now());
  // Before the end the last signal is answered at once. What a program sends to itself without end
  // neither makes it wait nor gets around the pause.
  SetHurry(shut != &V8Gate::Pause);
  Drain(start + kDrainLimit);
  SetHurry(false);
  (gate_.*shut)();
  ThreadRegistry::Get().Notify();
  if (!gate_.is_ending() || Drain(start + kWriteLimit)) return;
  StopWaitingForReaders();
  if (Drain(steady_clock::now() + kEndLimit)) return;
  SayWithoutMemory("asynctb: the dump in progress is incomplete: the process is exiting\n");
}

// Node calls this before `process.exit()` and a fatal exception end the process, with no cleanup
// hook to follow and V8's platform about to go. It calls it as well before `process.kill()` sends
// a signal to the own process that it believes to be deadly, and ours is one of those: then the
// program goes on. So the gate is only shut until the program shows to be alive.
void SignalWatcher::OnAtExit() {
  if (finished_) return;
  EndDumps(IsInKill(v8::Isolate::GetCurrent()) ? &V8Gate::Pause : &V8Gate::Suspend);
  ResumeWhenAlive();
}

// It certainly is with the next turn of the loop. JavaScript that runs is no sign: at the end Node
// runs some to write profiles, and what a debugger evaluates while Node waits for it to go. To be
// taken in by that would let the thread into a V8 that is being taken down, and Node forgets what
// is added to its list meanwhile. Only JavaScript that goes on behind `process.kill()` is one: so a
// signal that the program sends to itself is answered even if the program exits right after it.
void SignalWatcher::ResumeWhenAlive() {
  if (!IsInKill(v8::Isolate::GetCurrent())) return ResumeWithNextTurn();
  node::RequestInterrupt(
      env_,
      [](void*) {
        if (IsInKill(v8::Isolate::GetCurrent())) {
          Get().ResumeWithNextTurn();
        } else {
          Get().OnAlive();
        }
      },
      nullptr);
}

void SignalWatcher::ResumeWithNextTurn() {
  if (next_turn_ == nullptr) return;
  uv_prepare_start(next_turn_, [](uv_prepare_t* handle) {
    uv_prepare_stop(handle);
    Get().OnAlive();
  });
}

void SignalWatcher::OnAlive() {
  if (finished_) return;
  // Node forgets what it has called.
  node::AtExit(
      env_, [](void*) { Get().OnAtExit(); }, nullptr);
  WaitForReadersAgain();
  gate_.Resume();
}

// The main environment ends, after its loop has run dry. Its thread is still registered and
// answers, as hooks run in reverse order and this one was added last.
void SignalWatcher::OnCleanup() {
  EndDumps(&V8Gate::Close);
  if (next_turn_ != nullptr) {
    uv_close(reinterpret_cast<uv_handle_t*>(next_turn_),
             [](uv_handle_t* handle) { delete reinterpret_cast<uv_prepare_t*>(handle); });
    next_turn_ = nullptr;
  }
  finished_ = true;
  if (!started_) return;
  std::unique_lock<std::mutex> lock(mutex_);
  stopping_ = true;
  WakeUp();
  changed_.notify_all();
  const bool ended = changed_.wait_for(lock, kEndLimit, [this] { return ended_; });
  lock.unlock();
  // What hangs in a write is left behind, and ends with the process.
  if (ended) {
    pthread_join(thread_, nullptr);
  } else {
    pthread_detach(thread_);
  }
}

bool SignalWatcher::IsTooEarly() const { return steady_clock::now() < next_by_signal_; }

void SignalWatcher::WaitForWork() {
  if (!HasSignal()) return WaitForWakeUp();
  if (!IsTooEarly()) return;
  pausing_ = true;
  ThreadRegistry::Get().Notify();
  std::unique_lock<std::mutex> lock(mutex_);
  changed_.wait_until(lock, next_by_signal_, [this] {
    return hurry_ || stopping_ || !blocked_.empty() || (job_.has_value() && !job_->done);
  });
  if (hurry_) next_by_signal_ = steady_clock::time_point();
  // Before it stops to pause, so that Drain always sees one or the other.
  busy_ = true;
  pausing_ = false;
}

void SignalWatcher::Run() {
  bool goes_on = true;
  while (goes_on) {
    NameCurrentThread("asynctb");
    WaitForWork();
    // Before the signal is taken, so that one or the other is always seen by Drain.
    busy_ = true;
    bool did_something = false;
    if (!WithMemory([&] { goes_on = DoWhatIsAsked(&did_something); })) SayNoMemory();
    if (did_something) rounds_++;
    busy_ = false;
    ThreadRegistry::Get().Notify();
  }
  std::lock_guard<std::mutex> lock(mutex_);
  ended_ = true;
  changed_.notify_all();
}

// False when nothing will be asked any more.
bool SignalWatcher::DoWhatIsAsked(bool* did_something) {
  const auto time = system_clock::now();
  std::vector<ThreadCapture> threads;
  bool only_if_pending = false;
  ThreadSelection blocked;
  blocked.all = false;
  {
    std::lock_guard<std::mutex> lock(mutex_);
    if (stopping_) return false;
    if (job_.has_value() && !job_->done) {
      threads.push_back(std::move(job_->capture));
      only_if_pending = job_->only_if_pending;
    }
    blocked.ids.swap(blocked_);
  }
  *did_something = !threads.empty() || !blocked.ids.empty();
  if (!threads.empty()) {
    const bool had_memory =
        WithMemory([&] { Dump(std::move(threads), "exit", time, only_if_pending); });
    if (!had_memory) SayNoMemory();
    std::lock_guard<std::mutex> lock(mutex_);
    job_->done = true;
    changed_.notify_all();
  }
  if (!blocked.ids.empty()) DumpThreads(time, blocked, "watchdog");
  // Taken before the capture: a signal during the dump asks for one more.
  const uint32_t signals = IsTooEarly() ? 0 : TakeSignals();
  if (signals == 0) return true;
  *did_something = true;
  if (signals > 1 && !is_flood_told_) {
    is_flood_told_ = true;
    SayOnStderr(std::to_string(signals) +
                " signals are answered by one dump, as there is at most one a second");
  }
  next_by_signal_ = steady_clock::now() + pause_.load();
  DumpThreads(time, ThreadSelection(), "signal");
  next_by_signal_ = steady_clock::now() + pause_.load();
  return true;
}

void SignalWatcher::DumpThreads(system_clock::time_point time, const ThreadSelection& selection,
                                const std::string& reason) {
  NameCurrentThread("asynctb:ask");
  ThreadRegistry& registry = ThreadRegistry::Get();
  std::vector<ThreadCapture> threads;
  ThreadRegistry::Requests requests;
  {
    const V8Gate::Visit visit(&gate_);
    ThreadSelection asked = selection;
    asked.details = details();
    if (visit.got_in()) requests = registry.Ask(asked);
  }
  threads = registry.Collect(requests, CaptureLimits(), nullptr, &gate_);
  if (threads.empty() && !selection.all) return;  // it has gone meanwhile
  if (threads.empty()) {
    SayOnStderr("no dump: the process is exiting");
    return;
  }
  if (!selection.all) Watchdog::Get().Deliver(threads);
  Dump(std::move(threads), reason, time);
}

void SignalWatcher::Dump(std::vector<ThreadCapture> threads, const std::string& reason,
                         system_clock::time_point time, bool only_if_pending) {
  const auto elapsed =
      std::chrono::duration<double, std::milli>(steady_clock::now() - configured_at_);
  DumpContent content;
  content.threads = std::move(threads);
  content.process = options_.process;
  content.title = ReadProcessTitle();
  content.children = ReadChildProcesses();
  content.uptime_ms =
      static_cast<double>(static_cast<int64_t>(options_.uptime_ms + elapsed.count()));
  content.reason = reason;
  content.time = IsoTime(time);
  content.format = options_.format;
  content.shows = options_.shows;
  content.rules = AddedRules::Get().Now()->json();
  content.only_if_pending = only_if_pending;

  DumpOutput output(options_.output);
  bool is_open = false;
  IsolateFormatter::Result result;
  do {
    TextPile text(most_text_bytes_);
    const size_t before = result.pieces;
    result = formatter_->Format(content, before, &text);
    if (before == 0 && text.empty() && !result.problem.empty() && content.format == "text") {
      WritePlainText(content, result.problem, &text);
      if (!text.empty()) {
        SayOnStderr("no dump: " + result.problem + "; where the tasks wait, in short:");
        result.problem.clear();
      }
    }
    NameCurrentThread("asynctb:write");
    NoteText();
    if (!is_open && !text.empty()) output.Open(time);
    is_open = is_open || !text.empty();
    if (!text.WriteTo([&](std::string_view block) { return output.Write(block); })) break;
  } while (result.has_more);
  output.Close(result.problem);
}

// For who waits in DumpAndWait.
void SignalWatcher::NoteText() {
  std::lock_guard<std::mutex> lock(mutex_);
  if (job_.has_value()) job_->is_text = true;
  changed_.notify_all();
}

}  // namespace asynctb
