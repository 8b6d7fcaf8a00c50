// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

// Registers the exports; no logic.

#include <napi.h>

#include "env_data.h"
#include "exports.h"
#include "own_descriptors.h"

namespace asynctb {

namespace {

// Whether process.versions.modules is what this was compiled for. A thread that is being terminated
// refuses any of these steps, and the C++ wrappers would end the process over the next.
bool HasOurAbi(napi_env env) {
  napi_value value = nullptr;
  if (napi_get_global(env, &value) != napi_ok) return false;
  for (const char* name : {"process", "versions", "modules"}) {
    if (napi_get_named_property(env, value, name, &value) != napi_ok) return false;
  }
  char text[16];
  return napi_get_value_string_utf8(env, value, text, sizeof(text), nullptr) == napi_ok &&
         text == std::to_string(kNodeAbi);
}

}  // namespace

static Napi::Object Init(Napi::Env env, Napi::Object exports) {
  // Node does not compare the ABI of Node-API addons, and this one uses V8 besides. An addon that
  // does not fit says which one it is and offers nothing else.
  exports.Set("abi", std::to_string(kNodeAbi));
  if (!HasOurAbi(env)) return exports;
  SetSpareDescriptorsAside();
  env.SetInstanceData(new EnvData(v8::Isolate::GetCurrent()));
  ExportExtraction(env, exports);
  ExportInspection(env, exports);
  ExportThreads(env, exports);
  ExportGlue(env, exports);
  ExportWatching(env, exports);
  return exports;
}

NODE_API_MODULE(asynctb, Init)

}  // namespace asynctb

