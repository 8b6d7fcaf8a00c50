// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "values/to_js.h"

#include <cstring>

#include "sites/resources.h"
#include "sites/scopes.h"

namespace asynctb {

using v8::Array;
using v8::ArrayBuffer;
using v8::Context;
using v8::HandleScope;
using v8::Int32Array;
using v8::Integer;
using v8::Isolate;
using v8::Local;
using v8::Number;
using v8::Object;
using v8::String;
using v8::Value;

namespace {

Local<String> ToString(Isolate* isolate, const std::string& text) {
  Local<String> result;
  if (String::NewFromUtf8(isolate, text.data(), v8::NewStringType::kNormal,
                          static_cast<int>(text.size()))
          .ToLocal(&result)) {
    return result;
  }
  return String::Empty(isolate);
}

// Keys are data properties of fresh objects: nothing of the program's can be reached.
void Set(Isolate* isolate, Local<Context> context, Local<Object> object, const char* key,
         Local<Value> value) {
  object->CreateDataProperty(context, String::NewFromUtf8(isolate, key).ToLocalChecked(), value)
      .FromMaybe(false);
}

Local<Value> ToInt32Array(Isolate* isolate, const int32_t* words, size_t count) {
  Local<ArrayBuffer> buffer = ArrayBuffer::New(isolate, count * sizeof(int32_t));
  if (count > 0) memcpy(buffer->GetBackingStore()->Data(), words, count * sizeof(int32_t));
  return Int32Array::New(buffer, 0, count);
}

Local<Value> OrUndefined(Isolate* isolate, Local<Value> value) {
  return value.IsEmpty() ? v8::Undefined(isolate).As<Value>() : value;
}

}  // namespace

// Shared with `lib/base/raw.ts`; hooks add theirs.
constexpr int32_t kMarkSeveralNames = 4;
constexpr int32_t kMarkAwaitsRace = 8;

Local<Array> SitesToJs(Isolate* isolate, const std::vector<Site>& sites) {
  std::vector<Local<Value>> values;
  values.reserve(sites.size());
  for (const Site& site : sites) {
    Local<Value> fields[] = {
        ToString(isolate, site.function_name),
        ToString(isolate, site.script_name),
        Integer::New(isolate, site.line),
        Integer::New(isolate, site.column),
        ToString(isolate, site.line_text),
        Integer::New(isolate, static_cast<int32_t>(site.kind)),
        Integer::New(isolate, static_cast<int32_t>(site.state)),
        Integer::New(isolate, site.script),
        ToString(isolate, site.function_id),
        Integer::New(isolate, (site.has_several_names ? kMarkSeveralNames : 0) |
                                  (site.awaits_race ? kMarkAwaitsRace : 0)),
        Integer::New(isolate, site.script_id),
        Integer::New(isolate, site.offset),
        Integer::New(isolate, site.function_offset),
        Integer::New(isolate, site.offset_line),
        Integer::New(isolate, site.offset_column),
        ToString(isolate, site.function_head),
        Integer::New(isolate, site.function_line),
        Integer::New(isolate, site.function_column),
    };
    values.push_back(Array::New(isolate, fields, sizeof(fields) / sizeof(fields[0])));
  }
  return Array::New(isolate, values.data(), values.size());
}

static Local<Array> SourceMapsToJs(Isolate* isolate, const std::vector<SourceMapNote>& maps) {
  std::vector<Local<Value>> values;
  for (const SourceMapNote& map : maps) {
    Local<Value> pair[] = {Integer::New(isolate, map.script),
                           map.is_left_out ? v8::Null(isolate).As<Value>()
                                           : ToString(isolate, map.url).As<Value>()};
    values.push_back(Array::New(isolate, pair, 2));
  }
  return Array::New(isolate, values.data(), values.size());
}

Local<Object> CaptureToJs(Isolate* isolate, Local<Context> context,
                          const ThreadCapture& capture) {
  Local<Object> result = Object::New(isolate);
  const auto set = [&](const char* key, Local<Value> value) {
    Set(isolate, context, result, key, value);
  };
  set("threadId", Number::New(isolate, capture.thread_id));
  set("name", ToString(isolate, capture.name));
  set("status", ToString(isolate, capture.status));
  if (capture.activity.empty()) {
    set("activity", v8::Null(isolate));
  } else {
    set("activity", ToString(isolate, capture.activity));
  }
  set("running", capture.has_running
                     ? ToInt32Array(isolate, capture.running.data(), capture.running.size())
                     : v8::Null(isolate).As<Value>());
  set("sites", SitesToJs(isolate, capture.sites));
  set("sourceMaps", SourceMapsToJs(isolate, capture.source_maps));
  std::vector<int32_t> words;
  words.reserve(capture.nodes.size() * 6);
  for (const StackNode& node : capture.nodes) {
    words.insert(words.end(), {static_cast<int32_t>(node.type), node.payload, node.next,
                               node.branches_begin, node.branches_count, node.total});
  }
  set("nodes", ToInt32Array(isolate, words.data(), words.size()));
  static_assert(sizeof(Branch) == 2 * sizeof(int32_t) && sizeof(TaskGroup) == 2 * sizeof(int32_t));
  set("branches", ToInt32Array(isolate, reinterpret_cast<const int32_t*>(capture.branches.data()),
                               capture.branches.size() * 2));
  set("groups", ToInt32Array(isolate, reinterpret_cast<const int32_t*>(capture.groups.data()),
                             capture.groups.size() * 2));
  set("taskCount", Number::New(isolate, capture.task_count));
  Local<Object> stats = Object::New(isolate);
  Set(isolate, context, stats, "heapObjects", Number::New(isolate, capture.heap_objects));
  Set(isolate, context, stats, "activations", Number::New(isolate, capture.activation_count));
  Set(isolate, context, stats, "promises", Number::New(isolate, capture.promise_count));
  Set(isolate, context, stats, "pauseMs", Number::New(isolate, capture.pause_ms));
  Set(isolate, context, stats, "waitMs", Number::New(isolate, capture.wait_ms));
  set("stats", stats);
  std::vector<Local<Value>> errors;
  for (const CaptureError& error : capture.errors) {
    Local<Value> pair[] = {ToString(isolate, error.code), ToString(isolate, error.message)};
    errors.push_back(Array::New(isolate, pair, 2));
  }
  set("errors", Array::New(isolate, errors.data(), errors.size()));
  return result;
}

namespace {

// [site or -1 - combinator, function, receiver, origin, locals, branches or undefined, total,
// open blocks or undefined, activation when resources are wanted]
constexpr size_t kEntryStride = 9;

void AppendEntry(const EnvData& env, Local<Context> context, const ChainEntry& entry,
                 Details details, std::vector<Local<Value>>* out) {
  Isolate* isolate = env.isolate();
  const int32_t site =
      entry.site >= 0 ? entry.site : -1 - static_cast<int32_t>(entry.combinator);
  Local<Value> branches = v8::Undefined(isolate);
  if (entry.site < 0) {
    std::vector<int32_t> words;
    for (const auto& [index, chain] : entry.branches) {
      words.push_back(index);
      words.push_back(static_cast<int32_t>(chain));
    }
    branches = ToInt32Array(isolate, words.data(), words.size());
  }
  Local<Value> locals = v8::Undefined(isolate);
  Local<Value> blocks = locals, activation = locals;
  if (details.locals && !entry.activation.IsEmpty()) {
    locals = ReadScopes(env, context, entry.activation);
  }
  if (details.resources && !entry.activation.IsEmpty()) {
    blocks = ReadOpenBlocks(env, entry.activation);
    activation = entry.activation;
  }
  const Local<Value> fields[kEntryStride] = {
      Integer::New(isolate, site),          OrUndefined(isolate, entry.function),
      OrUndefined(isolate, entry.receiver), OrUndefined(isolate, entry.origin),
      locals,                               branches,
      Integer::New(isolate, entry.total),   blocks,
      activation,
  };
  out->insert(out->end(), fields, fields + kEntryStride);
}

}  // namespace

void AddScopes(const EnvData& env, Local<Context> context,
               const std::vector<Local<Object>>& samples, Local<Object> capture) {
  Isolate* isolate = env.isolate();
  std::vector<Local<Value>> scopes;
  scopes.reserve(samples.size());
  for (const Local<Object>& sample : samples) {
    scopes.push_back(sample.IsEmpty() ? v8::Undefined(isolate).As<Value>()
                                      : ReadScopes(env, context, sample));
  }
  Set(isolate, context, capture, "scopes", Array::New(isolate, scopes.data(), scopes.size()));
}

static Local<Value> ResolversToJs(Isolate* isolate, const Chain& chain) {
  if (chain.resolvers.empty()) return v8::Undefined(isolate);
  std::vector<Local<Value>> resolvers = chain.resolvers;
  return Array::New(isolate, resolvers.data(), resolvers.size());
}

// [how many entries before it, the promise, one of its functions] for each of the functions.
static Local<Value> PassedToJs(Isolate* isolate, const Chain& chain) {
  std::vector<Local<Value>> flat;
  for (const Chain::Passed& passed : chain.passed) {
    for (const Local<Value>& function : passed.resolvers) {
      flat.push_back(Integer::New(isolate, static_cast<int32_t>(passed.entries)));
      flat.push_back(passed.promise);
      flat.push_back(function);
    }
  }
  if (flat.empty()) return v8::Undefined(isolate);
  return Array::New(isolate, flat.data(), flat.size());
}

Local<Array> ChainsToJs(const EnvData& env, Local<Context> context,
                        const std::vector<Chain>& chains, Details details,
                        const std::vector<bool>& read_scopes) {
  Isolate* isolate = env.isolate();
  std::vector<Local<Value>> values;
  values.reserve(chains.size());
  std::vector<Local<Value>> entries;
  for (const Chain& chain : chains) {
    entries.clear();
    for (const ChainEntry& entry : chain.entries) {
      details.locals = entry.site >= 0 && read_scopes[entry.site];
      AppendEntry(env, context, entry, details, &entries);
    }
    Local<Value> fields[] = {
        Array::New(isolate, entries.data(), entries.size()),
        Integer::New(isolate, static_cast<int32_t>(chain.end)),
        OrUndefined(isolate, chain.leaf),
        Integer::New(isolate, chain.activations),
        Integer::New(isolate, chain.activation_index),
        ResolversToJs(isolate, chain),
        PassedToJs(isolate, chain),
    };
    values.push_back(Array::New(isolate, fields, sizeof(fields) / sizeof(fields[0])));
  }
  return Array::New(isolate, values.data(), values.size());
}

Local<Array> AwaitersToJs(const EnvData& env, Local<Context> context,
                          const std::vector<Awaiter>& awaiters, Details details) {
  Isolate* isolate = env.isolate();
  std::vector<Local<Value>> values;
  for (const Awaiter& awaiter : awaiters) {
    std::vector<Local<Value>> fields;
    AppendEntry(env, context, awaiter.entry, details, &fields);
    fields.push_back(Integer::New(isolate, awaiter.input_index));
    fields.push_back(v8::Boolean::New(isolate, awaiter.is_doubtful));
    fields.push_back(Integer::New(isolate, awaiter.awaiting_site));
    for (const ChainEntry& inner : awaiter.inner) {
      AppendEntry(env, context, inner, details, &fields);
    }
    values.push_back(Array::New(isolate, fields.data(), fields.size()));
  }
  return Array::New(isolate, values.data(), values.size());
}

Local<Array> RunningToJs(Isolate* isolate, const std::vector<RunningDetail>& details) {
  // Numbers shared with `lib/engine/binding.ts`.
  enum RunningState : int32_t { kPlain = 1, kMentionsHiding = 2 };
  std::vector<Local<Value>> values;
  values.reserve(details.size() * 4);
  for (const RunningDetail& detail : details) {
    const int32_t state = (detail.is_plain ? kPlain : 0) |
                          (detail.mentions_hiding ? kMentionsHiding : 0);
    Local<Value> function = v8::Undefined(isolate);
    if (!detail.function.IsEmpty()) function = detail.function;
    values.insert(values.end(), {function, OrUndefined(isolate, detail.receiver),
                                 OrUndefined(isolate, detail.held),
                                 Integer::New(isolate, state)});
  }
  return Array::New(isolate, values.data(), values.size());
}

Local<Object> CapabilitiesToJs(Isolate* isolate, Local<Context> context,
                               const CapabilityMap& capabilities) {
  Local<Object> result = Object::New(isolate);
  for (const auto& [name, state] : capabilities) {
    Local<Object> entry = Object::New(isolate);
    Set(isolate, context, entry, "available", v8::Boolean::New(isolate, state.available));
    if (!state.via.empty()) Set(isolate, context, entry, "via", ToString(isolate, state.via));
    if (!state.available) Set(isolate, context, entry, "reason", ToString(isolate, state.reason));
    Set(isolate, context, result, name.c_str(), entry);
  }
  return result;
}

}  // namespace asynctb
