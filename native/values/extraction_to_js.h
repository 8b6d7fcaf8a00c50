// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

// What was found of single targets, and of the caller's own stack, as values of JavaScript.
#pragma once

#include <v8.h>

#include <string>
#include <vector>

#include "heap/awaiters.h"
#include "heap/chain.h"
#include "heap/holders.h"
#include "running/running_details.h"
#include "values/to_js.h"

namespace asynctb {

// What was asked for of each frame. With resources, the activation itself is handed over, so that
// `scopes` can be asked for where they are needed: it stays inside of the library.
struct Details {
  bool locals = false;
  bool resources = false;
};

// A target or awaiter, and a promise that it settles as it holds the functions of that.
struct Settled {
  v8::Local<v8::Value> by, promise;
};

// What was found of single targets.
struct Extraction {
  const std::vector<Site>& sites;
  const std::vector<Chain>& chains;
  const std::vector<int32_t>& roots;  // the chain of each target, -1: none
  std::string error;
  std::string unread_wasm;
  std::vector<v8::Local<v8::Value>> resolvers;  // of all ends of chains
  std::vector<Holder> holders;                  // what holds these
  std::vector<Settled> settled;
};

// `extraction`; `read_scopes` says of each site whether the variables of frames there are read.
v8::Local<v8::Object> ExtractionToJs(const EnvData& env, v8::Local<v8::Context> context,
                                     const Extraction& extraction, Details details,
                                     const std::vector<bool>& read_scopes);

// `awaiterList`
v8::Local<v8::Object> AwaitersToJs(const EnvData& env, v8::Local<v8::Context> context,
                                   const AwaiterList& awaiters, const std::vector<Site>& sites,
                                   Details details);

// A table of them; undefined when there are none.
v8::Local<v8::Value> HoldersToJs(v8::Isolate* isolate, v8::Local<v8::Context> context,
                                 const std::vector<Holder>& holders);

// `runningStack`
v8::Local<v8::Object> RunningToJs(v8::Isolate* isolate, v8::Local<v8::Context> context,
                                  const std::vector<Site>& sites,
                                  const std::vector<RunningDetail>& details);

}  // namespace asynctb
