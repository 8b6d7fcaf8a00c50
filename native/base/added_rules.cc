// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "base/added_rules.h"

#include <algorithm>

namespace asynctb {

namespace {

// For all of them together. They are handed to each dump, and each field that is met is compared
// with the names.
constexpr size_t kMostRules = 1'000, kMostFields = 500, kMostBytes = 2'000'000;

}  // namespace

AddedRules::AddedRules() : now_(std::make_shared<Snapshot>()) {}

// Never destroyed: threads may outlive static destructors.
AddedRules& AddedRules::Get() {
  static AddedRules* const rules = new AddedRules();
  return *rules;
}

bool AddedRules::Add(const std::shared_ptr<Entry>& entry) {
  const std::lock_guard<std::mutex> lock(mutex_);
  std::vector<const Entry*> entries = entries_;
  entries.push_back(entry.get());
  size_t count = 0;
  for (const Entry* each : entries) count += each->count_;
  std::shared_ptr<Snapshot> made = Make(entries);
  if (count > kMostRules || made->fields_.size() > kMostFields || made->json_.size() > kMostBytes) {
    return false;
  }
  made->version_ = ++version_;
  entries_ = std::move(entries);
  now_ = std::move(made);
  return true;
}

// What was not added is not there, and makes no difference.
void AddedRules::Remove(const Entry* entry) {
  const std::lock_guard<std::mutex> lock(mutex_);
  const auto found = std::find(entries_.begin(), entries_.end(), entry);
  if (found == entries_.end()) return;
  entries_.erase(found);
  std::shared_ptr<Snapshot> made = Make(entries_);
  made->version_ = ++version_;
  now_ = std::move(made);
}

std::shared_ptr<const AddedRules::Snapshot> AddedRules::Now() {
  const std::lock_guard<std::mutex> lock(mutex_);
  return now_;
}

std::shared_ptr<AddedRules::Snapshot> AddedRules::Make(const std::vector<const Entry*>& entries) {
  auto made = std::make_shared<Snapshot>();
  made->json_.clear();
  for (const Entry* entry : entries) {
    made->json_ += made->json_.empty() ? '[' : ',';
    made->json_ += entry->json_;
    for (const std::string& field : entry->fields_) {
      made->fields_.insert(field);
      const size_t dot = field.find('.');
      if (dot != std::string::npos) made->objects_.insert(field.substr(0, dot));
    }
  }
  made->json_ += made->json_.empty() ? "[]" : "]";
  return made;
}

}  // namespace asynctb
