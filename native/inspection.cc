// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

// The boundary for what one thread asks about itself. Arguments were checked in TypeScript.

#include <algorithm>
#include <chrono>

#if defined(__linux__)
#include <sys/syscall.h>
#include <unistd.h>
#endif

#include "awaiters.h"
#include "chain.h"
#include "exports.h"
#include "file_text.h"
#include "graph.h"
#include "handles.h"
#include "heap_walk.h"
#include "hide_local.h"
#include "resources.h"
#include "running_details.h"
#include "running_frames.h"
#include "scopes.h"
#include "source_text.h"
#include "thread_capture.h"
#include "to_js.h"

namespace asynctb {

using v8::Array;
using v8::Context;
using v8::Function;
using v8::Isolate;
using v8::Local;
using v8::Object;
using v8::Value;

namespace {

// Numbers shared with `lib/native/binding.ts`.
enum class TargetType : int32_t {
  kOther = 0,
  kGenerator = 1,
  kAsyncGenerator = 2,
  kPendingPromise = 3,
  kSettledPromise = 4,
};
enum ExtractFlags : uint32_t { kWithLocals = 1, kWithResources = 2, kWithResolvers = 4 };

Details DetailsOf(uint32_t flags) {
  return {(flags & kWithLocals) != 0, (flags & kWithResources) != 0};
}

EnvData& ProvenEnv(Napi::Env env) {
  EnvData& data = *env.GetInstanceData<EnvData>();
  data.EnsureProven();
  return data;
}

EnvData& AllProvenEnv(Napi::Env env) {
  EnvData& data = *env.GetInstanceData<EnvData>();
  data.EnsureAllProven();
  return data;
}

// Looks at the object's type alone: a proxy is a proxy, whatever it stands for.
TargetType Classify(const EnvData& env, Local<Value> value) {
  if (value->IsPromise()) {
    return value.As<v8::Promise>()->State() == v8::Promise::kPending
               ? TargetType::kPendingPromise
               : TargetType::kSettledPromise;
  }
  if (!value->IsGeneratorObject()) return TargetType::kOther;
  if (!env.Can("generators")) return TargetType::kGenerator;
  const uint16_t type = InstanceType(ToAddress(value));
  return type == env.layout().generator_type ? TargetType::kGenerator
                                             : TargetType::kAsyncGenerator;
}

// Whether an async generator has been asked for something that it still works on.
bool IsAsked(const EnvData& env, Local<Value> generator) {
  return env.Can("asyncGenerators") &&
         HasType(ReadWord(ToAddress(generator), env.layout().async_generator_queue),
                 env.layout().request_type);
}

// capabilities(all): those too that are proven when they are needed
Napi::Value Capabilities(const Napi::CallbackInfo& info) {
  Isolate* isolate = Isolate::GetCurrent();
  EnvData& env = ProvenEnv(info.Env());
  if (info[0].ToBoolean()) env.EnsureEverythingProven();
  return ToNapi(info.Env(),
                CapabilitiesToJs(isolate, isolate->GetCurrentContext(), env.capabilities()));
}

// Whether capabilities() has said its last word: false while something passing is in the way.
Napi::Value IsProven(const Napi::CallbackInfo& info) {
  return Napi::Boolean::New(info.Env(), ProvenEnv(info.Env()).proven());
}

Napi::Value ClassifyTarget(const Napi::CallbackInfo& info) {
  const TargetType type = Classify(ProvenEnv(info.Env()), FromNapi(info[0]));
  return Napi::Number::New(info.Env(), static_cast<int32_t>(type));
}

// extract(targets, flags, maxFrames) → [sites, chains, roots, error, why WebAssembly is not read]
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

