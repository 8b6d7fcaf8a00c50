// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

// The boundary for single targets, downward and upward. Arguments were checked in TypeScript.

#include <v8.h>

#include "binding/exports.h"
#include "binding/glue.h"
#include "binding/handles.h"
#include "heap/awaiters.h"
#include "heap/chain.h"
#include "heap/graph.h"
#include "heap/holders.h"
#include "running/hide_local.h"
#include "v8/handle_address.h"
#include "values/extraction_to_js.h"

namespace asynctb {

using v8::Array;
using v8::Context;
using v8::Isolate;
using v8::Local;
using v8::Object;
using v8::Value;

namespace {

Details DetailsOf(uint32_t flags) {
  return {(flags & Detail::kLocals) != 0, (flags & Detail::kResources) != 0};
}

// Looks at the object's type alone: a proxy is a proxy, whatever it stands for.
TargetType Classify(const EnvData& env, Local<Value> value) {
  if (value->IsPromise()) {
    return value.As<v8::Promise>()->State() == v8::Promise::kPending ? TargetType::kPendingPromise
                                                                     : TargetType::kSettledPromise;
  }
  if (!value->IsGeneratorObject()) return TargetType::kOther;
  if (!env.Can("generators")) return TargetType::kGenerator;
  const uint16_t type = InstanceType(ToAddress(value));
  return type == env.layout().generator_type ? TargetType::kGenerator : TargetType::kAsyncGenerator;
}

// Whether an async generator has been asked for something that it still works on.
bool IsAsked(const EnvData& env, Local<Value> generator) {
  return env.Can("asyncGenerators") &&
         HasType(ReadWord(ToAddress(generator), env.layout().async_generator_queue),
                 env.layout().request_type);
}

Napi::Value ClassifyTarget(const Napi::CallbackInfo& info) {
  const TargetType type = Classify(ProvenEnv(info.Env()), FromNapi(info[0]));
  return Napi::Number::New(info.Env(), static_cast<int32_t>(type));
}

// Who holds the functions that settle the promises at which chains end, unless that takes a walk of
// its own. SAFETY: nothing has been allocated since the walk.
std::vector<Holder> SearchSettlers(const EnvData& env, const std::vector<Chain>& chains,
                                   const HolderCandidates& candidates, HolderSearch* search) {
  constexpr size_t kMostSearched = 8'000;
  if (!candidates.is_complete()) return {};
  for (const Chain& chain : chains) {
    const auto& resolvers = chain.resolvers;
    search->values.insert(search->values.end(), resolvers.begin(), resolvers.end());
    for (const Chain::Passed& passed : chain.passed) {
      search->values.insert(search->values.end(), passed.resolvers.begin(), passed.resolvers.end());
    }
  }
  if (search->values.empty()) return {};
  if (search->values.size() > kMostSearched) {
    search->values.clear();
    return {};
  }
  return FindHoldersAmong(env, *search, candidates);
}

// What a target settles as it holds the functions of it.
void AddSettled(const EnvData& env, Graph& graph, Local<Value> target,
                std::vector<Settled>* settled) {
  uint32_t activation = graph.FindActivation(ToAddress(target));
  const uint32_t promise = graph.FindPromise(ToAddress(target));
  if (promise != kNone && graph.promises()[promise].kind() == SourceKind::kActivation) {
    activation = graph.promises()[promise].index();
  }
  if (activation == kNone) return;
  for (const Address each : graph.SettledThroughHolding(env, activation)) {
    settled->push_back({target, ToScriptValue(env.isolate(), each)});
  }
}

// extract(targets, flags, maxFrames, samples) → `extraction`
Napi::Value Extract(const Napi::CallbackInfo& info) {
  const EnvData& env = ProvenEnv(info.Env());
  Isolate* isolate = env.isolate();
  Local<Context> context = isolate->GetCurrentContext();
  Local<Array> targets = FromNapi(info[0]).As<Array>();
  const uint32_t flags = info[1].As<Napi::Number>().Uint32Value();
  const uint32_t max_frames = info[2].As<Napi::Number>().Uint32Value();

  std::vector<Local<Value>> values(targets->Length());
  std::vector<int32_t> roots(values.size(), -1);
  bool needs_graph = false;
  const auto from_graph = [&](TargetType type, Local<Value> value) {
    return type == TargetType::kPendingPromise ||
           (type == TargetType::kAsyncGenerator && IsAsked(env, value));
  };
  for (uint32_t i = 0; i < values.size(); i++) {
    if (!targets->Get(context, i).ToLocal(&values[i])) return info.Env().Undefined();
    needs_graph = needs_graph || from_graph(Classify(env, values[i]), values[i]);
  }

  HolderSearch search;
  const bool with_resolvers =
      env.Can("resolvers") && ReadHolderSamples(context, FromNapi(info[3]), &search);
  HolderCandidates candidates(env, search);
  std::vector<Holder> holders;
  std::vector<Settled> settled;
  SiteTable sites(env);
  ChainBuilder builder(env, &sites, max_frames);
  std::string error;
  if (needs_graph) {
    for (const char* need : {"promises", "asyncFunctions", "asyncGenerators"}) {
      if (error.empty() && !env.Can(need)) error = std::string(need) + ": " + env.WhyNot(need);
    }
    Graph graph;
    if (error.empty() &&
        !graph.Build(env, nullptr, with_resolvers ? &candidates : nullptr, &values)) {
      error = graph.walk().reason;
    }
    if (error.empty() && !graph.complete()) error = "there was no memory for what the walk found";
    // SAFETY: from the walk to the end of this block nothing allocates in the isolate.
    for (uint32_t i = 0; i < values.size(); i++) {
      if (!error.empty() || !from_graph(Classify(env, values[i]), values[i])) continue;
      roots[i] = static_cast<int32_t>(builder.chains().size());
      builder.AddFromGraph(&graph, ToAddress(values[i]));
      AddSettled(env, graph, values[i], &settled);
    }
    builder.AddResolvers(graph.resolvers());
    holders = SearchSettlers(env, builder.chains(), candidates, &search);
  }
  for (uint32_t i = 0; i < values.size(); i++) {
    const TargetType type = Classify(env, values[i]);
    if (type != TargetType::kGenerator && type != TargetType::kAsyncGenerator) continue;
    if (from_graph(type, values[i]) || !env.Can("generators")) continue;
    roots[i] = static_cast<int32_t>(builder.chains().size());
    builder.AddGenerator(values[i].As<Object>());
  }

  builder.FindRunning();
  const std::vector<Site>& described = sites.Describe();
  std::vector<bool> read_scopes((flags & Detail::kLocals) != 0 ? described.size() : 0, true);
  if (read_scopes.empty()) {
    read_scopes = FindHideLocals(env, context, builder.chains(), described.size());
  }
  const Extraction extraction = {
      .sites = described,
      .chains = builder.chains(),
      .roots = roots,
      .error = std::move(error),
      .unread_wasm = sites.unread_wasm(),
      .resolvers = std::move(search.values),
      .holders = std::move(holders),
      .settled = std::move(settled),
  };
  return ToNapi(info.Env(),
                ExtractionToJs(env, context, extraction, DetailsOf(flags), read_scopes));
}

// awaiters(target, flags, skip, limit) → `awaiterList`; undefined when nobody waits.
Napi::Value Awaiters(const Napi::CallbackInfo& info) {
  const EnvData& env = ProvenEnv(info.Env());
  Isolate* isolate = env.isolate();
  Local<Value> target = FromNapi(info[0]);
  const uint32_t flags = info[1].As<Napi::Number>().Uint32Value();
  AwaiterRange range;
  range.skip = info[2].As<Napi::Number>().Uint32Value();
  range.limit = info[3].As<Napi::Number>().Uint32Value();
  SiteTable sites(env);
  AwaiterList awaiters;
  const TargetType type = Classify(env, target);
  if (env.Can("promises") && env.Can("asyncFunctions") && env.Can("asyncGenerators") &&
      (type == TargetType::kPendingPromise || type == TargetType::kAsyncGenerator)) {
    awaiters = FindAwaiters(env, &sites, ToAddress(target), range);
  }
  // At least one more than were counted, where that was given up.
  if (!awaiters.is_whole) awaiters.total++;
  if (awaiters.total == 0) return info.Env().Undefined();
  return ToNapi(info.Env(), AwaitersToJs(env, isolate->GetCurrentContext(), awaiters,
                                         sites.Describe(), DetailsOf(flags)));
}

// combined() → promises
Napi::Value Combined(const Napi::CallbackInfo& info) {
  const EnvData& env = ProvenEnv(info.Env());
  constexpr size_t kMost = 100'000;
  std::vector<Local<Value>> found = FindCombined(env, kMost);
  return ToNapi(info.Env(), Array::New(env.isolate(), found.data(), found.size()));
}

}  // namespace

void ExportExtraction(Napi::Env env, Napi::Object exports) {
  Export(env, exports, "classify", ClassifyTarget);
  Export(env, exports, "extract", Extract);
  Export(env, exports, "combined", Combined);
  Export(env, exports, "awaiters", Awaiters);
}

}  // namespace asynctb
