// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

// V8's iterator over scopes, run to its end. The scopes are objects of V8's own making, innermost
// first.
#pragma once

#include <v8.h>

namespace asynctb {

// Those of a frame, or of an activation. Deletes the iterator.
v8::Local<v8::Value> CollectFrameScopes(v8::Isolate* isolate, void* iterator);

// Those that a function closes over. Deletes the iterator.
v8::Local<v8::Value> CollectClosureScopes(v8::Isolate* isolate, void* iterator);

}  // namespace asynctb