  const bool with_resolvers = (flags & kWithResolvers) != 0 && env.Can("resolvers");
  SiteTable sites(env);
  ChainBuilder builder(env, &sites, max_frames);
  std::string error;
  if (needs_graph) {
    for (const char* need : {"promises", "asyncFunctions", "asyncGenerators"}) {
      if (error.empty() && !env.Can(need)) error = std::string(need) + ": " + env.WhyNot(need);
    }
    Graph graph;
    if (error.empty() && !graph.Build(env, nullptr, with_resolvers)) error = graph.walk().reason;
    if (error.empty() && !graph.complete()) error = "there was no memory for what the walk found";
    // SAFETY: from the walk to the end of this block nothing allocates in the isolate.
    for (uint32_t i = 0; i < values.size(); i++) {
      if (!error.empty() || !from_graph(Classify(env, values[i]), values[i])) continue;
      roots[i] = static_cast<int32_t>(builder.chains().size());
      builder.AddFromGraph(&graph, ToAddress(values[i]));
    }
    builder.AddResolvers(graph.resolvers());
  }
  for (uint32_t i = 0; i < values.size(); i++) {
    const TargetType type = Classify(env, values[i]);
    if (type != TargetType::kGenerator && type != TargetType::kAsyncGenerator) continue;
    if (from_graph(type, values[i]) || !env.Can("generators")) continue;
    roots[i] = static_cast<int32_t>(builder.chains().size());
    builder.AddGenerator(values[i].As<Object>());
  }

