// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "values/to_js.h"

#include <cstring>

#include "sites/resources.h"
#include "sites/scopes.h"
#include "values/table.h"

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

Local<Value> ToInt32Array(Isolate* isolate, const int32_t* words, size_t count) {
  Local<ArrayBuffer> buffer = ArrayBuffer::New(isolate, count * sizeof(int32_t));
  if (count > 0) memcpy(buffer->GetBackingStore()->Data(), words, count * sizeof(int32_t));
  return Int32Array::New(buffer, 0, count);
}

Local<Value> OrUndefined(Isolate* isolate, Local<Value> value) { return ToValue(isolate, value); }

int32_t MarksOf(const Site& site) {
  return site.hiding | (site.has_several_names ? SiteMark::kSeveralNames : 0) |
         (site.awaits_race ? SiteMark::kAwaitsRace : 0);
}

}  // namespace

Local<Object> SitesToJs(Isolate* isolate, Local<Context> context, const std::vector<Site>& sites) {
  return TableToJs(isolate, context, sites, [](const Site& site) {
    return SiteRow{
        .function_name = site.function_name,
        .script_name = site.script_name,
        .line = site.line,
        .column = site.column,
        .line_text = site.line_text,
        .kind = site.kind,
        .state = site.state,
        .script = site.script,
        .function_id = site.function_id,
        .marks = MarksOf(site),
        .script_id = site.script_id,
        .offset = site.offset,
        .function_offset = site.function_offset,
        .offset_line = site.offset_line,
        .offset_column = site.offset_column,
        .function_head = site.function_head,
        .function_line = site.function_line,
        .function_column = site.function_column,
    };
  });
}

static Local<Value> HeldEntriesToJs(Isolate* isolate, Local<Context> context, const Held& held) {
  Local<Value> entries =
      TableToJs(isolate, context, held.entries, [](const HeldEntry& entry) {
        return HeldEntryRow{
            .value = entry.value,
            .method = entry.method,
            .block = entry.block,
            .is_async = entry.is_async,
            .is_exiting = entry.is_exiting,
            .is_argument = entry.is_argument,
        };
      });
  std::optional<std::string_view> misfit;
  if (held.misfit != nullptr) misfit = held.misfit;
  return RecordToJs(isolate, context, HeldRow{.entries = entries, .misfit = misfit});
}

Local<Value> HeldToJs(Isolate* isolate, Local<Context> context, const Held& held) {
  return held.is_empty() ? v8::Undefined(isolate).As<Value>()
                         : HeldEntriesToJs(isolate, context, held);
}

Local<Value> StackEntriesToJs(Isolate* isolate, Local<Context> context,
                              const std::optional<Held>& held) {
  return held.has_value() ? HeldEntriesToJs(isolate, context, *held)
                          : v8::Undefined(isolate).As<Value>();
}

Local<Object> CaptureToJs(Isolate* isolate, Local<Context> context,
                          const ThreadCapture& capture) {
  Local<Value> running = v8::Null(isolate);
  if (capture.has_running) {
    running = ToInt32Array(isolate, capture.running.data(), capture.running.size());
  }
  Local<Value> source_maps =
      RecordsToJs(isolate, context, capture.source_maps, [](const SourceMapNote& map) {
        std::optional<std::string_view> url;
        if (!map.is_left_out) url = map.url;
        return SourceMapRow{.script = map.script, .url = url};
      });
  Local<Value> nodes = TableToJs(isolate, context, capture.nodes, [](const StackNode& node) {
    return NodeRow{
        .type = node.type,
        .payload = node.payload,
        .next = node.next,
        .branches_begin = node.branches_begin,
        .branches_count = node.branches_count,
        .total = node.total,
    };
  });
  Local<Value> branches = TableToJs(isolate, context, capture.branches, [](const Branch& branch) {
    return BranchRow{.input = branch.index, .node = branch.node};
  });
  Local<Value> groups = TableToJs(isolate, context, capture.groups, [](const TaskGroup& group) {
    return GroupRow{.count = group.count, .node = group.node};
  });
  Local<Value> stats = RecordToJs(isolate, context,
                                  ThreadStatsRow{
                                      .heap_objects = capture.heap_objects,
                                      .activations = capture.activation_count,
                                      .promises = capture.promise_count,
                                      .pause_ms = capture.pause_ms,
                                      .wait_ms = capture.wait_ms,
                                  });
  Local<Value> errors =
      RecordsToJs(isolate, context, capture.errors, [](const CaptureError& error) {
        return ErrorRow{.code = error.code, .message = error.message};
      });
  return RecordToJs(isolate, context,
                    ThreadRow{
                        .thread_id = capture.thread_id,
                        .name = capture.name,
                        .status = capture.status,
                        .activity = capture.activity,
                        .running = running,
                        .sites = SitesToJs(isolate, context, capture.sites),
                        .source_maps = source_maps,
                        .nodes = nodes,
                        .branches = branches,
                        .groups = groups,
                        .task_count = capture.task_count,
                        .stats = stats,
                        .errors = errors,
                    });
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
    blocks = HeldToJs(isolate, context, ReadOpenBlocks(env, entry.activation));
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

Local<Object> OwnCaptureToJs(const EnvData& env, Local<Context> context,
                             const ThreadCapture& capture,
                             const std::vector<Local<Object>>* samples) {
  Isolate* isolate = env.isolate();
  Local<Value> thread = CaptureToJs(isolate, context, capture);
  Local<Value> all;
  if (samples != nullptr) {
    std::vector<Local<Value>> scopes;
    scopes.reserve(samples->size());
    for (const Local<Object>& sample : *samples) {
      scopes.push_back(sample.IsEmpty() ? v8::Undefined(isolate).As<Value>()
                                        : ReadScopes(env, context, sample));
    }
    all = Array::New(isolate, scopes.data(), scopes.size());
  }
  return RecordToJs(isolate, context, OwnCaptureRow{.thread = thread, .scopes = all});
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

Local<Object> RunningToJs(Isolate* isolate, Local<Context> context, const std::vector<Site>& sites,
                          const std::vector<RunningDetail>& details) {
  Local<Value> frames =
      TableToJs(isolate, context, details, [&](const RunningDetail& detail) {
        return RunningFrameRow{
            .function = detail.function,
            .receiver = detail.receiver,
            .held = HeldToJs(isolate, context, detail.held),
            .is_plain = detail.is_plain,
            .mentions_hiding = detail.mentions_hiding,
        };
      });
  return RecordToJs(
      isolate, context,
      RunningStackRow{.sites = SitesToJs(isolate, context, sites), .frames = frames});
}

Local<Object> CapabilitiesToJs(Isolate* isolate, Local<Context> context,
                               const CapabilityMap& capabilities) {
  Local<Object> result = Object::New(isolate);
  for (const auto& [name, state] : capabilities) {
    Local<Object> entry = Object::New(isolate);
    SetProperty(isolate, context, entry, "available", v8::Boolean::New(isolate, state.available));
    if (!state.via.empty()) SetProperty(isolate, context, entry, "via", ToText(isolate, state.via));
    if (!state.available) SetProperty(isolate, context, entry, "reason", ToText(isolate, state.reason));
    SetProperty(isolate, context, result, name, entry);
  }
  return result;
}

}  // namespace asynctb
