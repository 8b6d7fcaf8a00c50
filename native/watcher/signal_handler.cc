// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "watcher/signal_handler.h"

#include <signal.h>
#include <uv.h>

#include <atomic>
#include <cerrno>
#include <cstring>

#include "watcher/own_loop.h"

namespace asynctb {

namespace {

// What a signal handler may use: plain static data, with no constructor or destructor to run,
// filled in before the handler is installed. It outlives every thread.

// Somebody who handled the signal before.
struct Chained {
  struct sigaction action;
  // The kernel would have reset an SA_RESETHAND handler to the default before it calls it.
  std::atomic<bool> spent;
};

constexpr int kMostChained = 2;
Chained chained[kMostChained];
int chained_count = 0;

// Node's own handler for SIGUSR1 rests on uv_sem_post as well: it is sem_post where that exists,
// and on macOS what stands in for it.
uv_sem_t wake_up;
std::atomic<uint32_t> signals{0};  // that were not taken yet
static_assert(std::atomic<uint32_t>::is_always_lock_free, "a signal handler may not take a lock");

// libuv keeps its handler installed as long as it has one listener for the signal, and asks
// nobody before it installs or removes it: a later `process.on('SIGUSR2')` would replace ours,
// and the end of the last listener would bring back the default action, which ends the process.
// This listener of our own, on a loop that nobody runs, makes libuv do neither.
uv_loop_t pinned_loop;
uv_signal_t pinned_listener;

bool IsHandler(const struct sigaction& action) {
  return (action.sa_flags & SA_SIGINFO) != 0 ||
         (action.sa_handler != SIG_DFL && action.sa_handler != SIG_IGN);
}

bool SameHandler(const struct sigaction& a, const struct sigaction& b) {
  if ((a.sa_flags & SA_SIGINFO) != (b.sa_flags & SA_SIGINFO)) return false;
  return (a.sa_flags & SA_SIGINFO) != 0 ? a.sa_sigaction == b.sa_sigaction
                                        : a.sa_handler == b.sa_handler;
}

void CallChained(Chained* next, int signum, siginfo_t* info, void* context) {
  if ((next->action.sa_flags & SA_RESETHAND) != 0 && next->spent.exchange(true)) return;
  if ((next->action.sa_flags & SA_SIGINFO) != 0) {
    next->action.sa_sigaction(signum, info, context);
  } else {
    next->action.sa_handler(signum);
  }
}

// Async-signal-safe: it touches the static data above, which does not change any more, a
// lock-free flag and a semaphore, and keeps errno. No allocation, no lock, no call into V8 or
// Node; the work is done by the thread that the semaphore wakes. Others are called with what the
// kernel gave us, and may rely on what they did before: no other signal interrupts them (libuv's
// handler takes a lock), since the mask of this handler is full.
void OnSignal(int signum, siginfo_t* info, void* context) {
  const int saved_errno = errno;
  // One post for any number of signals until they are taken: the semaphore cannot overflow.
  if (signals.fetch_add(1) == 0) uv_sem_post(&wake_up);
  for (int i = 0; i < chained_count; i++) CallChained(&chained[i], signum, info, context);
  errno = saved_errno;
}

void Chain(const struct sigaction& action) {
  if (!IsHandler(action)) return;
  chained[chained_count++].action = action;
}

}  // namespace

bool InitializeWakeUps() { return uv_sem_init(&wake_up, 0) == 0; }

void WaitForWakeUp() { uv_sem_wait(&wake_up); }

void WakeUp() { uv_sem_post(&wake_up); }

uint32_t TakeSignals() {
  const uint32_t taken = signals.exchange(0);
  // libuv's handler has left a message for our listener. Unread ones would do no harm either.
  if (taken > 0) uv_run(&pinned_loop, UV_RUN_NOWAIT);
  return taken;
}

bool HasSignal() { return signals > 0; }

std::string InstallSignalHandler(int signum) {
  struct sigaction before;
  if (sigaction(signum, nullptr, &before) != 0) return strerror(errno);

  int error = InitOwnLoop(&pinned_loop);
  if (error == 0) error = uv_signal_init(&pinned_loop, &pinned_listener);
  if (error == 0)
    error = uv_signal_start(
        &pinned_listener, [](uv_signal_t*, int) {}, signum);
  if (error != 0) return uv_strerror(error);

  // libuv has now put its handler in the place of the one before, unless it was there already.
  struct sigaction now;
  if (sigaction(signum, nullptr, &now) != 0) return strerror(errno);
  if (!SameHandler(before, now)) Chain(before);
  Chain(now);

  struct sigaction ours;
  memset(&ours, 0, sizeof(ours));
  ours.sa_sigaction = OnSignal;
  // No SA_ONSTACK, as libuv: an alternate stack of MINSIGSTKSZ has no room for what the kernel
  // alone puts there with AVX-512, and then the process ends. Go, whose threads leave their own
  // stacks, adds it to all handlers that it finds.
  ours.sa_flags = SA_SIGINFO | SA_RESTART;
  sigfillset(&ours.sa_mask);
  return sigaction(signum, &ours, nullptr) == 0 ? "" : strerror(errno);
}

}  // namespace asynctb
