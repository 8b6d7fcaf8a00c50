// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "scopes.h"

#include <vector>

#include "v8_internals.h"

namespace asynctb {

using v8::Array;
using v8::Context;
using v8::Isolate;
using v8::Local;
using v8::Object;
using v8::Value;

namespace {

// v8::debug::ScopeIterator::ScopeType
enum ScopeType : int { kGlobal = 0, kLocal, kWith, kClosure, kCatch, kBlock, kScript, kEval, kModule };

// Goes through all scopes of the function itself, or of what is around it, and deletes the iterator.
Local<Value> Collect(Isolate* isolate, void* iterator, bool is_closure) {
  const V8Internals& internals = GetV8Internals();
  std::vector<Local<Value>> scopes;
  constexpr int kMostScopes = 1'000;
  for (int i = 0; i < kMostScopes && !internals.scope_done(iterator); i++) {
    const int type = internals.scope_type(iterator);
    const bool own = type == kLocal || type == kCatch || type == kBlock || type == kEval ||
                     type == kModule || (is_closure && type == kClosure);
    if (!own && type != kWith) break;
    if (own) {
      Local<Object> object = internals.scope_object(iterator);
      if (!object.IsEmpty()) scopes.push_back(object);
    }
    if (!is_closure && (type == kLocal || type == kModule)) break;
    internals.scope_advance(iterator);
  }
  internals.scope_delete(iterator);
  return Array::New(isolate, scopes.data(), scopes.size());
}

}  // namespace

Local<Value> CollectFrameScopes(Isolate* isolate, void* iterator) {
  return Collect(isolate, iterator, false);
}

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
  return Collect(isolate, iterator, false);
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
  return Collect(isolate, iterator, true);
}

}  // namespace asynctb
