// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

// Which keys of a task's context dumps show: of all threads of the process. Any thread.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <vector>

namespace asynctb {

// `*` stands for all of them, and `user.id` for what `id` is called in the object of `user`.
class KeyList {
 public:
  void Add(const std::string& key);
  bool empty() const { return !all_ && names_.empty(); }
  bool Has(const std::string& key) const { return all_ || names_.count(key) != 0; }
  // Whether it names something inside of what is called `key`.
  bool HasBelow(const std::string& key) const;

 private:
  bool all_ = false;
  std::set<std::string> names_;
};

struct ChosenKeys {
  KeyList lasting;     // for every dump
  KeyList of_callers;  // for dumps that somebody has asked for them
  bool empty() const { return lasting.empty() && of_callers.empty(); }
};

class ContextKeys {
 public:
  static ContextKeys& Get();

  // Those of the environment, in the place of what was given here before.
  void SetOfEnvironment(std::vector<std::string> keys);
  // For every dump, until as many removals.
  void Add(const std::vector<std::string>& keys);
  void Remove(const std::vector<std::string>& keys);

  // As they are now, not to be changed any more.
  std::shared_ptr<const ChosenKeys> Now();

  // For the dumps of one caller, as long as this lives.
  class OfCaller {
   public:
    explicit OfCaller(std::vector<std::string> keys);
    ~OfCaller();
    OfCaller(const OfCaller&) = delete;
    OfCaller& operator=(const OfCaller&) = delete;

   private:
    const std::vector<std::string> keys_;
  };

 private:
  using Counts = std::map<std::string, int>;
  void Change(Counts* counts, const std::vector<std::string>& keys, int by);

  std::mutex mutex_;
  std::vector<std::string> of_environment_;
  Counts lasting_, of_callers_;
  std::shared_ptr<const ChosenKeys> now_;  // null: to be made anew
};

}  // namespace asynctb
