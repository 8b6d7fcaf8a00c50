// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

// The boundary for what one thread asks about itself. Arguments were checked in TypeScript.

#include <algorithm>
#include <chrono>
#include <mutex>
#include <string>

#if defined(__linux__)
#include <sys/syscall.h>
#include <unistd.h>
#endif

#include "base/context_keys.h"
#include "base/file_text.h"
#include "base/platform/child_processes.h"
#include "binding/contexts.h"
#include "binding/exports.h"
#include "binding/handles.h"
#include "heap/graph.h"
#include "heap/heap_walk.h"
#include "layout/running_frames.h"
#include "running/running_details.h"
#include "sites/resources.h"
#include "sites/scopes.h"
#include "sites/script_place.h"
#include "text/source_text.h"
#include "threads/thread_capture.h"
#include "v8/command_line.h"
#include "v8/handle_address.h"
#include "v8/v8_compat.h"
#include "values/extraction_to_js.h"
#include "values/heap_room.h"
#include "values/table.h"

namespace asynctb {

using v8::Array;
using v8::Context;
using v8::Function;
using v8::Isolate;
using v8::Local;
using v8::Object;
using v8::Value;

namespace {

EnvData& AllProvenEnv(Napi::Env env) {
  EnvData& data = *env.GetInstanceData<EnvData>();
  data.EnsureAllProven();
  return data;
}

// capabilities(all): those too that are proven when they are needed
Napi::Value Capabilities(const Napi::CallbackInfo& info) {
  Isolate* isolate = Isolate::GetCurrent();
  EnvData& env = ProvenEnv(info.Env());
  // By V8: Node-API refuses to answer a thread that is being terminated, and its C++ wrapper ends
  // the process over that; the proof takes long enough for it.
  if (FromNapi(info[0])->IsTrue()) env.EnsureEverythingProven();
  return ToNapi(info.Env(),
                CapabilitiesToJs(isolate, isolate->GetCurrentContext(), env.capabilities()));
}

// disable(names): see EnvData. The environment is not read here: `getenv` on any thread races with
// a program that changes it.
Napi::Value Disable(const Napi::CallbackInfo& info) {
  info.Env().GetInstanceData<EnvData>()->set_disabled(info[0].As<Napi::String>().Utf8Value());
  return info.Env().Undefined();
}

// environment(text): the text that the first thread gave here, which is shared by all; '' when
// there is none.
Napi::Value SharedEnvironment(const Napi::CallbackInfo& info) {
  static std::mutex mutex;
  // Never freed: threads may ask while the process runs its static destructors.
  static std::string* text = new std::string();
  std::lock_guard<std::mutex> lock(mutex);
  if (text->empty() && info[0].IsString()) *text = info[0].As<Napi::String>().Utf8Value();
  return Napi::String::New(info.Env(), *text);
}

// Whether capabilities() has said its last word: false while something passing is in the way.
Napi::Value IsProven(const Napi::CallbackInfo& info) {
  return Napi::Boolean::New(info.Env(), ProvenEnv(info.Env()).proven());
}

// capture(flags, keys) → `ownCapture`; `keys`: lines, of the context that is shown besides
Napi::Value Capture(const Napi::CallbackInfo& info) {
  const EnvData& env = AllProvenEnv(info.Env());
  Isolate* isolate = env.isolate();
  Local<Context> context = isolate->GetCurrentContext();
  const uint32_t flags = info[0].As<Napi::Number>().Uint32Value();
  const bool with_locals = (flags & Detail::kLocals) != 0;
  const ContextKeys::OfCaller keys(KeysFromJs(isolate, FromNapi(info[1])));
  ThreadCapture capture;
  // More frames have no variables, and their groups stand at nodes that they share.
  FrameSamples samples;
  samples.most = 100'000;
  CaptureThread(env, &capture, true, with_locals ? &samples : nullptr, static_cast<int>(flags));
  return ToNapi(info.Env(),
                OwnCaptureToJs(env, context, capture, with_locals ? &samples : nullptr));
}

// running(limit, flags) → `runningStack`
Napi::Value Running(const Napi::CallbackInfo& info) {
  const EnvData& env = AllProvenEnv(info.Env());
  Isolate* isolate = env.isolate();
  const int limit = info[0].As<Napi::Number>().Int32Value();
  const uint32_t flags = info[1].As<Napi::Number>().Uint32Value();
  std::vector<Site> sites = RunningSites(env, limit);
  const std::vector<RunningDetail> details =
      DescribeRunning(env, isolate->GetCurrentContext(), &sites, (flags & Detail::kResources) != 0);
  return ToNapi(info.Env(), RunningToJs(isolate, isolate->GetCurrentContext(), sites, details));
}

// runningScopes(frames) → of each, counted from the outermost, as `locals` of an entry
Napi::Value RunningScopes(const Napi::CallbackInfo& info) {
  const EnvData& env = AllProvenEnv(info.Env());
  Local<Context> context = env.isolate()->GetCurrentContext();
  Local<Array> wanted = FromNapi(info[0]).As<Array>();
  std::vector<int32_t> frames;
  for (uint32_t i = 0; i < wanted->Length(); i++) {
    Local<Value> number;
    if (wanted->Get(context, i).ToLocal(&number) && number->IsInt32()) {
      frames.push_back(number.As<v8::Int32>()->Value());
    }
  }
  return ToNapi(info.Env(), ReadRunningScopes(env, context, frames));
}

// How many activations of a function are on the stack.
Napi::Value Activations(const Napi::CallbackInfo& info) {
  return Napi::Number::New(
      info.Env(), static_cast<double>(FindRunningFrames(ToAddress(FromNapi(info[0]))).size()));
}

// executing() → a table of each async function that may be running: V8 leaves
// one that has returned in the same state, but then its promise has settled, is settled by another
// one, or its function is on no stack.
Napi::Value Executing(const Napi::CallbackInfo& info) {
  const EnvData& env = ProvenEnv(info.Env());
  Isolate* isolate = env.isolate();
  std::vector<ExecutingRow> found;
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
      found.push_back({
          .promise = ToScriptValue(isolate, promise.address),
          .function = ToScriptValue(isolate, function),
          .activations = static_cast<int32_t>(frames.size()),
          .activation_index = index,
      });
    }
  }
  return ToNapi(info.Env(), RowsToJs(isolate, isolate->GetCurrentContext(), found));
}

