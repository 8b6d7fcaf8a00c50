// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

// What V8's own list of running frames does not say: which function each is of, and what it holds.
#pragma once

#include <v8.h>

#include <vector>

#include "base/capture.h"
#include "layout/env_data.h"
#include "sites/resources.h"

namespace asynctb {

struct RunningDetail {
  v8::Local<v8::Function> function;  // empty: not known, and then nothing else is
  v8::Local<v8::Value> receiver;     // empty: none, or not known
  Held held;                         // empty: nothing, or not known
  bool is_plain = false;             // its variables can be read
  bool mentions_hiding = false;      // `__tracebackhide__` stands in its text
};

// Of sites as RunningSites gives them; notes in each what its function says. Where V8's two lists
// of frames disagree, nothing is known of the frame and of those outside of it. Allocates.
std::vector<RunningDetail> DescribeRunning(const EnvData& env, v8::Local<v8::Context> context,
                                           std::vector<Site>* sites, bool with_resources);

// For a dump: the functions' ids, which mean something on their own thread only, what source maps
// know their names by, and what hides their frames.
void NoteRunningFunctions(const EnvData& env, std::vector<Site>* sites, bool with_ids);

// The variables of frames, counted from the outermost one: for each an array of scopes, innermost
// first, undefined where they cannot be read. `for_reading`: without what the program has not
// named, which takes a function of V8's own that may not run in a dump.
v8::Local<v8::Array> ReadRunningScopes(const EnvData& env, v8::Local<v8::Context> context,
                                       const std::vector<int32_t>& frames, bool for_reading = true);

}  // namespace asynctb
