// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

// Written by `npm run generate` from lib/base/capture-schema.ts, which says what each thing means.
// clang-format off
// A row without one of its fields does not compile.
#pragma once

#include <v8.h>

#include <cstdint>
#include <optional>
#include <string_view>

#include "base/capture_schema.h"
#include "values/field.h"

namespace asynctb {

struct SiteRow {
  Field<std::string_view> function_name;
  Field<std::string_view> script_name;
  Field<int32_t> line;
  Field<int32_t> column;
  Field<std::string_view> line_text;
  Field<FrameKind> kind;
  Field<FrameState> state;
  Field<int32_t> script;
  Field<std::string_view> function_id;
  Field<int32_t> marks;
  Field<int32_t> script_id;
  Field<int32_t> offset;
  Field<int32_t> function_offset;
  Field<int32_t> offset_line;
  Field<int32_t> offset_column;
  Field<std::string_view> function_head;
  Field<int32_t> function_line;
  Field<int32_t> function_column;

  static constexpr bool kPacked = false;
  static constexpr std::string_view kNames[] = {
      "functionName",
      "scriptName",
      "line",
      "column",
      "lineText",
      "kind",
      "state",
      "script",
      "functionId",
      "marks",
      "scriptId",
      "offset",
      "functionOffset",
      "offsetLine",
      "offsetColumn",
      "functionHead",
      "functionLine",
      "functionColumn",
  };
  template <typename Visit>
  void Each(Visit&& visit) const {
    visit(function_name.value());
    visit(script_name.value());
    visit(line.value());
    visit(column.value());
    visit(line_text.value());
    visit(kind.value());
    visit(state.value());
    visit(script.value());
    visit(function_id.value());
    visit(marks.value());
    visit(script_id.value());
    visit(offset.value());
    visit(function_offset.value());
    visit(offset_line.value());
    visit(offset_column.value());
    visit(function_head.value());
    visit(function_line.value());
    visit(function_column.value());
  }
};

struct NodeRow {
  Field<NodeType> type;
  Field<int32_t> payload;
  Field<int32_t> next;
  Field<int32_t> branches_begin;
  Field<int32_t> branches_count;
  Field<int32_t> total;

  static constexpr bool kPacked = true;
  static constexpr std::string_view kNames[] = {
      "type",
      "payload",
      "next",
      "branchesBegin",
      "branchesCount",
      "total",
  };
  template <typename Visit>
  void Each(Visit&& visit) const {
    visit(type.value());
    visit(payload.value());
    visit(next.value());
    visit(branches_begin.value());
    visit(branches_count.value());
    visit(total.value());
  }
};

struct BranchRow {
  Field<int32_t> input;
  Field<int32_t> node;

  static constexpr bool kPacked = true;
  static constexpr std::string_view kNames[] = {
      "input",
      "node",
  };
  template <typename Visit>
  void Each(Visit&& visit) const {
    visit(input.value());
    visit(node.value());
  }
};

struct GroupRow {
  Field<int32_t> count;
  Field<int32_t> node;
  Field<int32_t> stuck;
  Field<int32_t> sample;

  static constexpr bool kPacked = true;
  static constexpr std::string_view kNames[] = {
      "count",
      "node",
      "stuck",
      "sample",
  };
  template <typename Visit>
  void Each(Visit&& visit) const {
    visit(count.value());
    visit(node.value());
    visit(stuck.value());
    visit(sample.value());
  }
};

struct SampleNodeRow {
  Field<int32_t> node;
  Field<int32_t> like;

  static constexpr bool kPacked = true;
  static constexpr std::string_view kNames[] = {
      "node",
      "like",
  };
  template <typename Visit>
  void Each(Visit&& visit) const {
    visit(node.value());
    visit(like.value());
  }
};

struct TaskRow {
  Field<int32_t> group;
  Field<double> id;
  Field<double> seen_ms;
  Field<int32_t> context_begin;
  Field<int32_t> context_count;
  Field<std::string_view> method;
  Field<std::string_view> url;
  Field<double> age_ms;

  static constexpr bool kPacked = false;
  static constexpr std::string_view kNames[] = {
      "group",
      "id",
      "seenMs",
      "contextBegin",
      "contextCount",
      "method",
      "url",
      "ageMs",
  };
  template <typename Visit>
  void Each(Visit&& visit) const {
    visit(group.value());
    visit(id.value());
    visit(seen_ms.value());
    visit(context_begin.value());
    visit(context_count.value());
    visit(method.value());
    visit(url.value());
    visit(age_ms.value());
  }
};

struct ContextEntryRow {
  Field<std::string_view> key;
  Field<std::string_view> value;
  Field<bool> is_lasting;

