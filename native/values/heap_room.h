// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

// Texts that are given to a heap only if it has room for them: V8 ends the process when it has
// none.
#pragma once

#include <v8.h>

#include <cstddef>
#include <string>

namespace asynctb {

// Whether the heap would hold less than `limit` bytes with so many more.
bool HasRoom(v8::Isolate* isolate, double bytes, double limit);

// Empty where there is no room for it.
v8::MaybeLocal<v8::String> TextInRoom(v8::Isolate* isolate, const std::string& text, double limit);

// The text of an ordinary file below a folder ('': anywhere); empty when it cannot be had.
v8::MaybeLocal<v8::String> FileInRoom(v8::Isolate* isolate, const std::string& path,
                                      const std::string& root, size_t longest, double limit);

}  // namespace asynctb
