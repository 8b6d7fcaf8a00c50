// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

// What `lib/native/binding.ts` calls, by room.
#pragma once

#include <napi.h>

namespace asynctb {

// Targets, awaiters, captures and capabilities of the own thread: `inspection.cc`.
void ExportInspection(Napi::Env env, Napi::Object exports);

// The threads that answer, and dumps of them: `threads.cc`.
void ExportThreads(Napi::Env env, Napi::Object exports);

// What holds what, for glue: `holding.cc`.
void ExportHolding(Napi::Env env, Napi::Object exports);

// What glue asks to recognise the tasks of a library: `glue.cc`.
void ExportGlue(Napi::Env env, Napi::Object exports);

// Dumps by signal and at exit: `watching.cc`.
void ExportWatching(Napi::Env env, Napi::Object exports);

}  // namespace asynctb
