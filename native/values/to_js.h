// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

// From plain data and chains to JavaScript values: the one place where they are made. The shapes
// are those of `lib/base/capture-schema.ts`.
#pragma once

#include <v8.h>

#include "heap/awaiters.h"
#include "base/capture.h"
#include "heap/chain.h"
#include "running/running_details.h"

namespace asynctb {

// What was asked for of each frame. With resources, the activation itself is handed over, so that
// `scopes` can be asked for where they are needed: it stays inside of the library.
struct Details {
  bool locals = false;
  bool resources = false;
};

// Works in any isolate: the capture may come from another thread.
v8::Local<v8::Object> CaptureToJs(v8::Isolate* isolate, v8::Local<v8::Context> context,
                                  const ThreadCapture& capture);

// A capture of the current thread. With `samples`, one activation a node, their variables too.
v8::Local<v8::Object> OwnCaptureToJs(const EnvData& env, v8::Local<v8::Context> context,
                                     const ThreadCapture& capture,
                                     const std::vector<v8::Local<v8::Object>>* samples);

v8::Local<v8::Object> SitesToJs(v8::Isolate* isolate, v8::Local<v8::Context> context,
                                const std::vector<Site>& sites);

// An array with, for each chain, [entries, end, leaf, activations, activation index, functions that
// settle the leaf]; entries are flat. `read_scopes` says of each site whether the variables of
// frames there are read.
v8::Local<v8::Array> ChainsToJs(const EnvData& env, v8::Local<v8::Context> context,
                                const std::vector<Chain>& chains, Details details,
                                const std::vector<bool>& read_scopes);

v8::Local<v8::Array> AwaitersToJs(const EnvData& env, v8::Local<v8::Context> context,
                                  const std::vector<Awaiter>& awaiters, Details details);

// `runningStack`
v8::Local<v8::Object> RunningToJs(v8::Isolate* isolate, v8::Local<v8::Context> context,
                                  const std::vector<Site>& sites,
                                  const std::vector<RunningDetail>& details);

// What open blocks hold; undefined: nothing.
v8::Local<v8::Value> HeldToJs(v8::Isolate* isolate, v8::Local<v8::Context> context,
                              const Held& held);

// The same of a disposable stack, which may be empty; undefined for what is none.
v8::Local<v8::Value> StackEntriesToJs(v8::Isolate* isolate, v8::Local<v8::Context> context,
                                      const std::optional<Held>& held);

v8::Local<v8::Object> CapabilitiesToJs(v8::Isolate* isolate, v8::Local<v8::Context> context,
                                       const CapabilityMap& capabilities);

}  // namespace asynctb
