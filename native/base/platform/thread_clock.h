// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

// How long a thread has computed, for others to ask while it is there. On a busy machine this, and
// not the time of the day, says what a thread had a chance to do.
#pragma once

#include <pthread.h>
#include <time.h>

#include <chrono>
#include <optional>

namespace asynctb {

class ThreadClock {
 public:
  static ThreadClock OfCurrentThread() {
    ThreadClock clock;
#if defined(__linux__)
    clock.is_known_ = pthread_getcpuclockid(pthread_self(), &clock.id_) == 0;
#endif
    return clock;
  }

  // Empty when there is no way to tell. SAFETY: the caller sees to it that the thread has not
  // ended.
  std::optional<std::chrono::nanoseconds> Now() const {
    struct timespec spent;
    if (!is_known_ || clock_gettime(id_, &spent) != 0) return std::nullopt;
    return std::chrono::seconds(spent.tv_sec) + std::chrono::nanoseconds(spent.tv_nsec);
  }

  // Of the current thread, or else the time of the wall: how long it was at work, however much
  // others were.
  static std::chrono::nanoseconds Spent() {
    const auto spent = OfCurrentThread().Now();
    return spent.has_value() ? *spent : std::chrono::steady_clock::now().time_since_epoch();
  }

 private:
  bool is_known_ = false;
  clockid_t id_ = {};
};

}  // namespace asynctb
