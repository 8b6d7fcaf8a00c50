// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "base/context_keys.h"

namespace asynctb {

void KeyList::Add(const std::string& key) {
  if (key == "*") {
    all_ = true;
  } else {
    names_.insert(key);
  }
}

bool KeyList::HasBelow(const std::string& key) const {
  const std::string begin = key + ".";
  const auto next = names_.lower_bound(begin);
  return next != names_.end() && next->compare(0, begin.size(), begin) == 0;
}

// Never destroyed: threads may outlive static destructors.
ContextKeys& ContextKeys::Get() {
  static ContextKeys* const keys = new ContextKeys();
  return *keys;
}

void ContextKeys::SetOfEnvironment(std::vector<std::string> keys) {
  const std::lock_guard<std::mutex> lock(mutex_);
  of_environment_ = std::move(keys);
  now_ = nullptr;
}

void ContextKeys::Add(const std::vector<std::string>& keys) { Change(&lasting_, keys, 1); }

void ContextKeys::Remove(const std::vector<std::string>& keys) { Change(&lasting_, keys, -1); }

void ContextKeys::Change(Counts* counts, const std::vector<std::string>& keys, int by) {
  const std::lock_guard<std::mutex> lock(mutex_);
  for (const std::string& key : keys) {
    auto& count = (*counts)[key];
    count += by;
    if (count <= 0) counts->erase(key);
  }
  now_ = nullptr;
}

std::shared_ptr<const ChosenKeys> ContextKeys::Now() {
  const std::lock_guard<std::mutex> lock(mutex_);
  if (now_ == nullptr) {
    auto now = std::make_shared<ChosenKeys>();
    for (const std::string& key : of_environment_) now->lasting.Add(key);
    for (const auto& [key, count] : lasting_) now->lasting.Add(key);
    for (const auto& [key, count] : of_callers_) now->of_callers.Add(key);
    now_ = std::move(now);
  }
  return now_;
}

ContextKeys::OfCaller::OfCaller(std::vector<std::string> keys) : keys_(std::move(keys)) {
  if (!keys_.empty()) Get().Change(&Get().of_callers_, keys_, 1);
}

ContextKeys::OfCaller::~OfCaller() {
  if (!keys_.empty()) Get().Change(&Get().of_callers_, keys_, -1);
}

}  // namespace asynctb
