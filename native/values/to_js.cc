// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "values/to_js.h"

#include <cstring>

#include "sites/scopes.h"
#include "values/evidence_to_js.h"
#include "values/held_to_js.h"
#include "values/table.h"

namespace asynctb {

using v8::Array;
using v8::ArrayBuffer;
using v8::Context;
using v8::Int32Array;
using v8::Isolate;
using v8::Local;
using v8::Object;
using v8::Value;

namespace {

Local<Value> ToInt32Array(Isolate* isolate, const int32_t* words, size_t count) {
  Local<ArrayBuffer> buffer = ArrayBuffer::New(isolate, count * sizeof(int32_t));
  if (count > 0) memcpy(buffer->GetBackingStore()->Data(), words, count * sizeof(int32_t));
  return Int32Array::New(buffer, 0, count);
}

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
  Local<Value> entries = TableToJs(isolate, context, held.entries, [](const HeldEntry& entry) {
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

Local<Object> ExplanationToJs(Isolate* isolate, Local<Context> context,
                              const std::vector<Site>& sites, const Evidence& evidence) {
  return RecordToJs(isolate, context,
                    ExplanationRow{
                        .sites = SitesToJs(isolate, context, sites),
                        .evidence = EvidenceToJs(isolate, context, evidence),
                    });
}

Local<Object> CaptureToJs(Isolate* isolate, Local<Context> context, const ThreadCapture& capture) {
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
    return GroupRow{
        .count = group.count,
        .node = group.node,
        .stuck = group.is_stuck ? 1 : 0,
        .sample = group.sample,
    };
  });
  Local<Value> samples =
      TableToJs(isolate, context, capture.sample_nodes, [](const SampleNode& sample) {
        return SampleNodeRow{.node = sample.node, .like = sample.like};
      });
  std::vector<ContextEntryRow> entries;
  Local<Value> tasks = TableToJs(isolate, context, capture.tasks, [&](const SampledTask& task) {
    const auto begin = static_cast<int32_t>(entries.size());
    for (const ContextEntry& entry : task.context) {
      entries.push_back({.key = entry.key, .value = entry.value, .is_lasting = entry.is_lasting});
    }
    return TaskRow{
        .group = task.group,
        .id = task.id,
        .seen_ms = task.seen_ms,
        .context_begin = begin,
        .context_count = static_cast<int32_t>(task.context.size()),
        .method = task.method,
        .url = task.url,
        .age_ms = task.age_ms,
    };
  });
  Local<Value> context_entries =
      TableToJs(isolate, context, entries, [](const ContextEntryRow& row) { return row; });
  Local<Value> requests =
      TableToJs(isolate, context, capture.open_requests, [](const OpenRequest& request) {
        return OpenRequestRow{
            .method = request.method,
            .url = request.url,
            .is_server = request.is_server,
            .has_task = request.has_task,
        };
      });
  Local<Value> resources =
      TableToJs(isolate, context, capture.active_resources, [](const ActiveResource& resource) {
        return ActiveResourceRow{.type = resource.type, .count = resource.count};
      });
  Local<Value> stats = RecordToJs(isolate, context,
                                  ThreadStatsRow{
                                      .heap_objects = capture.heap_objects,
                                      .activations = capture.activation_count,
                                      .promises = capture.promise_count,
                                      .pause_ms = capture.pause_ms,
                                      .wait_ms = capture.wait_ms,
                                  });
  Local<Value> changes = v8::Undefined(isolate);
  if (capture.changes) {
    changes = RecordToJs(isolate, context,
                         TaskChangesRow{.since_ms = capture.changes->since_ms,
                                        .fresh = capture.changes->fresh,
                                        .gone = capture.changes->gone,
                                        .moved = capture.changes->moved});
  }
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
                        .sample_nodes = samples,
                        .open_requests = requests,
                        .active_resources = resources,
                        .tasks = tasks,
                        .context_entries = context_entries,
                        .task_count = capture.task_count,
                        .evidence = EvidenceToJs(isolate, context, capture.evidence),
                        .held = CapturedHeldToJs(isolate, context, capture.held),
                        .changes = changes,
                        .stats = stats,
                        .errors = errors,
                    });
}

Local<Object> OwnCaptureToJs(const EnvData& env, Local<Context> context,
                             const ThreadCapture& capture, const FrameSamples* samples) {
  Isolate* isolate = env.isolate();
  Local<Value> thread = CaptureToJs(isolate, context, capture);
  Local<Value> all;
  if (samples != nullptr) {
    std::vector<Local<Value>> scopes;
    scopes.resize(samples->first_node, v8::Undefined(isolate));
    for (const Local<Object>& sample : samples->objects) {
      scopes.push_back(sample.IsEmpty() ? v8::Undefined(isolate).As<Value>()
                                        : ReadScopes(env, context, sample));
    }
    all = Array::New(isolate, scopes.data(), scopes.size());
  }
  return RecordToJs(isolate, context, OwnCaptureRow{.thread = thread, .scopes = all});
}

Local<Object> CapabilitiesToJs(Isolate* isolate, Local<Context> context,
                               const CapabilityMap& capabilities) {
  Local<Object> result = Object::New(isolate);
  for (const auto& [name, state] : capabilities) {
    Local<Object> entry = Object::New(isolate);
    SetProperty(isolate, context, entry, "available", v8::Boolean::New(isolate, state.available));
    if (!state.via.empty()) SetProperty(isolate, context, entry, "via", ToText(isolate, state.via));
    if (!state.available)
      SetProperty(isolate, context, entry, "reason", ToText(isolate, state.reason));
    SetProperty(isolate, context, result, name, entry);
  }
  return result;
}

}  // namespace asynctb
