// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

// The local variables of a suspended activation, through V8's own scope iterator. No getter runs:
// V8 copies the variables into objects of its own; a `with` object, which is the program's, is
// left out.
#pragma once

#include <v8.h>

#include "layout/env_data.h"

namespace asynctb {

// Objects with the variables, innermost scope first, down to the function's own. Allocates.
v8::Local<v8::Value> ReadScopes(const EnvData& env, v8::Local<v8::Context> context,
                                v8::Local<v8::Object> activation);

// The same of what a function closes over. Undefined for what is no function with a script.
v8::Local<v8::Value> ReadClosureScopes(const EnvData& env, v8::Local<v8::Value> function);

}  // namespace asynctb
