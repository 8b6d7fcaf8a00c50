// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "values/to_js.h"

#include <cstring>
#include <utility>

#include "sites/resources.h"
#include "sites/scopes.h"
#include "values/evidence_to_js.h"
#include "values/held_to_js.h"
#include "values/table.h"

namespace asynctb {

using v8::Array;
using v8::ArrayBuffer;
using v8::Context;
using v8::Int32Array;
using v8::Integer;
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

namespace {

// Entries one after the other, of all chains or awaiters of an answer. The caller's HandleScope
// must outlive it.
class EntryWriter {
 public:
  EntryWriter(const EnvData& env, Local<Context> context, size_t entries)
      : env_(env), context_(context), entries_(env.isolate(), entries) {}

  void Add(const ChainEntry& entry, Details details) {
    int32_t combinator = -1;
    if (entry.site < 0) {
      combinator = static_cast<int32_t>(combinators_.size());
      combinators_.push_back({
          .kind = entry.combinator,
          .total = entry.total,
          .inputs_begin = static_cast<int32_t>(inputs_.size()),
          .inputs_count = static_cast<int32_t>(entry.branches.size()),
      });
      for (const auto& [index, chain] : entry.branches) {
        inputs_.push_back({.input = index, .chain = static_cast<int32_t>(chain)});
      }
    }
    Local<Value> scopes, held, activation;
    if (details.locals && !entry.activation.IsEmpty()) {
      scopes = ReadScopes(env_, context_, entry.activation);
    }
    if (details.resources && !entry.activation.IsEmpty()) {
      held = HeldToJs(env_.isolate(), context_, ReadOpenBlocks(env_, entry.activation));
      activation = entry.activation;
    }
    entries_.Add({
        .site = entry.site < 0 ? -1 : entry.site,
        .combinator = combinator,
        .function = entry.function,
        .receiver = entry.receiver,
        .origin = entry.origin,
        .scopes = scopes,
        .held = held,
        .activation = activation,
    });
    added_++;
  }

  int32_t added() const { return added_; }

  // `frames`
  Local<Object> FramesToJs(const std::vector<Site>& sites) {
    Isolate* isolate = env_.isolate();
    return RecordToJs(isolate, context_,
                      FramesRow{
                          .sites = SitesToJs(isolate, context_, sites),
                          .entries = entries_.ToJs(context_),
                          .combinators = SomeRowsToJs(isolate, context_, combinators_),
                      });
  }

  Local<Value> InputsToJs() { return SomeRowsToJs(env_.isolate(), context_, inputs_); }

