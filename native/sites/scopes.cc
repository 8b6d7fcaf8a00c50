// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "sites/scopes.h"

#include "v8/handle_address.h"
#include "v8/scope_iterator.h"
#include "v8/v8_internals.h"

namespace asynctb {

using v8::Context;
using v8::Isolate;
using v8::Local;
using v8::Object;
using v8::Value;

Local<Value> ReadScopes(const EnvData& env, Local<Context> context, Local<Object> activation) {
  Isolate* isolate = env.isolate();
  if (!env.Can("scopes")) return v8::Undefined(isolate);
  const Layout& layout = env.layout();
  const uint16_t kind = InstanceType(ToAddress(activation));
  if (kind != layout.generator_type && kind != layout.async_function_type &&
      kind != layout.async_generator_type) {
    return v8::Undefined(isolate);
  }
  const Address word = ReadWord(ToAddress(activation), layout.generator_continuation);
  // SAFETY: V8 aborts on a generator that is not suspended.
  if (!IsSmi(word) || SmiValue(word) < 0) return v8::Undefined(isolate);
  const V8Internals& internals = GetV8Internals();
  v8::TryCatch guard(isolate);
  void* iterator = nullptr;
  internals.create_scope_iterator(&iterator, isolate, activation);
  if (iterator == nullptr) return v8::Undefined(isolate);
  return CollectFrameScopes(isolate, iterator);
}

Local<Value> ReadClosureScopes(const EnvData& env, Local<Value> function) {
  Isolate* isolate = env.isolate();
  const V8Internals& internals = GetV8Internals();
  if (!env.Can("scopes") || !env.Can("functions") || !internals.create_closure_iterator ||
      !function->IsFunction() || !HasType(ToAddress(function), env.layout().function_type) ||
      function.As<v8::Function>()->ScriptId() == v8::UnboundScript::kNoScriptId) {
    return v8::Undefined(isolate);
  }
  v8::TryCatch guard(isolate);
  void* iterator = nullptr;
  internals.create_closure_iterator(&iterator, isolate, function.As<v8::Function>());
  if (iterator == nullptr) return v8::Undefined(isolate);
  return CollectClosureScopes(isolate, iterator);
}

}  // namespace asynctb