  static constexpr bool kPacked = false;
  static constexpr std::string_view kNames[] = {
      "key",
      "value",
      "isLasting",
  };
  template <typename Visit>
  void Each(Visit&& visit) const {
    visit(key.value());
    visit(value.value());
    visit(is_lasting.value());
  }
};

struct OpenRequestRow {
  Field<std::string_view> method;
  Field<std::string_view> url;
  Field<bool> is_server;
  Field<bool> has_task;

  static constexpr bool kPacked = false;
  static constexpr std::string_view kNames[] = {
      "method",
      "url",
      "isServer",
      "hasTask",
  };
  template <typename Visit>
  void Each(Visit&& visit) const {
    visit(method.value());
    visit(url.value());
    visit(is_server.value());
    visit(has_task.value());
  }
};

struct ActiveResourceRow {
  Field<std::string_view> type;
  Field<int32_t> count;

  static constexpr bool kPacked = false;
  static constexpr std::string_view kNames[] = {
      "type",
      "count",
  };
  template <typename Visit>
  void Each(Visit&& visit) const {
    visit(type.value());
    visit(count.value());
  }
};

struct EvidenceLeafRow {
  Field<int32_t> group;
  Field<int32_t> node;
  Field<int32_t> branch;
  Field<int32_t> thing;
  Field<int32_t> waiter;

  static constexpr bool kPacked = true;
  static constexpr std::string_view kNames[] = {
      "group",
      "node",
      "branch",
      "thing",
      "waiter",
  };
  template <typename Visit>
  void Each(Visit&& visit) const {
    visit(group.value());
    visit(node.value());
    visit(branch.value());
    visit(thing.value());
    visit(waiter.value());
  }
};

struct EvidenceThingRow {
  Field<EvidenceKind> kind;
  Field<std::string_view> class_name;
  Field<int32_t> site;
  Field<int32_t> fields_begin;
  Field<int32_t> fields_count;
  Field<int32_t> marks;
  Field<double> task;

  static constexpr bool kPacked = false;
  static constexpr std::string_view kNames[] = {
      "kind",
      "className",
      "site",
      "fieldsBegin",
      "fieldsCount",
      "marks",
      "task",
  };
  template <typename Visit>
  void Each(Visit&& visit) const {
    visit(kind.value());
    visit(class_name.value());
    visit(site.value());
    visit(fields_begin.value());
    visit(fields_count.value());
    visit(marks.value());
    visit(task.value());
  }
};

struct EvidenceEdgeRow {
  Field<int32_t> held;
  Field<int32_t> holder;
  Field<EvidenceLink> link;
  Field<std::string_view> name;
  Field<int32_t> index;
  Field<bool> rejects;
  Field<bool> is_used;

  static constexpr bool kPacked = false;
  static constexpr std::string_view kNames[] = {
      "held",
      "holder",
      "link",
      "name",
      "index",
      "rejects",
      "isUsed",
  };
  template <typename Visit>
  void Each(Visit&& visit) const {
    visit(held.value());
    visit(holder.value());
    visit(link.value());
    visit(name.value());
    visit(index.value());
    visit(rejects.value());
    visit(is_used.value());
  }
};

struct EvidenceWakerRow {
  Field<int32_t> owner;
  Field<int32_t> holder;
  Field<WakerVia> via;
  Field<std::string_view> name;
  Field<int32_t> count;
  Field<int32_t> members;
  Field<bool> is_alone;
  Field<bool> is_used;

  static constexpr bool kPacked = false;
  static constexpr std::string_view kNames[] = {
      "owner",
      "holder",
      "via",
      "name",
      "count",
      "members",
      "isAlone",
      "isUsed",
  };
  template <typename Visit>
  void Each(Visit&& visit) const {
    visit(owner.value());
    visit(holder.value());
    visit(via.value());
    visit(name.value());
    visit(count.value());
    visit(members.value());
    visit(is_alone.value());
    visit(is_used.value());
  }
};

struct EvidenceNeedRow {
  Field<int32_t> holder;
  Field<int32_t> leaf;
  Field<int32_t> is_like;
  Field<int32_t> is_race;

