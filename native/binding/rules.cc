// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

// The boundary of rules that programs add. They were checked before they get here.

#include "base/added_rules.h"
#include "binding/contexts.h"
#include "binding/exports.h"
#include "binding/handles.h"
#include "layout/env_data.h"

namespace asynctb {

namespace {

// addRules(json, fields, count) → a number to take them back by; 0 when there would be too many.
// They go with the environment that has added them.
Napi::Value AddRules(const Napi::CallbackInfo& info) {
  auto entry = std::make_shared<AddedRules::Entry>(
      info[0].As<Napi::String>().Utf8Value(),
      KeysFromJs(v8::Isolate::GetCurrent(), FromNapi(info[1])),
      static_cast<size_t>(info[2].As<Napi::Number>().Int64Value()));
  if (!AddedRules::Get().Add(entry)) return Napi::Number::New(info.Env(), 0);
  return Napi::Number::New(info.Env(), info.Env().GetInstanceData<EnvData>()->Keep(entry));
}

// removeRules(number)
Napi::Value RemoveRules(const Napi::CallbackInfo& info) {
  info.Env().GetInstanceData<EnvData>()->TakeBack(info[0].As<Napi::Number>().Int32Value());
  return info.Env().Undefined();
}

// rulesVersion() → another number after each change
Napi::Value RulesVersion(const Napi::CallbackInfo& info) {
  return Napi::Number::New(info.Env(), AddedRules::Get().Now()->version());
}

// rules() → the JSON of all of them
Napi::Value Rules(const Napi::CallbackInfo& info) {
  return Napi::String::New(info.Env(), AddedRules::Get().Now()->json());
}

}  // namespace

void ExportRules(Napi::Env env, Napi::Object exports) {
  Export(env, exports, "addRules", AddRules);
  Export(env, exports, "removeRules", RemoveRules);
  Export(env, exports, "rulesVersion", RulesVersion);
  Export(env, exports, "rules", Rules);
}

}  // namespace asynctb
