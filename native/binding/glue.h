// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

// How searches for holders come from JavaScript and go back there.
#pragma once

#include <v8.h>

#include <vector>

#include "heap/holders.h"

namespace asynctb {

// An array of ours with what `HolderSearch::samples` says. False for anything else.
bool ReadHolderSamples(v8::Local<v8::Context> context, v8::Local<v8::Value> value,
                       HolderSearch* search);

// A flat array: what is held (HolderSearch::values, then the holders themselves, counted on), kind,
// value, extra.
v8::Local<v8::Array> HoldersToJs(v8::Isolate* isolate, const std::vector<Holder>& holders);

}  // namespace asynctb
