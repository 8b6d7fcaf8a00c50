// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

// What a task's AsyncLocalStorage stores say. Node keeps them in one of two ways, by its version
// and its flags: as properties of promises, or in a map that V8 carries along with each reaction.
// Nothing is read but what was chosen, and the ids of OpenTelemetry's spans.
//
// SAFETY: addresses in, no allocation in the isolate; see heap_read.h.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/capture.h"
#include "base/context_keys.h"
#include "heap/task_path.h"
#include "layout/env_data.h"
#include "layout/own_data.h"

namespace asynctb {

class TaskContexts {
 public:
  explicit TaskContexts(const EnvData& env);

  void Read(const std::vector<TaskStep>& path, SampledTask* task);

 private:
  struct Store {
    Address storage = kNoAddress;  // who knows it: an AsyncLocalStorage, or its symbol
    Address value = kNoAddress;
  };
  using Stores = std::vector<Store>;

  Stores StoresOf(const TaskStep& step) const;
  void AddFromFrame(Address frame, Stores* stores) const;
  void AddFromPromise(Address promise, Stores* stores) const;
  bool HasNothing(Address value) const { return value == undefined_ || value == null_; }

  void ReadStore(const Store& store);
  void ReadObject(Address object, const std::string& prefix, const std::string& storage, int depth);
  void ReadValue(const std::string& key, const std::string& storage, Address value, int depth);
  void ReadSpan(Address context);
  void Add(const std::string& key, std::string value, bool is_lasting);
  // The text of a string, number or boolean; false for anything else.
  bool Primitive(Address value, std::string* text) const;

  const Layout& layout_;
  const OwnData data_;
  const std::shared_ptr<const ChosenKeys> keys_;
  Address undefined_, null_, true_, false_;
  SampledTask* task_ = nullptr;
};

}  // namespace asynctb
