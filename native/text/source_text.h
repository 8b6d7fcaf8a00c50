// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

// What a script's text says. Reading may flatten a string, that is allocate; it runs no JavaScript.
#pragma once

#include <string>
#include <vector>

#include "v8/v8_compat.h"

namespace asynctb {

// '' for anything but a string; a very long one is cut.
std::string ToUtf8(v8::Isolate* isolate, v8::Local<v8::Value> value);

// The name of a `data:` module is its whole source, and `name` can be any string: a longer one is
// cut.
inline constexpr int kLongestName = 2048;
std::string NameToUtf8(const uint16_t* units, int count);

// Lone surrogates become U+FFFD.
std::string UnitsToUtf8(const uint16_t* units, int count);

// A line as it stands in the source, without its end; `cut_before` and `cut_after`: it is a part of
// a longer one.
std::string LineToUtf8(const uint16_t* units, int count, bool cut_before, bool cut_after);

// Whether the source reads `yield *` at this position; blanks and comments may stand between. The
// register file cannot tell: a loop around a plain `yield` leaves an iterator there too.
bool IsDelegation(v8::Isolate* isolate, v8::Local<v8::String> source, int position);

// Whether it reads `await` or `yield` there.
bool StartsWithAwait(v8::Isolate* isolate, v8::Local<v8::String> source, int position);
// Whether the source awaits a race at this position: `await Promise.race(…)`, or of any other
// class, and nothing that is made of it, such as by `.finally(…)`.
bool IsAwaitOfRace(v8::Isolate* isolate, v8::Local<v8::String> source, int position);

// A part of the source, from `start` to before `end`, as a string of its own.
v8::Local<v8::String> CutText(v8::Isolate* isolate, v8::Local<v8::String> source, int start,
                              int end);

// The line from `start` to `end` as it stands in the source; a very long one around the column
// only.
std::string CutLine(v8::Isolate* isolate, v8::Local<v8::String> source, int start, int end,
                    int column);

// The same for a line that has to be searched for; 0-based, '' when there is no such line.
std::string LineTextOf(v8::Isolate* isolate, v8::Local<v8::String> source, int row, int column);

}  // namespace asynctb
