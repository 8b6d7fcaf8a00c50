// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

// Registers the exports; no logic.

#include <napi.h>

#include "env_data.h"
#include "exports.h"

namespace asynctb {

static Napi::Object Init(Napi::Env env, Napi::Object exports) {
  // Node does not compare the ABI of Node-API addons, and this one uses V8 besides. An addon that
  // does not fit says which one it is and offers nothing else.
  exports.Set("abi", std::to_string(kNodeAbi));
  const Napi::Value actual = env.Global()
                                 .Get("process")
                                 .As<Napi::Object>()
                                 .Get("versions")
                                 .As<Napi::Object>()
                                 .Get("modules");
  if (!actual.IsString() || actual.As<Napi::String>().Utf8Value() != std::to_string(kNodeAbi)) {
    return exports;
  }
  env.SetInstanceData(new EnvData(v8::Isolate::GetCurrent()));
  ExportInspection(env, exports);
  ExportThreads(env, exports);
  ExportWatching(env, exports);
  return exports;
}

NODE_API_MODULE(asynctb, Init)

}  // namespace asynctb

