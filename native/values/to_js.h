// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

// From plain data and chains to JavaScript values: the one place where they are made. The shapes
// are those of `lib/base/capture-schema.ts`.
#pragma once

#include <v8.h>

#include <string>
#include <vector>

#include "base/capture.h"
#include "heap/task_nodes.h"
#include "sites/resources.h"

namespace asynctb {

// Works in any isolate, as do all that take one: the capture may come from another thread.
v8::Local<v8::Object> ExplanationToJs(v8::Isolate* isolate, v8::Local<v8::Context> context,
                                      const std::vector<Site>& sites, const Evidence& evidence);

v8::Local<v8::Object> CaptureToJs(v8::Isolate* isolate, v8::Local<v8::Context> context,
                                  const ThreadCapture& capture);

// A capture of the current thread. With `samples`, one activation a node, their variables too.
v8::Local<v8::Object> OwnCaptureToJs(const EnvData& env, v8::Local<v8::Context> context,
                                     const ThreadCapture& capture, const FrameSamples* samples);

v8::Local<v8::Object> SitesToJs(v8::Isolate* isolate, v8::Local<v8::Context> context,
                                const std::vector<Site>& sites);

// What open blocks hold; undefined: nothing.
v8::Local<v8::Value> HeldToJs(v8::Isolate* isolate, v8::Local<v8::Context> context,
                              const Held& held);

// The same of a disposable stack, which may be empty; undefined for what is none.
v8::Local<v8::Value> StackEntriesToJs(v8::Isolate* isolate, v8::Local<v8::Context> context,
                                      const std::optional<Held>& held);

v8::Local<v8::Object> CapabilitiesToJs(v8::Isolate* isolate, v8::Local<v8::Context> context,
                                       const CapabilityMap& capabilities);

}  // namespace asynctb
