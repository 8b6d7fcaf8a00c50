// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

// Whose turn it is to be asked. Only as many threads capture at a time as there are processors:
// more would stand still for longer, and take the caches from each other, and none would be done
// sooner.
//
// A thread that does not begin may not hold a place for long. When it is blocked, or has a
// processor and is busy in native code, its place goes to the next at once. When it only waits for
// a processor, that would make it wait for longer: it keeps its place for a while.
//
// Knows nothing of Node or V8. Whoever uses it has a lock.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <optional>
#include <vector>

namespace asynctb {

class ThreadTurns {
 public:
  using Clock = std::chrono::steady_clock;

  // How long until somebody who has not begun is looked at, and then between two looks.
  static constexpr std::chrono::microseconds kToBegin{1'000};
  // No place is held for longer: a huge heap must not keep others from their answer.
  static constexpr std::chrono::microseconds kLongestTurn{25'000};

  struct Look {
    bool can_run = false;  // false: it is blocked, or there is no way to tell
    int64_t cpu_ns = 0;    // the time that it has had on a processor
  };
  using LookAt = std::function<Look(uintptr_t key)>;

  void set_places(size_t places) { most_ = places > 0 ? places : 1; }

  // At the end of the line.
  void Queue(uintptr_t key) { line_.push_back(key); }
  bool has_queue() const { return !line_.empty(); }

  // Who is to be asked now, and has a place from now on; nothing while all places are taken.
  std::optional<uintptr_t> Next(Clock::time_point now, const LookAt& look_at);

  // Its capture has begun; also that of somebody who has lost the place meanwhile.
  void Begin(uintptr_t key);
  // Its place, if it has one, is free.
  void End(uintptr_t key);

 private:
  struct Place {
    uintptr_t key;
    Clock::time_point since;
    Clock::time_point next_look;
    bool began = false;
    std::optional<int64_t> cpu_ns;  // at the last look
  };

  static bool IsLost(Place* place, Clock::time_point now, const LookAt& look_at);
  // Where nobody begins, as when all threads are blocked, more are asked each time.
  size_t most() const { return most_ + 2 * in_vain_; }

  std::vector<Place> places_;
  std::deque<uintptr_t> line_;
  size_t most_ = 1;
  size_t in_vain_ = 0;  // places lost since somebody has begun
};

}  // namespace asynctb