  builder.FindRunning();
  std::vector<Local<Value>> root_numbers;
  for (const int32_t root : roots) root_numbers.push_back(v8::Integer::New(isolate, root));
  const std::vector<Site>& described = sites.Describe();
  std::vector<bool> read_scopes((flags & kWithLocals) != 0 ? described.size() : 0, true);
  if (read_scopes.empty()) {
    read_scopes = FindHideLocals(env, context, builder.chains(), described.size());
  }
  Local<Value> fields[] = {
      SitesToJs(isolate, described),
      ChainsToJs(env, context, builder.chains(), DetailsOf(flags), read_scopes),
      Array::New(isolate, root_numbers.data(), root_numbers.size()),
      v8::String::NewFromUtf8(isolate, error.c_str()).ToLocalChecked(),
      v8::String::NewFromUtf8(isolate, sites.unread_wasm().c_str()).ToLocalChecked(),
  };
  return ToNapi(info.Env(), Array::New(isolate, fields, 5));
}

// awaiters(target, flags) → [sites, awaiters]
Napi::Value Awaiters(const Napi::CallbackInfo& info) {
  const EnvData& env = ProvenEnv(info.Env());
  Isolate* isolate = env.isolate();
  Local<Value> target = FromNapi(info[0]);
  const uint32_t flags = info[1].As<Napi::Number>().Uint32Value();
  SiteTable sites(env);
  std::vector<Awaiter> awaiters;
  const TargetType type = Classify(env, target);
  if (env.Can("promises") && env.Can("asyncFunctions") && env.Can("asyncGenerators") &&
      (type == TargetType::kPendingPromise || type == TargetType::kAsyncGenerator)) {
    awaiters = FindAwaiters(env, &sites, ToAddress(target));
  }
  Local<Value> fields[] = {
      SitesToJs(isolate, sites.Describe()),
      AwaitersToJs(env, isolate->GetCurrentContext(), awaiters, DetailsOf(flags)),
  };
  return ToNapi(info.Env(), Array::New(isolate, fields, 2));
}

// capture(flags) → RawThread; with locals, `scopes` holds those of one activation a node.
Napi::Value Capture(const Napi::CallbackInfo& info) {
  const EnvData& env = AllProvenEnv(info.Env());
  Isolate* isolate = env.isolate();
  Local<Context> context = isolate->GetCurrentContext();
  const bool with_locals = (info[0].As<Napi::Number>().Uint32Value() & kWithLocals) != 0;
  ThreadCapture capture;
  std::vector<Local<Object>> samples;
  CaptureThread(env, &capture, true, with_locals ? &samples : nullptr);
  Local<Object> result = CaptureToJs(isolate, context, capture);
  if (with_locals) AddScopes(env, context, samples, result);
  return ToNapi(info.Env(), result);
}

// running(limit, flags) → [sites, details], the caller's stack, innermost first
Napi::Value Running(const Napi::CallbackInfo& info) {
  const EnvData& env = AllProvenEnv(info.Env());
  Isolate* isolate = env.isolate();
  const int limit = info[0].As<Napi::Number>().Int32Value();
  const uint32_t flags = info[1].As<Napi::Number>().Uint32Value();
  std::vector<Site> sites = RunningSites(env, limit);
  const std::vector<RunningDetail> details = DescribeRunning(
      env, isolate->GetCurrentContext(), &sites, (flags & kWithResources) != 0);
  Local<Value> fields[] = {SitesToJs(isolate, sites), RunningToJs(isolate, details)};
  return ToNapi(info.Env(), Array::New(isolate, fields, 2));
}

// runningScopes(frames) → of each, counted from the outermost, as `locals` of an entry
Napi::Value RunningScopes(const Napi::CallbackInfo& info) {
  const EnvData& env = AllProvenEnv(info.Env());
  const Napi::Array wanted = info[0].As<Napi::Array>();
  std::vector<int32_t> frames;
  for (uint32_t i = 0; i < wanted.Length(); i++) {
    frames.push_back(wanted.Get(i).As<Napi::Number>().Int32Value());
  }
  return ToNapi(info.Env(),
                ReadRunningScopes(env, env.isolate()->GetCurrentContext(), frames));
}

// How many activations of a function are on the stack.
Napi::Value Activations(const Napi::CallbackInfo& info) {
  return Napi::Number::New(
      info.Env(),
      static_cast<double>(FindRunningFrames(ToAddress(FromNapi(info[0]))).size()));
}

// [promise, function, activations, index] of each async function that may be running: V8 leaves
// one that has returned in the same state, but then its promise has settled, is settled by another
// one, or its function is on no stack.
Napi::Value Executing(const Napi::CallbackInfo& info) {
  const EnvData& env = ProvenEnv(info.Env());
  Isolate* isolate = env.isolate();
  std::vector<std::vector<Local<Value>>> found;
  Graph graph;
  if (env.Can("promises") && env.Can("asyncFunctions") && env.Can("asyncGenerators") &&
      graph.Build(env)) {
    for (const Activation& activation : graph.activations()) {
      if (activation.state != ActivationState::kExecuting || activation.promise == kNone) continue;
      const PromiseRecord& promise = graph.promises()[activation.promise];
      if (promise.kind() != SourceKind::kActivation) continue;
      const Address function = ReadWord(activation.address, env.layout().generator_function);
      const std::vector<RunningFrame> frames = FindRunningFrames(function);
      if (frames.empty()) continue;
      int index = -1;
      for (size_t i = 0; i < frames.size(); i++) {
        if (frames[i].Holds(activation.address)) index = static_cast<int>(i);
      }
      found.push_back({ToScriptValue(isolate, promise.address), ToScriptValue(isolate, function),
                       v8::Integer::New(isolate, static_cast<int32_t>(frames.size())),
                       v8::Integer::New(isolate, index)});
    }
  }
  std::vector<Local<Value>> result;
  for (auto& fields : found) result.push_back(Array::New(isolate, fields.data(), fields.size()));
  return ToNapi(info.Env(), Array::New(isolate, result.data(), result.size()));
}

// Whether this is the thread that the process began with; false when it cannot be told.
Napi::Value IsFirstThread(const Napi::CallbackInfo& info) {
#if defined(__linux__)
  return Napi::Boolean::New(info.Env(), syscall(SYS_gettid) == getpid());
#else
  return Napi::Boolean::New(info.Env(), false);
#endif
}

// The bare walk, to measure others against: [objects, milliseconds]
Napi::Value WalkOnly(const Napi::CallbackInfo& info) {
  const EnvData& env = ProvenEnv(info.Env());
  const auto start = std::chrono::steady_clock::now();
  const WalkResult result = WalkHeapOnly(env);
  const double ms =
      std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start).count();
  Napi::Array pair = Napi::Array::New(info.Env(), 2);
  pair.Set(uint32_t{0}, result.heap_objects);
  pair.Set(uint32_t{1}, ms);
  return pair;
}

// What a function is bound to in the end, itself when it is not bound.
Napi::Value Unbind(const Napi::CallbackInfo& info) {
  Local<Value> value = FromNapi(info[0]);
  for (int depth = 0; depth < 100 && value->IsFunction(); depth++) {
    Local<Value> target = value.As<Function>()->GetBoundFunction();
    if (!target->IsFunction()) break;
    value = target;
  }
  return ToNapi(info.Env(), value);
}

// What a script that was met in a site says of its source map; '' when it is gone.
Napi::Value SourceMapUrl(const Napi::CallbackInfo& info) {
  const EnvData& env = *info.Env().GetInstanceData<EnvData>();
  return ToNapi(info.Env(), env.SourceMapUrl(info[0].As<Napi::Number>().Int32Value()));
}

