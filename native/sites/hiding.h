// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

// What hides the frames of a function: a rule that was registered for it, a property of its own, or
// a variable of a suspended activation.
#pragma once

#include <v8.h>

#include <string_view>

#include "layout/env_data.h"

namespace asynctb {

// Whether a text stands in the function's source. Allocates.
bool Mentions(v8::Isolate* isolate, v8::Local<v8::Context> context,
              v8::Local<v8::Function> function, std::u16string_view text);

// Whether that is `__tracebackhide__`. Reading the variables of a frame takes longer than all the
// rest of it, so only those are read whose source mentions the name.
bool MentionsHideLocal(v8::Isolate* isolate, v8::Local<v8::Context> context,
                       v8::Local<v8::Function> function);

// The same in a dump, where not even V8's own function for that may run. It may find more, namely
// what stands behind the function.
bool MayMentionHideLocal(const EnvData& env, v8::Local<v8::Function> function);

// Whether one of the scopes, as ReadScopes gives them, has the variable. Nothing of the program's
// runs: V8 made the objects.
bool HasHideLocal(v8::Local<v8::Context> context, v8::Local<v8::Value> scopes);

// Whether the function has a true `Symbol.for('asynctb.hide')` as a data property of its own.
bool HidesItself(v8::Local<v8::Context> context, v8::Local<v8::Function> function);

// For a dump, which has places and no frames: what SiteMark has for a function whose id is
// `function_id`. `activation`: one that is suspended there, or empty. It allocates.
int HidingMarks(const EnvData& env, v8::Local<v8::Function> function,
                const std::string& function_id, v8::Local<v8::Object> activation);

}  // namespace asynctb
