// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "threads/thread_turns.h"

#include <algorithm>

namespace asynctb {

std::optional<uintptr_t> ThreadTurns::Next(Clock::time_point now, const LookAt& look_at) {
  if (line_.empty()) return std::nullopt;
  places_.erase(std::remove_if(places_.begin(), places_.end(),
                               [&](Place& place) {
                                 if (!IsLost(&place, now, look_at)) return false;
                                 if (!place.began) in_vain_++;
                                 return true;
                               }),
                places_.end());
  if (places_.size() >= most()) return std::nullopt;
  // What may fail comes first, so that nobody is lost.
  places_.reserve(places_.size() + 1);
  const uintptr_t key = line_.front();
  line_.pop_front();
  places_.push_back({key, now, now + kToBegin, false, std::nullopt});
  return key;
}

bool ThreadTurns::IsLost(Place* place, Clock::time_point now, const LookAt& look_at) {
  if (now - place->since >= kLongestTurn) return true;
  if (place->began || now < place->next_look) return false;
  const Look look = look_at(place->key);
  if (!look.can_run) return true;
  const int64_t before = place->cpu_ns.value_or(look.cpu_ns);
  const std::chrono::nanoseconds half = kToBegin / 2;
  if (look.cpu_ns - before >= half.count()) return true;
  place->cpu_ns = look.cpu_ns;
  place->next_look = now + kToBegin;
  return false;
}

void ThreadTurns::Begin(uintptr_t key) {
  in_vain_ = 0;
  for (Place& place : places_) {
    if (place.key == key) place.began = true;
  }
}

void ThreadTurns::End(uintptr_t key) {
  places_.erase(std::remove_if(places_.begin(), places_.end(),
                               [&](const Place& place) { return place.key == key; }),
                places_.end());
}

}  // namespace asynctb