  static constexpr bool kPacked = true;
  static constexpr std::string_view kNames[] = {
      "holder",
      "leaf",
      "isLike",
      "isRace",
  };
  template <typename Visit>
  void Each(Visit&& visit) const {
    visit(holder.value());
    visit(leaf.value());
    visit(is_like.value());
    visit(is_race.value());
  }
};

struct EvidenceFieldRow {
  Field<std::string_view> name;
  Field<FieldType> type;
  Field<double> number;
  Field<std::string_view> text;

  static constexpr bool kPacked = false;
  static constexpr std::string_view kNames[] = {
      "name",
      "type",
      "number",
      "text",
  };
  template <typename Visit>
  void Each(Visit&& visit) const {
    visit(name.value());
    visit(type.value());
    visit(number.value());
    visit(text.value());
  }
};

struct EntryRow {
  Field<int32_t> site;
  Field<int32_t> combinator;
  Field<v8::Local<v8::Value>> function;
  Field<v8::Local<v8::Value>> receiver;
  Field<v8::Local<v8::Value>> origin;
  Field<v8::Local<v8::Value>> scopes;
  Field<v8::Local<v8::Value>> held;
  Field<v8::Local<v8::Value>> activation;

  static constexpr bool kPacked = false;
  static constexpr std::string_view kNames[] = {
      "site",
      "combinator",
      "function",
      "receiver",
      "origin",
      "scopes",
      "held",
      "activation",
  };
  template <typename Visit>
  void Each(Visit&& visit) const {
    visit(site.value());
    visit(combinator.value());
    visit(function.value());
    visit(receiver.value());
    visit(origin.value());
    visit(scopes.value());
    visit(held.value());
    visit(activation.value());
  }
};

struct CombinatorRow {
  Field<CombinatorKind> kind;
  Field<int32_t> total;
  Field<int32_t> inputs_begin;
  Field<int32_t> inputs_count;

  static constexpr bool kPacked = false;
  static constexpr std::string_view kNames[] = {
      "kind",
      "total",
      "inputsBegin",
      "inputsCount",
  };
  template <typename Visit>
  void Each(Visit&& visit) const {
    visit(kind.value());
    visit(total.value());
    visit(inputs_begin.value());
    visit(inputs_count.value());
  }
};

struct InputRow {
  Field<int32_t> input;
  Field<int32_t> chain;

  static constexpr bool kPacked = false;
  static constexpr std::string_view kNames[] = {
      "input",
      "chain",
  };
  template <typename Visit>
  void Each(Visit&& visit) const {
    visit(input.value());
    visit(chain.value());
  }
};

struct ChainRow {
  Field<int32_t> entries_begin;
  Field<int32_t> entries_count;
  Field<ChainEnd> end;
  Field<v8::Local<v8::Value>> leaf;
  Field<int32_t> activations;
  Field<int32_t> activation_index;
  Field<v8::Local<v8::Value>> resolvers;
  Field<int32_t> passed_begin;
  Field<int32_t> passed_count;

  static constexpr bool kPacked = false;
  static constexpr std::string_view kNames[] = {
      "entriesBegin",
      "entriesCount",
      "end",
      "leaf",
      "activations",
      "activationIndex",
      "resolvers",
      "passedBegin",
      "passedCount",
  };
  template <typename Visit>
  void Each(Visit&& visit) const {
    visit(entries_begin.value());
    visit(entries_count.value());
    visit(end.value());
    visit(leaf.value());
    visit(activations.value());
    visit(activation_index.value());
    visit(resolvers.value());
    visit(passed_begin.value());
    visit(passed_count.value());
  }
};

struct PassedRow {
  Field<int32_t> entries;
  Field<v8::Local<v8::Value>> promise;
  Field<v8::Local<v8::Value>> function;

  static constexpr bool kPacked = false;
  static constexpr std::string_view kNames[] = {
      "entries",
      "promise",
      "function",
  };
  template <typename Visit>
  void Each(Visit&& visit) const {
    visit(entries.value());
    visit(promise.value());
    visit(function.value());
  }
};

struct SettledRow {
  Field<v8::Local<v8::Value>> by;
  Field<v8::Local<v8::Value>> promise;

