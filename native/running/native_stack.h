// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

// Reads the JavaScript stack of a thread that is blocked in native code: by a signal to just that
// thread, whose handler runs on it and so sees frames and objects that nobody moves meanwhile.
//
// The signal is sent only while the handler is ours: whoever has taken it over since would be given
// something that is not for him. And only where there is room for the handler. It runs on the
// thread's own stack, which is large, and not on an alternate one, which may be smaller than the
// kernel alone needs (MINSIGSTKSZ with AVX-512): the kernel would end the process. Runtimes whose
// threads leave that stack (Go) change this for all handlers; then the size counts.
//
// Why the handler is safe: it looks itself up in a table that never shrinks; it does nothing when
// nobody has asked, when it runs on another thread than was meant, or when the signal is not ours
// (then it calls who was there before); it only loads, each load checked with the kernel, and
// stores into the thread's own record, which was allocated at registration and is never freed. It
// takes no lock, allocates nothing, calls nothing of V8's or Node's, and keeps errno.
#pragma once

#include <signal.h>
#include <sys/types.h>
#include <v8.h>

#include <atomic>

#include "base/capture.h"
#include "layout/env_data.h"
#include "layout/native_frames.h"

namespace asynctb {

class NativeProbe {
 public:
  // For the current thread, to which it belongs until Release. Null when there is none to be had:
  // the layout is not proven, or no signal is free.
  static NativeProbe* ForCurrentThread(const EnvData& data);
  // On its thread, before its environment goes. Afterwards the signal finds nothing to do.
  void Release();

  // The following by others, under the registry's mutex. False when the signal cannot be sent.
  bool Signal();
  // Whether the handler has run since the last Signal; then the record is what it found.
  bool done() const { return state_.load(std::memory_order_acquire) == State::kDone; }
  const NativeRecord& record() const { return *record_; }
  // The exit frame now; 0 when the thread runs JavaScript, or nothing that JavaScript has called.
  uintptr_t CurrentExitFrame() const;
  // Whether the thread sleeps in the kernel, and the time that it has had on a processor.
  struct Look {
    bool is_known = false;  // false: the kernel could not be asked, for want of a file descriptor
    bool is_asleep = false;
    int64_t cpu_ns = 0;
  };
  Look LookAt() const;
  // Whether garbage is being collected on the thread just now.
  bool is_collecting() const { return collecting_.load(std::memory_order_acquire) > 0; }
  // On its own thread, now and then: takes down what the thread's alternate signal stack is, which
  // nobody else can ask the kernel for.
  void NoteAlternateStack();
  // Makes the record the answer to a dump.
  void Fill(ThreadCapture* capture) const;

 private:
  enum class State : int { kFree, kIdle, kAsked, kReading, kDone };

  NativeProbe();
  static void OnSignal(int signum, siginfo_t* info, void* context);
  static int InstallHandler();
  static void OnCollecting(v8::Isolate*, v8::GCType, v8::GCCallbackFlags, void* probe);
  static void OnCollected(v8::Isolate*, v8::GCType, v8::GCCallbackFlags, void* probe);
  void Read();
  // Whether the kernel and the handler have room on the stack that `handler` runs on.
  bool HasRoomFor(const struct sigaction& handler) const;
  // Where the thread's stack ends while it sleeps in the kernel; 0 when it runs, or is not known.
  uintptr_t SleepingStackPointer() const;

  std::atomic<State> state_{State::kFree};
  // Objects move while this is not 0, so nothing is read then. A callback of somebody else's may
  // begin another collection inside of one.
  std::atomic<int> collecting_{0};
  std::atomic<size_t> alternate_stack_{0};  // its size when it was last seen; 0: there is none
  int index_ = -1;
  // Written on the thread while the state is kFree, and then only read.
  pid_t thread_ = 0;
  clockid_t cpu_clock_ = 0;
  uintptr_t isolate_ = 0;
  NativeLayout layout_;
  StackBounds bounds_;
  NativeRecord* record_ = nullptr;  // pages that are not used are not there
};

}  // namespace asynctb