// Whether this is the thread that the process began with; false when it cannot be told.
Napi::Value IsFirstThread(const Napi::CallbackInfo& info) {
#if defined(__linux__)
  return Napi::Boolean::New(info.Env(), syscall(SYS_gettid) == getpid());
#else
  return Napi::Boolean::New(info.Env(), false);
#endif
}

// The bare walk, to measure others against.
Napi::Value WalkOnly(const Napi::CallbackInfo& info) {
  const EnvData& env = ProvenEnv(info.Env());
  const auto start = std::chrono::steady_clock::now();
  const WalkResult result = WalkHeapOnly(env);
  const double ms =
      std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start).count();
  Isolate* isolate = env.isolate();
  return ToNapi(info.Env(),
                RecordToJs(isolate, isolate->GetCurrentContext(),
                           WalkRow{.heap_objects = result.heap_objects, .milliseconds = ms}));
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

// childProcesses() → {pid, argv}[]
Napi::Value ChildProcesses(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  const std::vector<ChildProcess> found = ReadChildProcesses();
  Napi::Array children = Napi::Array::New(env, found.size());
  for (uint32_t i = 0; i < found.size(); i++) {
    Napi::Array arguments = Napi::Array::New(env, found[i].arguments.size());
    for (uint32_t at = 0; at < found[i].arguments.size(); at++) {
      arguments.Set(at, found[i].arguments[at]);
    }
    Napi::Object child = Napi::Object::New(env);
    child.Set("pid", found[i].pid);
    child.Set("argv", arguments);
    children.Set(i, child);
  }
  return children;
}

// processTitle()
Napi::Value ProcessTitle(const Napi::CallbackInfo& info) {
  return Napi::String::New(info.Env(), ReadProcessTitle());
}

// What the heap may hold with a text that is read for source maps.
double LimitForTexts(Isolate* isolate) {
  v8::HeapStatistics heap;
  isolate->GetHeapStatistics(&heap);
  return 0.9 * static_cast<double>(heap.heap_size_limit());
}