  static constexpr bool kPacked = false;
  static constexpr std::string_view kNames[] = {
      "by",
      "promise",
  };
  template <typename Visit>
  void Each(Visit&& visit) const {
    visit(by.value());
    visit(promise.value());
  }
};

struct HolderRow {
  Field<int32_t> of;
  Field<HolderKind> kind;
  Field<v8::Local<v8::Value>> value;
  Field<v8::Local<v8::Value>> extra;

  static constexpr bool kPacked = false;
  static constexpr std::string_view kNames[] = {
      "of",
      "kind",
      "value",
      "extra",
  };
  template <typename Visit>
  void Each(Visit&& visit) const {
    visit(of.value());
    visit(kind.value());
    visit(value.value());
    visit(extra.value());
  }
};

struct AwaiterRow {
  Field<int32_t> entries_begin;
  Field<int32_t> entries_count;
  Field<int32_t> input;
  Field<bool> is_doubtful;
  Field<int32_t> awaiting_site;

  static constexpr bool kPacked = false;
  static constexpr std::string_view kNames[] = {
      "entriesBegin",
      "entriesCount",
      "input",
      "isDoubtful",
      "awaitingSite",
  };
  template <typename Visit>
  void Each(Visit&& visit) const {
    visit(entries_begin.value());
    visit(entries_count.value());
    visit(input.value());
    visit(is_doubtful.value());
    visit(awaiting_site.value());
  }
};

struct RunningFrameRow {
  Field<v8::Local<v8::Value>> function;
  Field<v8::Local<v8::Value>> receiver;
  Field<v8::Local<v8::Value>> held;
  Field<bool> is_plain;
  Field<bool> mentions_hiding;

  static constexpr bool kPacked = false;
  static constexpr std::string_view kNames[] = {
      "function",
      "receiver",
      "held",
      "isPlain",
      "mentionsHiding",
  };
  template <typename Visit>
  void Each(Visit&& visit) const {
    visit(function.value());
    visit(receiver.value());
    visit(held.value());
    visit(is_plain.value());
    visit(mentions_hiding.value());
  }
};

struct HeldEntryRow {
  Field<v8::Local<v8::Value>> value;
  Field<v8::Local<v8::Value>> method;
  Field<int32_t> block;
  Field<bool> is_async;
  Field<bool> is_exiting;
  Field<bool> is_argument;

  static constexpr bool kPacked = false;
  static constexpr std::string_view kNames[] = {
      "value",
      "method",
      "block",
      "isAsync",
      "isExiting",
      "isArgument",
  };
  template <typename Visit>
  void Each(Visit&& visit) const {
    visit(value.value());
    visit(method.value());
    visit(block.value());
    visit(is_async.value());
    visit(is_exiting.value());
    visit(is_argument.value());
  }
};

struct HeldFrameRow {
  Field<int32_t> node;
  Field<int32_t> values_begin;
  Field<int32_t> values_count;
  Field<int32_t> entries_begin;
  Field<int32_t> entries_count;
  Field<int32_t> properties_begin;
  Field<int32_t> properties_count;
  Field<int32_t> variables_begin;
  Field<int32_t> variables_count;
  Field<int32_t> following;
  Field<int32_t> next_function;
  Field<int32_t> next_receiver;
  Field<int32_t> is_whole;

  static constexpr bool kPacked = true;
  static constexpr std::string_view kNames[] = {
      "node",
      "valuesBegin",
      "valuesCount",
      "entriesBegin",
      "entriesCount",
      "propertiesBegin",
      "propertiesCount",
      "variablesBegin",
      "variablesCount",
      "following",
      "nextFunction",
      "nextReceiver",
      "isWhole",
  };
  template <typename Visit>
  void Each(Visit&& visit) const {
    visit(node.value());
    visit(values_begin.value());
    visit(values_count.value());
    visit(entries_begin.value());
    visit(entries_count.value());
    visit(properties_begin.value());
    visit(properties_count.value());
    visit(variables_begin.value());
    visit(variables_count.value());
    visit(following.value());
    visit(next_function.value());
    visit(next_receiver.value());
    visit(is_whole.value());
  }
};

struct PlainValueRow {
  Field<PlainKind> kind;
  Field<std::string_view> text;
  Field<int32_t> inner_stack;
  Field<int32_t> entries_begin;
  Field<int32_t> entries_count;

