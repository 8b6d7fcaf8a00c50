// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

// Where a function and its places stand in the text of its script. May flatten a string, that is
// allocate.
#pragma once

#include <v8.h>

#include "base/capture.h"
#include "layout/env_data.h"
#include "memory/heap_read.h"

namespace asynctb {

// Where a line of a script begins and ends in its text, when V8 has counted lines; `row` from 0.
bool FindLine(const Layout& layout, Address script, int row, int* start, int* end);

// What stands before its function's parameters, for a site whose script has a source map.
void ReadHead(const EnvData& env, v8::Local<v8::Function> function, Site* site);

// The line of a site in its function, and where the script's text has it.
void ReadPlace(const EnvData& env, v8::Local<v8::Function> function, Site* site);

// Where the text of its script has a function's parameters; -1 when that cannot be told.
int OffsetOfFunction(const EnvData& env, v8::Local<v8::Function> function);

// The text of a function's script; empty when there is none.
v8::Local<v8::String> ScriptTextOf(const EnvData& env, v8::Local<v8::Value> function);

// Whether the text of a function uses a name. Takes what it has looked at from `left`. False where
// there is no text, or nothing left: without having looked nothing is claimed.
bool MentionsName(const EnvData& env, v8::Local<v8::Function> function, const std::string& name,
                  size_t* left);

}  // namespace asynctb
