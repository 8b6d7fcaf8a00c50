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

}  // namespace asynctb
