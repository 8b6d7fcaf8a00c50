// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

// What a suspended activation holds by `using` declarations, and what a disposable stack holds.
#pragma once

#include <v8.h>

#include "layout/debug_frames.h"
#include "layout/env_data.h"

namespace asynctb {

// Entries that follow each other, in the order in which they were entered: [value, method, flags].
// The flags are shared with `lib/engine/binding.ts`; above them stands the number of the block,
// counted from the outermost. Where a list does not fit what was proven, a last entry has in the
// place of flags a text that says so. Undefined where nothing can be read, or for what holds
// nothing of this kind. They allocate.
v8::Local<v8::Value> ReadOpenBlocks(const EnvData& env, v8::Local<v8::Object> activation);
v8::Local<v8::Value> ReadDisposableStack(const EnvData& env, v8::Local<v8::Value> stack);

// The objects in the registers of an activation, each once; undefined where they cannot be read.
// It allocates.
v8::Local<v8::Value> ReadRegisterObjects(const EnvData& env, v8::Local<v8::Object> activation);

// The same of the plain frame that an iterator stands at, empty where it holds nothing or cannot be
// read. Makes handles and, where there are entries, their array.
v8::Local<v8::Value> ReadRunningBlocks(const EnvData& env, const DebugFrames& frames);

// What a bound function is bound to. Makes a handle.
v8::Local<v8::Value> ReadBoundThis(const EnvData& env, v8::Local<v8::Value> function);

}  // namespace asynctb
