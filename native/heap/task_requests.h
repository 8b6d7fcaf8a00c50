// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

// The HTTP request that a task is for: the nearest one to what its functions hold, by the names
// that requests have everywhere, and else by any name, if it is the only one that near. Requests of
// HTTP/2 are not told: their texts are Node's own memory.
//
// SAFETY: addresses in, no allocation in the isolate; see heap_read.h.
#pragma once

#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "base/capture.h"
#include "heap/task_path.h"
#include "layout/env_data.h"
#include "layout/own_data.h"

namespace asynctb {

class TaskRequests {
 public:
  explicit TaskRequests(const EnvData& env) : layout_(env.layout()), data_(env.layout()) {}

  void Read(const std::vector<TaskStep>& path, SampledTask* task);
  // Once all were read: what several tasks have found by way of one object that they share, such as
  // a service that keeps the last request, is taken back.
  void TakeBackShared(std::vector<SampledTask>* tasks);

 private:
  // What a property's name says.
  enum class Role : uint8_t {
    kNone,
    kWay,     // a request is often there
    kAround,  // leads to what all requests share
    kMethod,
    kUrl,
    kOriginalUrl,
    kVersion,
    kRawHeaders,
    kStart,
  };
  struct Found {
    std::string method, url;
    double age_ms = -1;
  };
  // Objects that a function has.
  struct Held {
    std::vector<Address> objects;
    Address shared = kNoAddress;  // whose they are, unless they are the function's own
  };

  // In its variables, as `this`, and in the scopes around it.
  void AddHeld(const TaskStep& step, std::vector<Held>* held) const;
  void AddAround(Address scope, std::vector<Address>* objects) const;
  void AddScope(Address scope, std::vector<Address>* objects) const;
  // Level by level, from these objects on.
  bool Search(const std::vector<Address>& objects, bool by_name, Found* found);
  // What an object leads to; whether it is a request itself.
  bool Look(Address object, bool by_name, Found* found, std::vector<Address>* next);
  double AgeOf(Address start) const;
  Role RoleOf(Address key);

  const Layout& layout_;
  const OwnData data_;
  std::unordered_map<Address, Role> roles_;
  std::unordered_set<Address> seen_;
  int budget_ = 0, spent_ = 0;   // of properties: for this task, and for all
  std::vector<Address> shared_;  // by task: see Held
};

}  // namespace asynctb
