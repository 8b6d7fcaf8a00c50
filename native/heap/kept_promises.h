// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

// Keeps the pending promises of one thread alive, so that tasks whose promise nobody can settle are
// not collected before a dump shows them. Off unless ASYNCTB_KEEP asks for it: V8 then tells of
// each promise. No JavaScript runs for that, and no object of the program's is changed.
#pragma once

#include <v8.h>

#include <unordered_map>

#include "layout/env_data.h"
#include "v8/heap_roots.h"

namespace asynctb {

class KeptPromises {
 public:
  // From now on, as long as it lives: on its thread, which belongs to the isolate.
  explicit KeptPromises(v8::Isolate* isolate);
  ~KeptPromises();
  KeptPromises(const KeptPromises&) = delete;
  KeptPromises& operator=(const KeptPromises&) = delete;

  // Those of an environment, which end with it. Does nothing when it has some.
  static void Begin(EnvData* env);
  // Nothing where none are kept. What only this holds counts as held by nobody.
  static void AddTo(const EnvData& env, OwnHandles* own);
  // Why some are not kept; empty when all are.
  static std::string WhyNotAll(const EnvData& env);

 private:
  static void OnPromise(v8::PromiseHookType type, v8::Local<v8::Promise> promise,
                        v8::Local<v8::Value> parent);
  void Add(v8::Local<v8::Promise> promise);
  void Remove(v8::Local<v8::Promise> promise);

  v8::Isolate* isolate_;
  // By identity hash, which some share.
  std::unordered_multimap<int, v8::Global<v8::Promise>> promises_;
  bool has_all_ = true;
};

}  // namespace asynctb
