// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "running/native_stack.h"

#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <mutex>

#include "base/own_descriptors.h"
#include "base/stay_loaded.h"
#include "text/source_text.h"

namespace asynctb {

namespace {

// More registered threads than this at once are answered without this way.
constexpr int kMostProbes = 1024;

// Static and trivial: a late signal may find it while the process ends.
std::atomic<NativeProbe*> probes[kMostProbes];
std::atomic<int> our_signal{0};
struct sigaction chained;

// The signal's value is the address of one of these, which says who is meant. A handler of somebody
// else's that gets it all the same, and takes it for a pointer, finds zeros.
char payloads[kMostProbes];

// What the kernel puts on the stack (3.4 KB with AVX-512), what the handler needs there, and as
// much again.
constexpr size_t kRoom = 16 * 1024;

int IndexOf(const siginfo_t& info) {
  const auto at = reinterpret_cast<uintptr_t>(info.si_value.sival_ptr);
  const auto first = reinterpret_cast<uintptr_t>(payloads);
  return info.si_code == SI_QUEUE && at >= first && at - first < kMostProbes
             ? static_cast<int>(at - first)
             : -1;
}

// Whether the handler stands on an alternate stack that has too little left for it.
bool IsShortOfStack() {
  stack_t alternate;
  if (sigaltstack(nullptr, &alternate) != 0 || (alternate.ss_flags & SS_ONSTACK) == 0) return false;
  const char here = 0;
  const auto left =
      reinterpret_cast<uintptr_t>(&here) - reinterpret_cast<uintptr_t>(alternate.ss_sp);
  return left < kRoom / 2;
}

pid_t ThreadId() { return static_cast<pid_t>(syscall(SYS_gettid)); }

void* NewPages(size_t size) {
  void* pages = mmap(nullptr, size, PROT_READ | PROT_WRITE,
                     MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  return pages == MAP_FAILED ? nullptr : pages;
}

}  // namespace

NativeProbe::NativeProbe() : record_(static_cast<NativeRecord*>(NewPages(sizeof(NativeRecord)))) {}

// Async-signal-safe, see the header.
void NativeProbe::OnSignal(int signum, siginfo_t* info, void* context) {
  const int saved_errno = errno;
  const int index = IndexOf(*info);
  NativeProbe* probe = index >= 0 ? probes[index].load() : nullptr;
  if (probe != nullptr && info->si_pid == getpid()) {
    State asked = State::kAsked;
    if (probe->thread_ == ThreadId() &&
        probe->state_.compare_exchange_strong(asked, State::kReading)) {
      if (IsShortOfStack()) {
        probe->record_->exit_frame = 0;
      } else {
        probe->Read();
      }
      probe->state_.store(State::kDone, std::memory_order_release);
    }
  } else if ((chained.sa_flags & SA_SIGINFO) != 0) {
    chained.sa_sigaction(signum, info, context);
  } else if (chained.sa_handler != SIG_DFL && chained.sa_handler != SIG_IGN) {
    chained.sa_handler(signum);
  }
  errno = saved_errno;
}

void NativeProbe::Read() {
  NativeRecord& record = *record_;
  record.frame_count = 0;
  record.unit_count = 0;
  record.is_cut = false;
  record.is_damaged = false;
  record.lacks_lines = false;
  record.exit_frame = is_collecting() ? 0 : CurrentExitFrame();
  if (record.exit_frame == 0) return;
  FrameReader reader(layout_, &record);
  record.exit_kind = reader.KindOfExit(record.exit_frame);
  reader.ReadStack(record.exit_frame, bounds_);
}

// V8 calls these around each collection, between which the handler would meet moving objects, and
// a thread that joins its helpers would seem to be blocked. An addition each is what they cost.
void NativeProbe::OnCollecting(v8::Isolate*, v8::GCType, v8::GCCallbackFlags, void* data) {
  auto* probe = static_cast<NativeProbe*>(data);
  probe->NoteAlternateStack();
  probe->collecting_.fetch_add(1, std::memory_order_release);
}

void NativeProbe::OnCollected(v8::Isolate*, v8::GCType, v8::GCCallbackFlags, void* probe) {
  static_cast<NativeProbe*>(probe)->collecting_.fetch_sub(1, std::memory_order_release);
}

uintptr_t NativeProbe::CurrentExitFrame() const {
  // SAFETY: the isolate is alive: this is its thread, or the registry's mutex keeps the thread
  // from leaving. One aligned word, which generated code writes at once.
  return *reinterpret_cast<const volatile uintptr_t*>(isolate_ + layout_.isolate_exit_frame);
}

NativeProbe::Look NativeProbe::LookAt() const {
  Look look;
  timespec time;
  if (clock_gettime(cpu_clock_, &time) != 0) return look;
  look.cpu_ns = time.tv_sec * int64_t{1'000'000'000} + time.tv_nsec;
  char path[64], text[256];
  snprintf(path, sizeof(path), "/proc/self/task/%d/stat", static_cast<int>(thread_));
  const OwnDescriptor file = OwnDescriptor::Open(path, O_RDONLY);
  if (!file.is_open()) return look;
  const ssize_t length = read(file.get(), text, sizeof(text) - 1);
  if (length <= 0) return look;
  text[length] = '\0';
  // The name of the thread, in parentheses, may contain anything.
  const char* end_of_name = strrchr(text, ')');
  look.is_known = end_of_name != nullptr;
  look.is_asleep = end_of_name != nullptr && end_of_name[1] == ' ' &&
                   (end_of_name[2] == 'S' || end_of_name[2] == 'D');
  return look;
}

// A realtime signal that nobody uses: these do not end a sleep for anybody else's sake, are told
// apart by their sender, and carry a number. It stays ours.
int NativeProbe::InstallHandler() {
  StayLoaded();
  for (int signum = SIGRTMAX - 1; signum >= SIGRTMIN; signum--) {
    struct sigaction before;
    if (sigaction(signum, nullptr, &before) != 0) continue;
    if ((before.sa_flags & SA_SIGINFO) != 0 || before.sa_handler != SIG_DFL) continue;
    struct sigaction ours;
    memset(&ours, 0, sizeof(ours));
    ours.sa_sigaction = OnSignal;
    // SA_RESTART: a system call that can go on does. No SA_ONSTACK: see the header.
    ours.sa_flags = SA_SIGINFO | SA_RESTART;
    sigfillset(&ours.sa_mask);
    if (sigaction(signum, &ours, &chained) == 0) return signum;
  }
  return -1;
}

NativeProbe* NativeProbe::ForCurrentThread(const EnvData& data) {
  if (!data.native_layout().proven || !data.Can("nativeStacks")) return nullptr;
  static std::mutex mutex;  // of registrations, which are rare
  std::lock_guard<std::mutex> lock(mutex);
  if (our_signal == 0) our_signal = InstallHandler();
  if (our_signal < 0) return nullptr;
  for (int i = 0; i < kMostProbes; i++) {
    NativeProbe* probe = probes[i].load();
    if (probe == nullptr) {
      probe = new NativeProbe();
      if (probe->record_ == nullptr) {
        delete probe;
        return nullptr;
      }
      probe->index_ = i;
      probes[i].store(probe);
    } else if (probe->state_.load() != State::kFree) {
      continue;
    }
    probe->thread_ = ThreadId();
    probe->isolate_ = reinterpret_cast<uintptr_t>(data.isolate());
    probe->layout_ = data.native_layout();
    probe->bounds_ = CurrentStackBounds();
    if (probe->bounds_.high == 0) return nullptr;
    probe->NoteAlternateStack();
    if (pthread_getcpuclockid(pthread_self(), &probe->cpu_clock_) != 0) return nullptr;
    data.isolate()->AddGCPrologueCallback(OnCollecting, probe);
    data.isolate()->AddGCEpilogueCallback(OnCollected, probe);
    probe->state_.store(State::kIdle, std::memory_order_release);
    return probe;
  }
  return nullptr;
}

void NativeProbe::Release() {
  auto* isolate = reinterpret_cast<v8::Isolate*>(isolate_);
  isolate->RemoveGCPrologueCallback(OnCollecting, this);
  isolate->RemoveGCEpilogueCallback(OnCollected, this);
  collecting_ = 0;
  // The handler runs on this thread, so it is not in the middle of anything.
  madvise(record_, sizeof(NativeRecord), MADV_DONTNEED);
  state_.store(State::kFree, std::memory_order_release);
}

void NativeProbe::NoteAlternateStack() {
  stack_t now;
  if (sigaltstack(nullptr, &now) != 0) return;
  alternate_stack_ = (now.ss_flags & SS_DISABLE) != 0 ? 0 : now.ss_size;
}

uintptr_t NativeProbe::SleepingStackPointer() const {
  char path[64], text[256];
  snprintf(path, sizeof(path), "/proc/self/task/%d/syscall", static_cast<int>(thread_));
  const OwnDescriptor file = OwnDescriptor::Open(path, O_RDONLY);
  if (!file.is_open()) return 0;
  const ssize_t length = read(file.get(), text, sizeof(text) - 1);
  if (length <= 0) return 0;
  text[length] = '\0';
  // "running", or the call, its arguments, the stack pointer and the program counter.
  char* const counter = strrchr(text, ' ');
  if (counter == nullptr) return 0;
  *counter = '\0';
  const char* const pointer = strrchr(text, ' ');
  return pointer == nullptr ? 0 : strtoull(pointer + 1, nullptr, 16);
}

bool NativeProbe::HasRoomFor(const struct sigaction& handler) const {
  if ((handler.sa_flags & SA_ONSTACK) != 0 && alternate_stack_ > 0)
    return alternate_stack_ >= kRoom;
  const uintptr_t pointer = SleepingStackPointer();
  return pointer == 0 || (pointer >= bounds_.low + kRoom && pointer < bounds_.high);
}

bool NativeProbe::Signal() {
  State state = state_.load();
  // Asked already: the handler is still due.
  if (state == State::kAsked || state == State::kReading) return true;
  struct sigaction now;
  if (sigaction(our_signal, nullptr, &now) != 0) return false;
  // Somebody has put his own handler in its place, or the default action, which ends the process.
  if ((now.sa_flags & SA_SIGINFO) == 0 || now.sa_sigaction != OnSignal) return false;
  if (!HasRoomFor(now)) return false;
  if (!state_.compare_exchange_strong(state, State::kAsked)) return false;
  siginfo_t info;
  memset(&info, 0, sizeof(info));
  info.si_signo = our_signal;
  info.si_code = SI_QUEUE;
  info.si_pid = getpid();
  info.si_uid = getuid();
  info.si_value.sival_ptr = &payloads[index_];
  if (syscall(SYS_rt_tgsigqueueinfo, getpid(), thread_, our_signal.load(), &info) == 0) return true;
  state = State::kAsked;
  state_.compare_exchange_strong(state, State::kIdle);
  return false;
}

void NativeProbe::Fill(ThreadCapture* capture) const {
  const NativeRecord& record = *record_;
  const auto text = [&](const UnitRange& range) {
    return UnitsToUtf8(record.units + range.begin, static_cast<int>(range.length));
  };
  const bool in_engine = record.exit_kind == ExitKind::kEngine;
  capture->activity = in_engine ? ThreadActivity::kRunning : ThreadActivity::kBlockedInNative;
  capture->has_running = record.frame_count > 0;
  for (uint32_t i = record.frame_count; i-- > 0;) {
    const NativeFrame& frame = record.frames[i];
    Site site;
    site.function_name = text(frame.name);
    site.script_name = text(frame.script);
    site.line = frame.line;
    site.column = frame.column;
    site.line_text =
        LineToUtf8(record.units + frame.line_text.begin, static_cast<int>(frame.line_text.length),
                   frame.cut_before, frame.cut_after);
    site.kind = frame.is_wasm ? FrameKind::kWasm : FrameKind::kFunction;
    site.state = FrameState::kRunning;
    capture->running.push_back(static_cast<int32_t>(capture->sites.size()));
    capture->sites.push_back(std::move(site));
  }
  capture->errors.push_back(
      {"ERR_ASYNCTB_BLOCKED",
       std::string(in_engine ? "the thread is in a long operation of the engine"
                             : "the thread is in native code that JavaScript has called") +
           ": its suspended tasks cannot be read before that returns"});
  if (record.is_cut) {
    capture->errors.push_back(
        {"ERR_ASYNCTB_MAX_FRAMES", "only the innermost frames of the running stack are shown"});
  }
  if (record.lacks_lines) {
    capture->errors.push_back(
        {"ERR_ASYNCTB_BAD_CAPTURE",
         "the lines of some frames are too far down to be looked for while the "
         "thread stands still"});
  }
  if (record.is_damaged) {
    capture->errors.push_back(
        {"ERR_ASYNCTB_BAD_CAPTURE", "some frames of the running stack could not be read"});
  }
}

}  // namespace asynctb