// hasRoom(bytes)
Napi::Value HasRoomFor(const Napi::CallbackInfo& info) {
  Isolate* isolate = Isolate::GetCurrent();
  const double bytes = info[0].As<Napi::Number>().DoubleValue();
  return Napi::Boolean::New(info.Env(), HasRoom(isolate, bytes, LimitForTexts(isolate)));
}

// readText(path, root, longest): null when it cannot be had.
Napi::Value ReadText(const Napi::CallbackInfo& info) {
  Isolate* isolate = Isolate::GetCurrent();
  const size_t longest = static_cast<size_t>(info[2].As<Napi::Number>().Int64Value());
  Local<v8::String> text;
  if (!FileInRoom(isolate, info[0].As<Napi::String>().Utf8Value(),
                  info[1].As<Napi::String>().Utf8Value(), longest, LimitForTexts(isolate))
           .ToLocal(&text)) {
    return info.Env().Null();
  }
  return ToNapi(info.Env(), text);
}

// compileFile(path) → (exports, require) => undefined, with the text of a file of ours as its body;
// null when it cannot be had.
Napi::Value CompileFile(const Napi::CallbackInfo& info) {
  std::string text;
  Isolate* isolate = Isolate::GetCurrent();
  if (!ReadFileText(info[0].As<Napi::String>().Utf8Value(), &text)) return info.Env().Null();
  Local<v8::String> body;
  Local<v8::String> names[] = {v8::String::NewFromUtf8Literal(isolate, "exports"),
                               v8::String::NewFromUtf8Literal(isolate, "require")};
  if (!v8::String::NewFromUtf8(isolate, text.data(), v8::NewStringType::kNormal,
                               static_cast<int>(text.size()))
           .ToLocal(&body)) {
    return info.Env().Null();
  }
  v8::TryCatch guard(isolate);
  v8::ScriptCompiler::Source source(body,
                                    MakeOrigin(isolate, FromNapi(info[0]).As<v8::String>(), false));
  Local<Function> function;
  if (!v8::ScriptCompiler::CompileFunction(isolate->GetCurrentContext(), &source, 2, names)
           .ToLocal(&function)) {
    return info.Env().Null();
  }
  return ToNapi(info.Env(), function);
}

// All closures of one source have the same id; '' for what was not written in JavaScript.
Napi::Value FunctionId(const Napi::CallbackInfo& info) {
  return Napi::String::New(info.Env(), FunctionIdOf(FromNapi(info[0]).As<Function>()));
}

// markFunction(functionId, marks): in dumps the frames of the function are hidden, or their lines
Napi::Value MarkFunction(const Napi::CallbackInfo& info) {
  EnvData* env = info.Env().GetInstanceData<EnvData>();
  env->MarkFunction(info[0].As<Napi::String>().Utf8Value(),
                    info[1].As<Napi::Number>().Int32Value());
  return info.Env().Undefined();
}

// scopes(activation) → as `locals` of an entry; `activation` is one that `extract` gave.
Napi::Value Scopes(const Napi::CallbackInfo& info) {
  const EnvData& env = ProvenEnv(info.Env());
  Local<Value> activation = FromNapi(info[0]);
  if (!activation->IsObject()) return info.Env().Undefined();
  return ToNapi(info.Env(),
                ReadScopes(env, env.isolate()->GetCurrentContext(), activation.As<Object>()));
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
  const EnvData& env = ProvenEnv(info.Env());
  return ToNapi(info.Env(), StackEntriesToJs(env.isolate(), env.isolate()->GetCurrentContext(),
                                             ReadDisposableStack(env, FromNapi(info[0]))));
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
    Export(env, exports, name, function);
  };
  add("capabilities", Capabilities);
  add("disable", Disable);
  add("environment", SharedEnvironment);
  add("isProven", IsProven);
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
  add("markFunction", MarkFunction);
  add("sourceMapUrl", SourceMapUrl);
  add("readText", ReadText);
  add("hasRoom", HasRoomFor);
  add("processTitle", ProcessTitle);
  add("childProcesses", ChildProcesses);
  add("compileFile", CompileFile);
}

}  // namespace asynctb
