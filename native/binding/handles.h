// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

// What all boundaries need: Node-API's values and V8's handles, in the one place that relies on
// their being the same, and the environment of a call.
#pragma once

#include <napi.h>

#include <cstring>

#include "layout/env_data.h"
#include "v8/v8_compat.h"

namespace asynctb {

// A napi_value is V8's handle by another name, in every Node.
static_assert(sizeof(napi_value) == sizeof(v8::Local<v8::Value>));

inline v8::Local<v8::Value> FromNapi(napi_value value) {
  v8::Local<v8::Value> local;
  memcpy(static_cast<void*>(&local), &value, sizeof(value));
  return local;
}

inline Napi::Value ToNapi(Napi::Env env, v8::Local<v8::Value> local) {
  napi_value value;
  memcpy(&value, static_cast<void*>(&local), sizeof(value));
  return Napi::Value(env, value);
}

inline EnvData& ProvenEnv(Napi::Env env) {
  EnvData& data = *env.GetInstanceData<EnvData>();
  data.EnsureProven();
  return data;
}

}  // namespace asynctb
