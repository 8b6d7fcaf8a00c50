// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

// Registers the exports; no logic.

#include <napi.h>

#include <cstdlib>

#include "base/own_descriptors.h"
#include "binding/exports.h"
#include "layout/env_data.h"
#include "v8/v8_compat.h"

namespace asynctb {

namespace {

// Whether this is the Node that this was compiled for, by what Node-API and V8 say of themselves:
// `process` may be the program's by now. Node keeps V8's version within an ABI.
bool IsOurNode(napi_env env) {
  const napi_node_version* version = nullptr;
  if (napi_get_node_version(env, &version) != napi_ok) return false;
  return version->major == kNodeMajor && atoi(v8::V8::GetVersion()) == kV8Major;
}

}  // namespace

static Napi::Object Init(Napi::Env env, Napi::Object exports) {
  // Node does not compare the ABI of Node-API addons, and this one uses V8 besides. An addon that
  // does not fit says which one it is and offers nothing else.
  exports.Set("abi", std::to_string(kNodeAbi));
  if (!IsOurNode(env)) return exports;
  SetSpareDescriptorsAside();
  env.SetInstanceData(new EnvData(v8::Isolate::GetCurrent()));
  ExportExtraction(env, exports);
  ExportInspection(env, exports);
  ExportThreads(env, exports);
  ExportContexts(env, exports);
  ExportRules(env, exports);
  ExportGlue(env, exports);
  ExportWatching(env, exports);
  return exports;
}

NODE_API_MODULE(asynctb, Init)

}  // namespace asynctb