// The text of an ordinary file, null when it cannot be had.
Napi::Value ReadText(const Napi::CallbackInfo& info) {
  std::string text;
  if (!ReadFileText(info[0].As<Napi::String>().Utf8Value(), &text)) return info.Env().Null();
  Local<v8::String> result;
  if (!v8::String::NewFromUtf8(Isolate::GetCurrent(), text.data(), v8::NewStringType::kNormal,
                               static_cast<int>(text.size()))
           .ToLocal(&result)) {
    return info.Env().Null();
  }
  return ToNapi(info.Env(), result);
}

// All closures of one source have the same id; '' for what was not written in JavaScript.
Napi::Value FunctionId(const Napi::CallbackInfo& info) {
  return Napi::String::New(info.Env(), FunctionIdOf(FromNapi(info[0]).As<Function>()));
}

// scopes(activation) → as `locals` of an entry; `activation` is one that `extract` gave.
Napi::Value Scopes(const Napi::CallbackInfo& info) {
  const EnvData& env = ProvenEnv(info.Env());
  Local<Value> activation = FromNapi(info[0]);
  if (!activation->IsObject()) return info.Env().Undefined();
  return ToNapi(info.Env(), ReadScopes(env, env.isolate()->GetCurrentContext(),
                                       activation.As<Object>()));
}

// registerObjects(activation) → the objects in its registers
Napi::Value RegisterObjects(const Napi::CallbackInfo& info) {
  const EnvData& env = ProvenEnv(info.Env());
  Local<Value> activation = FromNapi(info[0]);
  if (!activation->IsObject()) return info.Env().Undefined();
  return ToNapi(info.Env(), ReadRegisterObjects(env, activation.As<Object>()));
}

// closureScopes(function) → the scopes that it closes over, innermost first
Napi::Value ClosureScopes(const Napi::CallbackInfo& info) {
  return ToNapi(info.Env(), ReadClosureScopes(ProvenEnv(info.Env()), FromNapi(info[0])));
}

// What a function's `this` is bound to; undefined for one that is not bound.
Napi::Value BoundThis(const Napi::CallbackInfo& info) {
  return ToNapi(info.Env(), ReadBoundThis(ProvenEnv(info.Env()), FromNapi(info[0])));
}

// What an (Async)DisposableStack of V8's holds; undefined for anything else.
Napi::Value StackEntries(const Napi::CallbackInfo& info) {
  return ToNapi(info.Env(), ReadDisposableStack(ProvenEnv(info.Env()), FromNapi(info[0])));
}

// sourceText(function, start, end) → that part of its script, '' when it has none
Napi::Value SourceText(const Napi::CallbackInfo& info) {
  const EnvData& env = ProvenEnv(info.Env());
  Local<v8::String> text = ScriptTextOf(env, FromNapi(info[0]));
  const int end = std::min(text->Length(), info[2].As<Napi::Number>().Int32Value());
  const int start = std::clamp(info[1].As<Napi::Number>().Int32Value(), 0, end);
  return ToNapi(info.Env(), CutText(env.isolate(), text, start, end));
}

}  // namespace

void ExportInspection(Napi::Env env, Napi::Object exports) {
  const auto add = [&](const char* name, Napi::Value (*function)(const Napi::CallbackInfo&)) {
    exports.Set(name, Napi::Function::New(env, function, name));
  };
  add("capabilities", Capabilities);
  add("isProven", IsProven);
  add("classify", ClassifyTarget);
  add("extract", Extract);
  add("awaiters", Awaiters);
  add("capture", Capture);
  add("running", Running);
  add("runningScopes", RunningScopes);
  add("activations", Activations);
  add("executing", Executing);
  add("isFirstThread", IsFirstThread);
  add("walkOnly", WalkOnly);
  add("scopes", Scopes);
  add("closureScopes", ClosureScopes);
  add("registerObjects", RegisterObjects);
  add("boundThis", BoundThis);
  add("stackEntries", StackEntries);
  add("sourceText", SourceText);
  add("unbind", Unbind);
  add("functionId", FunctionId);
  add("sourceMapUrl", SourceMapUrl);
  add("readText", ReadText);
}

}  // namespace asynctb
