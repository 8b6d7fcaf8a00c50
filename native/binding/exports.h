// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

// What `lib/engine/binding.ts` calls, by room; what it gets is in `lib/base/capture-schema.ts`.
#pragma once

#include <napi.h>

namespace asynctb {

// Adds one function. What it has no memory for is thrown as ERR_ASYNCTB_OUT_OF_MEMORY.
void Export(Napi::Env env, Napi::Object exports, const char* name,
            Napi::Value (*function)(const Napi::CallbackInfo&));

// Single targets and their awaiters: `extraction.cc`.
void ExportExtraction(Napi::Env env, Napi::Object exports);

// Captures and capabilities of the own thread, and single facts: `inspection.cc`.
void ExportInspection(Napi::Env env, Napi::Object exports);

// The threads that answer, and dumps of them: `threads.cc`.
void ExportThreads(Napi::Env env, Napi::Object exports);

// Which keys of contexts dumps show: `contexts.cc`.
void ExportContexts(Napi::Env env, Napi::Object exports);

// Rules that programs add: `rules.cc`.
void ExportRules(Napi::Env env, Napi::Object exports);

// What glue asks: `glue.cc`.
void ExportGlue(Napi::Env env, Napi::Object exports);

// Dumps by signal and at exit: `watching.cc`.
void ExportWatching(Napi::Env env, Napi::Object exports);

}  // namespace asynctb
