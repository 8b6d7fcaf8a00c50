// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

// What becomes of a thread that was asked and does not get to its interrupt.

#include <algorithm>

#include "threads/thread_registry.h"

namespace asynctb {

using std::chrono::microseconds;

namespace {

// Longer than an idle thread or a running one needs for its answer on a machine that is not
// overloaded; the signal is harmless when it was slow.
constexpr microseconds kGrace{1'500};
// While others answer, a thread may only wait for a processor: the grace begins anew with each
// answer, for no longer than this.
constexpr microseconds kLongestGrace{50'000};
// Between the signal and the next look at what its handler did.
constexpr microseconds kHandlerPoll{100};
// Between two looks at a thread that stays where it is.
constexpr microseconds kConfirm{1'000};
// Less than this between two looks: it slept all the time.
constexpr int64_t kAsleepNs = 200'000;
// More than this: it computed, and so could have come back to JavaScript.
constexpr int64_t kBusyNs = 500'000;
// One that is busy may be collecting garbage, which ends soon; or computing natively, which may
// not.
constexpr microseconds kLongEnough{50'000};
constexpr microseconds kLongestBackoff{100'000};

}  // namespace

void ThreadRegistry::BeginGrace(Entry* entry, Clock::time_point now) {
  // What a handler has read for somebody who gave up is old by now. One that has not run yet
  // will read what is then.
  const bool is_due = entry->phase == ProbePhase::kSignalled && !entry->probe->done();
  if (!is_due) entry->phase = ProbePhase::kNone;
  entry->backoff = microseconds{0};
  entry->next_step = now + kGrace;
}

void ThreadRegistry::StepProbe(Entry* entry, Clock::time_point now) {
  if (entry->probe == nullptr || now < entry->next_step) return;
  NativeProbe& probe = *entry->probe;
  const auto try_again = [&] {
    entry->phase = ProbePhase::kNone;
    entry->backoff = std::min(std::max(entry->backoff * 2, kGrace), kLongestBackoff);
    entry->next_step = now + entry->backoff;
  };
  switch (entry->phase) {
    case ProbePhase::kNone:
      if (now < last_answer_ + kGrace && now < entry->waiting.front()->asked_at + kLongestGrace) {
        entry->next_step = last_answer_ + kGrace;
        return;
      }
      if (!probe.Signal()) return try_again();
      entry->phase = ProbePhase::kSignalled;
      entry->signalled_at = now;
      entry->next_step = now + kHandlerPoll;
      return;
    case ProbePhase::kSignalled:
      if (!probe.done()) {
        entry->next_step = now + kHandlerPoll;
      } else if (probe.record().exit_frame == 0) {
        try_again();  // it runs JavaScript, or none at all: either will get to the interrupt
      } else {
        entry->phase = ProbePhase::kConfirming;
        entry->look = probe.LookAt();
        entry->next_step = now + kConfirm;
      }
      return;
    case ProbePhase::kConfirming:
      if (probe.is_collecting() || probe.CurrentExitFrame() != probe.record().exit_frame) {
        return try_again();
      }
      if (!IsBlocked(entry, now)) {
        entry->next_step = now + kConfirm;
        return;
      }
      // What the collector was moving when the handler ran may stand still at the next try.
      if (probe.record().is_damaged && entry->backoff < kLongestBackoff) return try_again();
      AnswerFromProbe(entry);
      entry->phase = ProbePhase::kNone;
      entry->next_step = now;
      return;
  }
}

bool ThreadRegistry::IsBlocked(Entry* entry, Clock::time_point now) {
  if (now - entry->signalled_at >= kLongEnough) return true;
  const ExitKind kind = entry->probe->record().exit_kind;
  if (kind == ExitKind::kEngine) return false;
  const NativeProbe::Look before = entry->look;
  entry->look = entry->probe->LookAt();
  const int64_t cpu_ns = entry->look.cpu_ns - before.cpu_ns;
  if (before.is_asleep && entry->look.is_asleep && cpu_ns < kAsleepNs) return true;
  // One that has had no processor meanwhile could not come to its interrupt.
  return kind == ExitKind::kEmbedder && cpu_ns >= kBusyNs;
}

// Who asked after the signal is not answered by it: the thread may have come back from the native
// code and gone into more of it, from the same frame.
void ThreadRegistry::AnswerFromProbe(Entry* entry) {
  const auto is_answered = [entry](const std::shared_ptr<Request>& request) {
    return request->asked_at <= entry->signalled_at;
  };
  for (const std::shared_ptr<Request>& request : entry->waiting) {
    if (!is_answered(request)) continue;
    entry->probe->Fill(&request->capture);
    request->state = Request::State::kDone;
  }
  auto& waiting = entry->waiting;
  waiting.erase(std::remove_if(waiting.begin(), waiting.end(), is_answered), waiting.end());
  if (waiting.empty()) turns_.End(entry->key);
  changed_.notify_all();
}

}  // namespace asynctb
