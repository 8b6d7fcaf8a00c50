// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

// The boundary of which keys of contexts dumps show.

#include "binding/contexts.h"

#include <sstream>

#include "base/context_keys.h"
#include "binding/exports.h"
#include "binding/handles.h"
#include "v8/v8_compat.h"

namespace asynctb {

using v8::Isolate;
using v8::Local;
using v8::Value;

std::vector<std::string> KeysFromJs(Isolate* isolate, Local<Value> lines) {
  std::vector<std::string> keys;
  if (lines.IsEmpty() || !lines->IsString()) return keys;
  const v8::String::Utf8Value text(isolate, lines);
  if (*text == nullptr) return keys;
  std::istringstream list(std::string(*text, static_cast<size_t>(text.length())));
  for (std::string key; std::getline(list, key);) {
    if (!key.empty()) keys.push_back(key);
  }
  return keys;
}

namespace {

std::vector<std::string> KeysOf(const Napi::CallbackInfo& info) {
  return KeysFromJs(Isolate::GetCurrent(), FromNapi(info[0]));
}

// contextOfEnvironment(keys): for the whole process, in the place of what was given here before.
Napi::Value ContextOfEnvironment(const Napi::CallbackInfo& info) {
  ContextKeys::Get().SetOfEnvironment(KeysOf(info));
  return info.Env().Undefined();
}

// addContext(keys), removeContext(keys): for the whole process; they are counted.
Napi::Value AddContext(const Napi::CallbackInfo& info) {
  ContextKeys::Get().Add(KeysOf(info));
  return info.Env().Undefined();
}
Napi::Value RemoveContext(const Napi::CallbackInfo& info) {
  ContextKeys::Get().Remove(KeysOf(info));
  return info.Env().Undefined();
}

}  // namespace

void ExportContexts(Napi::Env env, Napi::Object exports) {
  Export(env, exports, "contextOfEnvironment", ContextOfEnvironment);
  Export(env, exports, "addContext", AddContext);
  Export(env, exports, "removeContext", RemoveContext);
}

}  // namespace asynctb
