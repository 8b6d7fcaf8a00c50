// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "v8/scope_iterator.h"

#include <vector>

#include "v8/v8_internals.h"

namespace asynctb {

using v8::Array;
using v8::Isolate;
using v8::Local;
using v8::Object;
using v8::Value;

namespace {

// v8::debug::ScopeIterator::ScopeType
enum ScopeType : int {
  kGlobal = 0,
  kLocal,
  kWith,
  kClosure,
  kCatch,
  kBlock,
  kScript,
  kEval,
  kModule
};

// Goes through all scopes of the function itself, or of what is around it, and deletes the
// iterator.
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

Local<Value> CollectClosureScopes(Isolate* isolate, void* iterator) {
  return Collect(isolate, iterator, true);
}

}  // namespace asynctb
