// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "heap/task_ids.h"

#include <atomic>
#include <chrono>
#include <cmath>
#include <limits>

#include "v8/handle_address.h"

namespace asynctb {

namespace {

std::atomic<uint32_t> last_id{0};

double Now() {
  return std::chrono::duration<double, std::milli>(
             std::chrono::steady_clock::now().time_since_epoch())
      .count();
}

// No place's: the task was not there before.
constexpr uint32_t kNowhere = 0;

}  // namespace

TaskIds& TaskIds::Of(const EnvData& env) {
  std::shared_ptr<TaskIds>& ids = env.task_ids();
  if (ids == nullptr) ids = std::make_shared<TaskIds>(env.isolate());
  return *ids;
}

void TaskIds::Find() {
  found_.clear();
  last_ = std::move(entries_);
  entries_.clear();
  v8::HandleScope scope(isolate_);
  for (size_t i = 0; i < last_.size(); i++) {
    if (last_[i].task.IsEmpty()) continue;
    found_.emplace(ToAddress(last_[i].task.Get(isolate_)), static_cast<uint32_t>(i));
  }
}

double TaskIds::SinceOf(Address task) const {
  const auto found = found_.find(task);
  return found == found_.end() ? std::numeric_limits<double>::max() : last_[found->second].since;
}

uint32_t TaskIds::Meet(Address task, Address leaf) {
  v8::HandleScope scope(isolate_);
  Entry entry;
  const auto known = found_.find(task);
  if (known == found_.end()) {
    entry.id = ++last_id;
  } else {
    Entry& before = last_[known->second];
    entry.id = before.id;
    // A loop comes back to the same place, and then waits for another promise.
    const Address leaf_before =
        before.leaf.IsEmpty() ? kNoAddress : ToAddress(before.leaf.Get(isolate_));
    entry.place = leaf == kNoAddress || leaf == leaf_before ? before.place : kNowhere;
    entry.since = before.since;
  }
  entry.task.Reset(isolate_, ToLocal<v8::Object>(isolate_, task));
  entry.task.SetWeak();
  if (leaf != kNoAddress) {
    entry.leaf.Reset(isolate_, ToLocal<v8::Object>(isolate_, leaf));
    entry.leaf.SetWeak();
  }
  entries_.push_back(std::move(entry));
  return static_cast<uint32_t>(entries_.size() - 1);
}

double TaskIds::Stay(uint32_t met, uint32_t place) {
  Entry& entry = entries_[met];
  const double now = Now();
  place = place == kNowhere ? kNowhere + 1 : place;
  if (entry.since == 0) {
    changes_.fresh++;
  } else if (entry.place != place) {
    changes_.moved++;
  }
  if (entry.place != place) entry.since = now;
  entry.place = place;
  return std::floor(now - entry.since);
}

std::optional<TaskChanges> TaskIds::End() {
  const double now = Now();
  const bool are_all_known = last_dump_ != 0 && were_all_met_ && has_room();
  // What is not new was there.
  changes_.gone =
      static_cast<double>(last_.size()) - (static_cast<double>(entries_.size()) - changes_.fresh);
  changes_.since_ms = std::floor(now - last_dump_);
  last_dump_ = now;
  were_all_met_ = has_room();
  found_.clear();
  last_.clear();
  if (!are_all_known) return std::nullopt;
  return changes_;
}

void TaskIds::AddTo(OwnHandles* own) const {
  for (const std::vector<Entry>* entries : {&entries_, &last_}) {
    for (const Entry& entry : *entries) {
      own->Add(entry.task);
      own->Add(entry.leaf);
    }
  }
}

}  // namespace asynctb
