// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

// Lists of keys of contexts, as JavaScript hands them over: lines of a text.
#pragma once

#include <v8.h>

#include <string>
#include <vector>

namespace asynctb {

std::vector<std::string> KeysFromJs(v8::Isolate* isolate, v8::Local<v8::Value> lines);

}  // namespace asynctb