  static constexpr bool kPacked = false;
  static constexpr std::string_view kNames[] = {
      "kind",
      "text",
      "innerStack",
      "entriesBegin",
      "entriesCount",
  };
  template <typename Visit>
  void Each(Visit&& visit) const {
    visit(kind.value());
    visit(text.value());
    visit(inner_stack.value());
    visit(entries_begin.value());
    visit(entries_count.value());
  }
};

struct PlainPropertyRow {
  Field<int32_t> of;
  Field<std::string_view> key;
  Field<int32_t> value;

  static constexpr bool kPacked = false;
  static constexpr std::string_view kNames[] = {
      "of",
      "key",
      "value",
  };
  template <typename Visit>
  void Each(Visit&& visit) const {
    visit(of.value());
    visit(key.value());
    visit(value.value());
  }
};

struct PlainVariableRow {
  Field<int32_t> function;
  Field<int32_t> scope;
  Field<std::string_view> name;
  Field<int32_t> value;

  static constexpr bool kPacked = false;
  static constexpr std::string_view kNames[] = {
      "function",
      "scope",
      "name",
      "value",
  };
  template <typename Visit>
  void Each(Visit&& visit) const {
    visit(function.value());
    visit(scope.value());
    visit(name.value());
    visit(value.value());
  }
};

struct PlainEntryRow {
  Field<int32_t> value;
  Field<int32_t> method;
  Field<int32_t> block;
  Field<int32_t> is_async;
  Field<int32_t> is_exiting;
  Field<int32_t> is_argument;

  static constexpr bool kPacked = true;
  static constexpr std::string_view kNames[] = {
      "value",
      "method",
      "block",
      "isAsync",
      "isExiting",
      "isArgument",
  };
  template <typename Visit>
  void Each(Visit&& visit) const {
    visit(value.value());
    visit(method.value());
    visit(block.value());
    visit(is_async.value());
    visit(is_exiting.value());
    visit(is_argument.value());
  }
};

struct SiteTextRow {
  Field<int32_t> site;
  Field<std::string_view> text;

  static constexpr bool kPacked = false;
  static constexpr std::string_view kNames[] = {
      "site",
      "text",
  };
  template <typename Visit>
  void Each(Visit&& visit) const {
    visit(site.value());
    visit(text.value());
  }
};

struct ExecutingRow {
  Field<v8::Local<v8::Value>> promise;
  Field<v8::Local<v8::Value>> function;
  Field<int32_t> activations;
  Field<int32_t> activation_index;

  static constexpr bool kPacked = false;
  static constexpr std::string_view kNames[] = {
      "promise",
      "function",
      "activations",
      "activationIndex",
  };
  template <typename Visit>
  void Each(Visit&& visit) const {
    visit(promise.value());
    visit(function.value());
    visit(activations.value());
    visit(activation_index.value());
  }
};

struct SuspendedRow {
  Field<v8::Local<v8::Value>> promise;
  Field<v8::Local<v8::Value>> function;

  static constexpr bool kPacked = false;
  static constexpr std::string_view kNames[] = {
      "promise",
      "function",
  };
  template <typename Visit>
  void Each(Visit&& visit) const {
    visit(promise.value());
    visit(function.value());
  }
};

struct ThreadRow {
  Field<double> thread_id;
  Field<std::string_view> name;
  Field<Word<ThreadStatus>> status;
  Field<std::optional<Word<ThreadActivity>>> activity;
  Field<v8::Local<v8::Value>> running;
  Field<v8::Local<v8::Value>> sites;
  Field<v8::Local<v8::Value>> source_maps;
  Field<v8::Local<v8::Value>> nodes;
  Field<v8::Local<v8::Value>> branches;
  Field<v8::Local<v8::Value>> groups;
  Field<v8::Local<v8::Value>> sample_nodes;
  Field<v8::Local<v8::Value>> open_requests;
  Field<v8::Local<v8::Value>> active_resources;
  Field<v8::Local<v8::Value>> tasks;
  Field<v8::Local<v8::Value>> context_entries;
  Field<double> task_count;
  Field<v8::Local<v8::Value>> evidence;
  Field<v8::Local<v8::Value>> held;
  Field<v8::Local<v8::Value>> changes;
  Field<v8::Local<v8::Value>> stats;
  Field<v8::Local<v8::Value>> errors;

