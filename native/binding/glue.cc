// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

// The boundary for what glue asks: who holds something, what an object or function has inside, and
// what the tasks of a library are.

#include "binding/glue.h"

#include <algorithm>

#include "binding/exports.h"
#include "binding/handles.h"
#include "heap/evidence.h"
#include "heap/graph.h"
#include "heap/reactions.h"
#include "sites/activation.h"
#include "sites/scopes.h"
#include "v8/handle_address.h"
#include "values/extraction_to_js.h"
#include "values/table.h"

namespace asynctb {

using v8::Array;
using v8::Context;
using v8::Function;
using v8::HandleScope;
using v8::Isolate;
using v8::Local;
using v8::Value;

namespace {

// The objects in an array of ours; false for anything else.
bool ReadObjects(Local<Context> context, Local<Value> value, std::vector<Local<Value>>* objects) {
  if (!value->IsArray()) return false;
  Local<Array> array = value.As<Array>();
  objects->resize(array->Length());
  for (uint32_t i = 0; i < objects->size(); i++) {
    if (!array->Get(context, i).ToLocal(&(*objects)[i]) || !(*objects)[i]->IsObject()) return false;
  }
  return true;
}

// holders(values, samples, levels) → as HoldersToJs
Napi::Value Holders(const Napi::CallbackInfo& info) {
  constexpr int kMostLevels = 10;
  const EnvData& env = ProvenEnv(info.Env());
  Isolate* isolate = env.isolate();
  Local<Context> context = isolate->GetCurrentContext();
  HolderSearch search;
  if (!ReadObjects(context, FromNapi(info[0]), &search.values) ||
      !ReadHolderSamples(context, FromNapi(info[1]), &search) || !info[2].IsNumber()) {
    return info.Env().Undefined();
  }
  search.levels = std::min(info[2].As<Napi::Number>().Int32Value(), kMostLevels);
  return ToNapi(info.Env(), HoldersToJs(isolate, context, FindHolders(env, search)));
}

// closure(function) → `closure`; undefined:
// not a function that was written in JavaScript.
Napi::Value Closure(const Napi::CallbackInfo& info) {
  const EnvData& env = ProvenEnv(info.Env());
  Isolate* isolate = env.isolate();
  Local<Value> function = FromNapi(info[0]);
  Local<Value> scopes = ReadClosureScopes(env, function);
  if (scopes->IsUndefined()) return info.Env().Undefined();
  SiteTable sites(env);
  sites.ForFunction(ToAddress(function), FrameKind::kFunction);
  Local<Context> context = isolate->GetCurrentContext();
  return ToNapi(info.Env(), RecordToJs(isolate, context,
                                       ClosureRow{
                                           .sites = SitesToJs(isolate, context, sites.Describe()),
                                           .scopes = scopes,
                                       }));
}

// Whether the words behind an object's elements are all values: some of V8's objects have numbers
// and machine addresses there.
bool HasOnlyValues(Local<Value> value) {
  return value->IsObject() && !value->IsFunction() && !value->IsProxy() && !value->IsDate() &&
         !value->IsArrayBuffer() && !value->IsSharedArrayBuffer() && !value->IsArrayBufferView() &&
         !value->IsWasmMemoryObject() && !value->IsWasmModuleObject() &&
         value.As<v8::Object>()->InternalFieldCount() == 0;
}

// fieldsLike(value, sample) → the objects in a value's internal fields when it is of the sample's
// type, else undefined.
Napi::Value FieldsLike(const Napi::CallbackInfo& info) {
  const EnvData& env = ProvenEnv(info.Env());
  Isolate* isolate = env.isolate();
  if (!env.Can("functions") || !HasOnlyValues(FromNapi(info[0])) ||
      !HasOnlyValues(FromNapi(info[1]))) {
    return info.Env().Undefined();
  }
  const Address value = ToAddress(FromNapi(info[0]));
  const Address sample = ToAddress(FromNapi(info[1]));
  if (InstanceType(value) != InstanceType(sample)) return info.Env().Undefined();
  std::vector<Local<Value>> found;
  // After map, properties and elements. SAFETY: the size is that of the value's own map, and
  // handles do not allocate.
  constexpr int kFirstField = 24;
  const int size = SizeOf(env.layout(), value);
  for (int offset = kFirstField; offset < size; offset += 8) {
    const Local<Value> field = ToScriptValue(isolate, ReadWord(value, offset));
    if (field->IsObject()) found.push_back(field);
  }
  return ToNapi(info.Env(), Array::New(isolate, found.data(), found.size()));
}

// settledBy(function) → the promise that it is the `resolve` or `reject` of; undefined: none
Napi::Value SettledBy(const Napi::CallbackInfo& info) {
  const EnvData& env = ProvenEnv(info.Env());
  Local<Value> function = FromNapi(info[0]);
  if (!env.Can("promises") || !function->IsFunction()) return info.Env().Undefined();
  const Address promise = ReactionReader(env).SettledBy(ToAddress(function));
  if (promise == kNoAddress) return info.Env().Undefined();
  return ToNapi(info.Env(), ToScriptValue(env.isolate(), promise));
}

// sharesCode(a, b) → whether both are closures of one function, a built-in one included
Napi::Value SharesCode(const Napi::CallbackInfo& info) {
  const EnvData& env = ProvenEnv(info.Env());
  const Layout& layout = env.layout();
  Local<Value> a = FromNapi(info[0]), b = FromNapi(info[1]);
  const bool known = env.Can("functions") && a->IsFunction() && b->IsFunction();
  const Address first = known ? ToAddress(a) : kNoAddress,
                second = known ? ToAddress(b) : kNoAddress;
  // Functions of some kinds, bound ones and proxies, have other types.
  const bool shares =
      HasType(first, layout.function_type) && HasType(second, layout.function_type) &&
      ReadWord(first, layout.function_shared) == ReadWord(second, layout.function_shared);
  return Napi::Boolean::New(info.Env(), shares);
}

// suspendedIn(scriptId) → a table of each suspended async function of a script
Napi::Value SuspendedIn(const Napi::CallbackInfo& info) {
  const EnvData& env = ProvenEnv(info.Env());
  Isolate* isolate = env.isolate();
  std::vector<SuspendedRow> found;
  Local<Value> script = FromNapi(info[0]);
  Graph graph;
  if (script->IsInt32() && env.Can("promises") && env.Can("asyncFunctions") &&
      env.Can("asyncGenerators") && graph.Build(env)) {
    const int wanted = script.As<v8::Int32>()->Value();
    for (const Activation& activation : graph.activations()) {
      if (activation.state != ActivationState::kSuspended || activation.promise == kNone ||
          activation.type != ActivationType::kAsyncFunction) {
        continue;
      }
      // SAFETY: making handles and asking for a number does not allocate in the heap.
      const Address function = ReadWord(activation.address, env.layout().generator_function);
      {
        HandleScope scope(isolate);
        Local<Value> candidate = ToScriptValue(isolate, function);
        if (!candidate->IsFunction() || candidate.As<Function>()->ScriptId() != wanted) continue;
      }
      found.push_back({
          .promise = ToScriptValue(isolate, graph.promises()[activation.promise].address),
          .function = ToScriptValue(isolate, function),
      });
    }
  }
  return ToNapi(info.Env(), RowsToJs(isolate, isolate->GetCurrentContext(), found));
}

// noteTimerStart(milliseconds)
Napi::Value NoteTimerStart(const Napi::CallbackInfo& info) {
  info.Env().GetInstanceData<EnvData>()->NoteTimerStart(info[0].As<Napi::Number>().DoubleValue());
  return info.Env().Undefined();
}

// explain(promises, ignored) → `explanation`
Napi::Value Explain(const Napi::CallbackInfo& info) {
  const EnvData& env = ProvenEnv(info.Env());
  Isolate* isolate = env.isolate();
  Local<Context> context = isolate->GetCurrentContext();
  std::vector<Local<Value>> promises, ignored;
  Evidence evidence;
  std::vector<Site> sites;
  if (ReadObjects(context, FromNapi(info[0]), &promises) &&
      ReadObjects(context, FromNapi(info[1]), &ignored)) {
    evidence = FindEvidence(env, promises, ignored, &sites);
  }
  return ToNapi(info.Env(), ExplanationToJs(isolate, context, sites, evidence));
}

}  // namespace

bool ReadHolderSamples(Local<Context> context, Local<Value> value, HolderSearch* search) {
  constexpr size_t kSamples = 10;
  return ReadObjects(context, value, &search->samples) && search->samples.size() == kSamples;
}

void ExportGlue(Napi::Env env, Napi::Object exports) {
  const auto add = [&](const char* name, Napi::Value (*function)(const Napi::CallbackInfo&)) {
    Export(env, exports, name, function);
  };
  add("holders", Holders);
  add("explain", Explain);
  add("noteTimerStart", NoteTimerStart);
  add("closure", Closure);
  add("fieldsLike", FieldsLike);
  add("settledBy", SettledBy);
  add("sharesCode", SharesCode);
  add("suspendedIn", SuspendedIn);
}

}  // namespace asynctb
