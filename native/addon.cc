// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

// Registers the exports; no logic.

#include <napi.h>

#include "env_data.h"
#include "exports.h"

namespace asynctb {

static Napi::Object Init(Napi::Env env, Napi::Object exports) {
  env.SetInstanceData(new EnvData(v8::Isolate::GetCurrent()));
  ExportInspection(env, exports);
  ExportWatching(env, exports);
  return exports;
}

NODE_API_MODULE(asynctb, Init)

}  // namespace asynctb