  static constexpr std::string_view kNames[] = {
      "threadId",
      "name",
      "status",
      "activity",
      "running",
      "sites",
      "sourceMaps",
      "nodes",
      "branches",
      "groups",
      "sampleNodes",
      "openRequests",
      "activeResources",
      "tasks",
      "contextEntries",
      "taskCount",
      "evidence",
      "held",
      "changes",
      "stats",
      "errors",
  };
  template <typename Visit>
  void Each(Visit&& visit) const {
    visit(thread_id.value());
    visit(name.value());
    visit(status.value());
    visit(activity.value());
    visit(running.value());
    visit(sites.value());
    visit(source_maps.value());
    visit(nodes.value());
    visit(branches.value());
    visit(groups.value());
    visit(sample_nodes.value());
    visit(open_requests.value());
    visit(active_resources.value());
    visit(tasks.value());
    visit(context_entries.value());
    visit(task_count.value());
    visit(evidence.value());
    visit(held.value());
    visit(changes.value());
    visit(stats.value());
    visit(errors.value());
  }
};

struct EvidenceRow {
  Field<v8::Local<v8::Value>> leaves;
  Field<v8::Local<v8::Value>> things;
  Field<v8::Local<v8::Value>> edges;
  Field<v8::Local<v8::Value>> fields;
  Field<v8::Local<v8::Value>> wakers;
  Field<v8::Local<v8::Value>> needs;
  Field<double> now;
  Field<bool> is_cut;

  static constexpr std::string_view kNames[] = {
      "leaves",
      "things",
      "edges",
      "fields",
      "wakers",
      "needs",
      "now",
      "isCut",
  };
  template <typename Visit>
  void Each(Visit&& visit) const {
    visit(leaves.value());
    visit(things.value());
    visit(edges.value());
    visit(fields.value());
    visit(wakers.value());
    visit(needs.value());
    visit(now.value());
    visit(is_cut.value());
  }
};

struct ExplanationRow {
  Field<v8::Local<v8::Value>> sites;
  Field<v8::Local<v8::Value>> evidence;

  static constexpr std::string_view kNames[] = {
      "sites",
      "evidence",
  };
  template <typename Visit>
  void Each(Visit&& visit) const {
    visit(sites.value());
    visit(evidence.value());
  }
};

struct CapturedHeldRow {
  Field<v8::Local<v8::Value>> frames;
  Field<v8::Local<v8::Value>> values;
  Field<v8::Local<v8::Value>> properties;
  Field<v8::Local<v8::Value>> variables;
  Field<v8::Local<v8::Value>> entries;
  Field<v8::Local<v8::Value>> texts;
  Field<bool> reads_blocks;

  static constexpr std::string_view kNames[] = {
      "frames",
      "values",
      "properties",
      "variables",
      "entries",
      "texts",
      "readsBlocks",
  };
  template <typename Visit>
  void Each(Visit&& visit) const {
    visit(frames.value());
    visit(values.value());
    visit(properties.value());
    visit(variables.value());
    visit(entries.value());
    visit(texts.value());
    visit(reads_blocks.value());
  }
};

struct OwnCaptureRow {
  Field<v8::Local<v8::Value>> thread;
  Field<v8::Local<v8::Value>> scopes;

  static constexpr std::string_view kNames[] = {
      "thread",
      "scopes",
  };
  template <typename Visit>
  void Each(Visit&& visit) const {
    visit(thread.value());
    visit(scopes.value());
  }
};

struct TaskChangesRow {
  Field<double> since_ms;
  Field<double> fresh;
  Field<double> gone;
  Field<double> moved;

  static constexpr std::string_view kNames[] = {
      "sinceMs",
      "fresh",
      "gone",
      "moved",
  };
  template <typename Visit>
  void Each(Visit&& visit) const {
    visit(since_ms.value());
    visit(fresh.value());
    visit(gone.value());
    visit(moved.value());
  }
};

struct ThreadStatsRow {
  Field<double> heap_objects;
  Field<double> activations;
  Field<double> promises;
  Field<double> pause_ms;
  Field<double> wait_ms;

  static constexpr std::string_view kNames[] = {
      "heapObjects",
      "activations",
      "promises",
      "pauseMs",
      "waitMs",
  };
  template <typename Visit>
  void Each(Visit&& visit) const {
    visit(heap_objects.value());
    visit(activations.value());
    visit(promises.value());
    visit(pause_ms.value());
    visit(wait_ms.value());
  }
};

struct FramesRow {
  Field<v8::Local<v8::Value>> sites;
  Field<v8::Local<v8::Value>> entries;
  Field<v8::Local<v8::Value>> combinators;

