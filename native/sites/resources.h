// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

// What a suspended activation holds by `using` declarations, and what a disposable stack holds.
#pragma once

#include <v8.h>

#include <cstdint>
#include <optional>
#include <vector>

#include "layout/debug_frames.h"
#include "layout/env_data.h"

namespace asynctb {

// One value that a block or stack holds, and the method that disposes of it.
struct HeldEntry {
  v8::Local<v8::Value> value, method;
  int32_t block = 0;  // counted from the outermost
  bool is_async = false;
  bool is_exiting = false;   // its disposal is under way
  bool is_argument = false;  // the value is given to the method: `adopt`
};

// What lists hold, in the order in which it was entered.
struct Held {
  std::vector<HeldEntry> entries;
  const char* misfit = nullptr;  // why not all of it could be read

  bool is_empty() const { return entries.empty() && misfit == nullptr; }
};

// They make handles and do not allocate. A stack: nothing for what is none, or where it cannot be
// read.
Held ReadOpenBlocks(const EnvData& env, v8::Local<v8::Object> activation);
std::optional<Held> ReadDisposableStack(const EnvData& env, v8::Local<v8::Value> stack);

// The objects in the registers of an activation, each once; undefined where they cannot be read.
// It allocates.
v8::Local<v8::Value> ReadRegisterObjects(const EnvData& env, v8::Local<v8::Object> activation);

// As ReadOpenBlocks, of the plain frame that an iterator stands at.
Held ReadRunningBlocks(const EnvData& env, const DebugFrames& frames);

// What a bound function is bound to. Makes a handle.
v8::Local<v8::Value> ReadBoundThis(const EnvData& env, v8::Local<v8::Value> function);

}  // namespace asynctb
