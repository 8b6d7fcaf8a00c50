// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

// What programs have added to the rules by which reasons are told: for all threads of the process.
// Here it is only kept: `lib/explain` gives it a meaning. Any thread.
#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace asynctb {

class AddedRules {
 public:
  // Rules that were added together, as long as this lives.
  class Entry {
   public:
    // `json`: an array of `count` rules; `fields`: the names of fields that these need besides
    // those that are always read. One of a field of an object has a dot.
    Entry(std::string json, std::vector<std::string> fields, size_t count)
        : json_(std::move(json)), fields_(std::move(fields)), count_(count) {}
    ~Entry() { Get().Remove(this); }
    Entry(const Entry&) = delete;
    Entry& operator=(const Entry&) = delete;

   private:
    friend class AddedRules;
    const std::string json_;
    const std::vector<std::string> fields_;
    const size_t count_;
  };

  // All that there is at one moment, not to be changed any more.
  class Snapshot {
   public:
    // Another number after each change.
    uint32_t version() const { return version_; }
    // An array with an array for each entry, in their order.
    const std::string& json() const { return json_; }
    bool Wants(std::string_view field) const { return fields_.find(field) != fields_.end(); }
    // Whether it wants something inside of an object that stands under this name.
    bool WantsBelow(std::string_view name) const { return objects_.find(name) != objects_.end(); }

   private:
    friend class AddedRules;
    uint32_t version_ = 0;
    std::string json_ = "[]";
    std::set<std::string, std::less<>> fields_, objects_;
  };

  static AddedRules& Get();

  // False when there would be too much of it in this process.
  bool Add(const std::shared_ptr<Entry>& entry);
  std::shared_ptr<const Snapshot> Now();

 private:
  AddedRules();
  void Remove(const Entry* entry);
  static std::shared_ptr<Snapshot> Make(const std::vector<const Entry*>& entries);

  std::mutex mutex_;
  uint32_t version_ = 0;
  std::vector<const Entry*> entries_;
  std::shared_ptr<const Snapshot> now_;
};

}  // namespace asynctb
