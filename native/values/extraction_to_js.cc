// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "values/extraction_to_js.h"

#include <utility>

#include "sites/resources.h"
#include "sites/scopes.h"
#include "values/held_to_js.h"
#include "values/table.h"

namespace asynctb {

using v8::Array;
using v8::Context;
using v8::Integer;
using v8::Isolate;
using v8::Local;
using v8::Object;
using v8::Value;

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

}  // namespace asynctb
