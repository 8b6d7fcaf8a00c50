// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

// By what a task is known again in the next dump of its thread, and since when it has been where it
// is. Nothing is kept before the first dump, and nothing is kept alive: V8 empties the handles.
// It belongs to one environment, and only its thread touches it.
#pragma once

#include <v8.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <unordered_map>
#include <vector>

#include "base/capture.h"
#include "layout/env_data.h"
#include "memory/heap_read.h"
#include "v8/heap_roots.h"

namespace asynctb {

class TaskIds {
 public:
  // So many tasks of a thread are known again, those that were shown among them.
  static constexpr size_t kMost = 4'096;

  explicit TaskIds(v8::Isolate* isolate) : isolate_(isolate) {}

  static TaskIds& Of(const EnvData& env);

  // Before a dump asks for anything: where the tasks are that were met by the last one.
  void Find();
  bool Knows(Address task) const { return !found_.empty() && found_.count(task) != 0; }
  // The moment at which it was first seen where it was seen last; of an unknown one, later than
  // any.
  double SinceOf(Address task) const;

  // A dump: Begin, Meet for each task, Stay for each, End. Only what was met is known to the next.
  void Begin() {
    entries_.clear();
    changes_ = {};
  }
  bool has_room() const { return entries_.size() < kMost; }
  // `leaf`: the promise that it waits for in the end; kNoAddress: none. Both are kept weakly.
  uint32_t Meet(Address task, Address leaf);
  // How long the task has been seen there, in whole milliseconds. Nothing may be known by its
  // address.
  double Stay(uint32_t met, uint32_t place);
  uint64_t IdOf(uint32_t met) const { return entries_[met].id; }
  // Nothing unless all tasks of this one and of the last one were met.
  std::optional<TaskChanges> End();

  // The handles that keep nothing alive.
  void AddTo(OwnHandles* own) const;

 private:
  struct Entry {
    v8::Global<v8::Object> task, leaf;
    uint32_t id = 0;     // of the process
    uint32_t place = 0;  // a hash of where its frames stand
    double since = 0;    // milliseconds of the steady clock; 0: not met before
  };

  v8::Isolate* const isolate_;
  std::vector<Entry> entries_;                   // of the dump that is made, or of the last one
  std::vector<Entry> last_;                      // while a dump is made, what the last one has met
  std::unordered_map<Address, uint32_t> found_;  // while a dump is made, into last_
  TaskChanges changes_;                          // of the dump that is made
  double last_dump_ = 0;                         // when it was; 0: there was none
  bool were_all_met_ = false;                    // by that one
};

}  // namespace asynctb
