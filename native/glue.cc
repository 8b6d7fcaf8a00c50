// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

// The boundary for what glue asks to recognise the tasks of a library.

#include "activation.h"
#include "exports.h"
#include "graph.h"
#include "handles.h"
#include "reactions.h"

namespace asynctb {

using v8::Array;
using v8::Function;
using v8::HandleScope;
using v8::Isolate;
using v8::Local;
using v8::Value;

namespace {

EnvData& ProvenEnv(Napi::Env env) {
  EnvData& data = *env.GetInstanceData<EnvData>();
  data.EnsureProven();
  return data;
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

// suspendedIn(scriptId) → [promise, function] of each suspended async function of a script
Napi::Value SuspendedIn(const Napi::CallbackInfo& info) {
  const EnvData& env = ProvenEnv(info.Env());
  Isolate* isolate = env.isolate();
  std::vector<Local<Value>> flat;
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
      flat.push_back(ToScriptValue(isolate, graph.promises()[activation.promise].address));
      flat.push_back(ToScriptValue(isolate, function));
    }
  }
  return ToNapi(info.Env(), Array::New(isolate, flat.data(), flat.size()));
}

}  // namespace

void ExportGlue(Napi::Env env, Napi::Object exports) {
  exports.Set("settledBy", Napi::Function::New(env, SettledBy, "settledBy"));
  exports.Set("suspendedIn", Napi::Function::New(env, SuspendedIn, "suspendedIn"));
}

}  // namespace asynctb