  static constexpr std::string_view kNames[] = {
      "sites",
      "entries",
      "combinators",
  };
  template <typename Visit>
  void Each(Visit&& visit) const {
    visit(sites.value());
    visit(entries.value());
    visit(combinators.value());
  }
};

struct ExtractionRow {
  Field<v8::Local<v8::Value>> frames;
  Field<v8::Local<v8::Value>> chains;
  Field<v8::Local<v8::Value>> inputs;
  Field<v8::Local<v8::Value>> passed;
  Field<v8::Local<v8::Value>> roots;
  Field<std::string_view> error;
  Field<std::string_view> unread_wasm;
  Field<v8::Local<v8::Value>> resolvers;
  Field<v8::Local<v8::Value>> holders;
  Field<v8::Local<v8::Value>> settled;

  static constexpr std::string_view kNames[] = {
      "frames",
      "chains",
      "inputs",
      "passed",
      "roots",
      "error",
      "unreadWasm",
      "resolvers",
      "holders",
      "settled",
  };
  template <typename Visit>
  void Each(Visit&& visit) const {
    visit(frames.value());
    visit(chains.value());
    visit(inputs.value());
    visit(passed.value());
    visit(roots.value());
    visit(error.value());
    visit(unread_wasm.value());
    visit(resolvers.value());
    visit(holders.value());
    visit(settled.value());
  }
};

struct AwaiterListRow {
  Field<v8::Local<v8::Value>> frames;
  Field<v8::Local<v8::Value>> awaiters;
  Field<double> total;
  Field<v8::Local<v8::Value>> settled;

  static constexpr std::string_view kNames[] = {
      "frames",
      "awaiters",
      "total",
      "settled",
  };
  template <typename Visit>
  void Each(Visit&& visit) const {
    visit(frames.value());
    visit(awaiters.value());
    visit(total.value());
    visit(settled.value());
  }
};

struct RunningStackRow {
  Field<v8::Local<v8::Value>> sites;
  Field<v8::Local<v8::Value>> frames;

  static constexpr std::string_view kNames[] = {
      "sites",
      "frames",
  };
  template <typename Visit>
  void Each(Visit&& visit) const {
    visit(sites.value());
    visit(frames.value());
  }
};

struct HeldRow {
  Field<v8::Local<v8::Value>> entries;
  Field<std::optional<std::string_view>> misfit;

  static constexpr std::string_view kNames[] = {
      "entries",
      "misfit",
  };
  template <typename Visit>
  void Each(Visit&& visit) const {
    visit(entries.value());
    visit(misfit.value());
  }
};

struct ClosureRow {
  Field<v8::Local<v8::Value>> sites;
  Field<v8::Local<v8::Value>> scopes;

  static constexpr std::string_view kNames[] = {
      "sites",
      "scopes",
  };
  template <typename Visit>
  void Each(Visit&& visit) const {
    visit(sites.value());
    visit(scopes.value());
  }
};

struct ThreadStateRow {
  Field<ThreadState> state;
  Field<std::string_view> name;

  static constexpr std::string_view kNames[] = {
      "state",
      "name",
  };
  template <typename Visit>
  void Each(Visit&& visit) const {
    visit(state.value());
    visit(name.value());
  }
};

struct AnswerRow {
  Field<AnswerState> state;
  Field<std::string_view> text;

  static constexpr std::string_view kNames[] = {
      "state",
      "text",
  };
  template <typename Visit>
  void Each(Visit&& visit) const {
    visit(state.value());
    visit(text.value());
  }
};

struct WalkRow {
  Field<double> heap_objects;
  Field<double> milliseconds;

  static constexpr std::string_view kNames[] = {
      "heapObjects",
      "milliseconds",
  };
  template <typename Visit>
  void Each(Visit&& visit) const {
    visit(heap_objects.value());
    visit(milliseconds.value());
  }
};

struct ErrorRow {
  Field<std::string_view> code;
  Field<std::string_view> message;

  static constexpr std::string_view kNames[] = {
      "code",
      "message",
  };
  template <typename Visit>
  void Each(Visit&& visit) const {
    visit(code.value());
    visit(message.value());
  }
};

struct SourceMapRow {
  Field<int32_t> script;
  Field<std::optional<std::string_view>> url;

  static constexpr std::string_view kNames[] = {
      "script",
      "url",
  };
  template <typename Visit>
  void Each(Visit&& visit) const {
    visit(script.value());
    visit(url.value());
  }
};

}  // namespace asynctb
