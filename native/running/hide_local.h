// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

// A function hides its frames by a variable `__tracebackhide__`. Reading the variables of a frame
// takes longer than all the rest of it, so only those are read whose source mentions the name.
#pragma once

#include <v8.h>

#include <vector>

#include "heap/chain.h"

namespace asynctb {

// For each site, whether the source of a function standing there mentions the variable. Allocates.
std::vector<bool> FindHideLocals(const EnvData& env, v8::Local<v8::Context> context,
                                 const std::vector<Chain>& chains, size_t site_count);

// Whether a text stands in the function's source.
bool Mentions(v8::Isolate* isolate, v8::Local<v8::Context> context,
              v8::Local<v8::Function> function, std::u16string_view text);
bool MentionsHideLocal(v8::Isolate* isolate, v8::Local<v8::Context> context,
                       v8::Local<v8::Function> function);

}  // namespace asynctb