 private:
  const EnvData& env_;
  Local<Context> context_;
  Table<EntryRow> entries_;
  int32_t added_ = 0;
  std::vector<CombinatorRow> combinators_;
  std::vector<InputRow> inputs_;
};

Local<Value> ListToJs(Isolate* isolate, std::vector<Local<Value>> values) {
  return Array::New(isolate, values.data(), values.size());
}

Local<Value> SettledToJs(Isolate* isolate, Local<Context> context,
                         const std::vector<Settled>& settled) {
  std::vector<SettledRow> rows;
  for (const Settled& each : settled) {
    rows.push_back({.by = each.by, .promise = each.promise});
  }
  return SomeRowsToJs(isolate, context, rows);
}

}  // namespace

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

Local<Value> HoldersToJs(Isolate* isolate, Local<Context> context,
                         const std::vector<Holder>& holders) {
  std::vector<HolderRow> rows;
  rows.reserve(holders.size());
  for (const Holder& holder : holders) {
    rows.push_back({
        .of = holder.of,
        .kind = holder.kind,
        .value = holder.value,
        .extra = holder.extra,
    });
  }
  return SomeRowsToJs(isolate, context, rows);
}

Local<Object> ExtractionToJs(const EnvData& env, Local<Context> context,
                             const Extraction& extraction, Details details,
                             const std::vector<bool>& read_scopes) {
  Isolate* isolate = env.isolate();
  size_t count = 0;
  for (const Chain& chain : extraction.chains) count += chain.entries.size();
  EntryWriter writer(env, context, count);
  Table<ChainRow> chains(isolate, extraction.chains.size());
  std::vector<PassedRow> passed;
  for (const Chain& chain : extraction.chains) {
    const int32_t begin = writer.added();
    for (const ChainEntry& entry : chain.entries) {
      details.locals = entry.site >= 0 && read_scopes[entry.site];
      writer.Add(entry, details);
    }
    const int32_t passed_begin = static_cast<int32_t>(passed.size());
    for (const Chain::Passed& each : chain.passed) {
      for (const Local<Value>& function : each.resolvers) {
        passed.push_back({
            .entries = static_cast<int32_t>(each.entries),
            .promise = each.promise,
            .function = function,
        });
      }
    }
    Local<Value> resolvers;
    if (!chain.resolvers.empty()) resolvers = ListToJs(isolate, chain.resolvers);
    chains.Add({
        .entries_begin = begin,
        .entries_count = writer.added() - begin,
        .end = chain.end,
        .leaf = chain.leaf,
        .activations = chain.activations,
        .activation_index = chain.activation_index,
        .resolvers = resolvers,
        .passed_begin = passed_begin,
        .passed_count = static_cast<int32_t>(passed.size()) - passed_begin,
    });
  }
  std::vector<Local<Value>> roots;
  for (const int32_t root : extraction.roots) roots.push_back(Integer::New(isolate, root));
  return RecordToJs(isolate, context,
                    ExtractionRow{
                        .frames = writer.FramesToJs(extraction.sites),
                        .chains = chains.ToJs(context),
                        .inputs = writer.InputsToJs(),
                        .passed = SomeRowsToJs(isolate, context, passed),
                        .roots = ListToJs(isolate, std::move(roots)),
                        .error = extraction.error,
                        .unread_wasm = extraction.unread_wasm,
                        .resolvers = ListToJs(isolate, extraction.resolvers),
                        .holders = HoldersToJs(isolate, context, extraction.holders),
                        .settled = SettledToJs(isolate, context, extraction.settled),
                    });
}

Local<Object> AwaitersToJs(const EnvData& env, Local<Context> context, const AwaiterList& awaiters,
                           const std::vector<Site>& sites, Details details) {
  Isolate* isolate = env.isolate();
  size_t count = 0;
  for (const Awaiter& awaiter : awaiters.found) count += 1 + awaiter.inner.size();
  EntryWriter writer(env, context, count);
  Table<AwaiterRow> rows(isolate, awaiters.found.size());
  std::vector<Settled> settled;
  for (const Awaiter& awaiter : awaiters.found) {
    const int32_t begin = writer.added();
    writer.Add(awaiter.entry, details);
    for (const ChainEntry& inner : awaiter.inner) writer.Add(inner, details);
    rows.Add({
        .entries_begin = begin,
        .entries_count = writer.added() - begin,
        .input = awaiter.input_index,
        .is_doubtful = awaiter.is_doubtful,
        .awaiting_site = awaiter.awaiting_site,
    });
    for (const Local<Value>& promise : awaiter.settles) {
      settled.push_back({awaiter.entry.origin, promise});
    }
  }
  return RecordToJs(isolate, context,
                    AwaiterListRow{
                        .frames = writer.FramesToJs(sites),
                        .awaiters = rows.ToJs(context),
                        .total = static_cast<double>(awaiters.total),
                        .settled = SettledToJs(isolate, context, settled),
                    });
}

Local<Object> RunningToJs(Isolate* isolate, Local<Context> context, const std::vector<Site>& sites,
                          const std::vector<RunningDetail>& details) {
  Local<Value> frames = TableToJs(isolate, context, details, [&](const RunningDetail& detail) {
    return RunningFrameRow{
        .function = detail.function,
        .receiver = detail.receiver,
        .held = HeldToJs(isolate, context, detail.held),
        .is_plain = detail.is_plain,
        .mentions_hiding = detail.mentions_hiding,
    };
  });
  return RecordToJs(isolate, context,
                    RunningStackRow{.sites = SitesToJs(isolate, context, sites), .frames = frames});
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
