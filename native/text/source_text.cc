// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "text/source_text.h"

#include <algorithm>
#include <string_view>
#include <utility>

#include "text/implicit_await.h"
#include "v8/v8_compat.h"

namespace asynctb {

using v8::Isolate;
using v8::Local;
using v8::String;
using v8::Value;

namespace {

// A line longer than this (a bundle's) is shown around the position only.
constexpr int kLongestLine = 240;
constexpr int kBeforeColumn = 80;

// Lone surrogates become U+FFFD.
void AppendUtf8(const uint16_t* units, int count, std::string* out) {
  for (int i = 0; i < count; i++) {
    uint32_t code = units[i];
    if (code >= 0xd800 && code < 0xdc00 && i + 1 < count && units[i + 1] >= 0xdc00 &&
        units[i + 1] < 0xe000) {
      code = 0x10000 + ((code - 0xd800) << 10) + (units[++i] - 0xdc00);
    } else if (code >= 0xd800 && code < 0xe000) {
      code = 0xfffd;
    }
    if (code < 0x80) {
      out->push_back(static_cast<char>(code));
    } else if (code < 0x800) {
      out->push_back(static_cast<char>(0xc0 | code >> 6));
      out->push_back(static_cast<char>(0x80 | (code & 63)));
    } else if (code < 0x10000) {
      out->push_back(static_cast<char>(0xe0 | code >> 12));
      out->push_back(static_cast<char>(0x80 | (code >> 6 & 63)));
      out->push_back(static_cast<char>(0x80 | (code & 63)));
    } else {
      out->push_back(static_cast<char>(0xf0 | code >> 18));
      out->push_back(static_cast<char>(0x80 | (code >> 12 & 63)));
      out->push_back(static_cast<char>(0x80 | (code >> 6 & 63)));
      out->push_back(static_cast<char>(0x80 | (code & 63)));
    }
  }
}

bool IsBlank(uint16_t unit) {
  return unit == ' ' || (unit >= 9 && unit <= 13) || unit == 0xfeff || unit == 0xa0;
}

}  // namespace

std::string UnitsToUtf8(const uint16_t* units, int count) {
  std::string text;
  AppendUtf8(units, count, &text);
  return text;
}

std::string LineToUtf8(const uint16_t* units, int count, bool cut_before, bool cut_after) {
  // Of "\r\n" V8 takes the second for the end of the line.
  if (count > 0 && units[count - 1] == '\r') count--;
  // Cut in the middle of a character.
  if (cut_before && count > 0 && (units[0] & 0xfc00) == 0xdc00) units++, count--;
  if (cut_after && count > 0 && (units[count - 1] & 0xfc00) == 0xd800) count--;
  std::string text;
  if (cut_before) text = "\xe2\x80\xa6";
  AppendUtf8(units, count, &text);
  if (cut_after) text += "\xe2\x80\xa6";
  return text;
}

std::string ToUtf8(Isolate* isolate, Local<Value> value) {
  if (value.IsEmpty() || !value->IsString()) return "";
  Local<String> string = value.As<String>();
  std::vector<uint16_t> units(std::min(string->Length(), kLongestName + 1));
  if (units.empty()) return "";
  WriteTwoByte(isolate, string, units.data(), 0, static_cast<uint32_t>(units.size()));
  return NameToUtf8(units.data(), static_cast<int>(units.size()));
}

std::string NameToUtf8(const uint16_t* units, int count) {
  std::string text;
  AppendUtf8(units, std::min(count, kLongestName), &text);
  if (count > kLongestName) text += "\xe2\x80\xa6";
  return text;
}

namespace {

// What an expression's beginning may take, and a whole one.
constexpr int kBeginning = 512;
constexpr int kWhole = 64 * 1024;

std::vector<uint16_t> UnitsAt(Isolate* isolate, Local<String> source, int position,
                              int most = kBeginning) {
  const int length = std::min(source->Length() - position, most);
  std::vector<uint16_t> units(position < 0 ? 0 : std::max(length, 0));
  if (!units.empty()) WriteTwoByte(isolate, source, units.data(), position, length);
  return units;
}

bool StartsWith(const std::vector<uint16_t>& units, std::string_view word) {
  if (units.size() < word.size()) return false;
  for (size_t i = 0; i < word.size(); i++) {
    if (units[i] != static_cast<unsigned char>(word[i])) return false;
  }
  return true;
}

// The first place from `i` on that holds neither blanks nor comments.
size_t SkipBlanks(const std::vector<uint16_t>& units, size_t i) {
  const auto is = [&](size_t at, char unit) { return at < units.size() && units[at] == unit; };
  while (i < units.size()) {
    if (IsBlank(units[i])) {
      i++;
    } else if (is(i, '/') && is(i + 1, '*')) {
      for (i += 2; i + 1 < units.size() && !(is(i, '*') && is(i + 1, '/'));) i++;
      i += 2;
    } else if (is(i, '/') && is(i + 1, '/')) {
      while (i < units.size() && !is(i, '\n')) i++;
    } else {
      break;
    }
  }
  return i;
}

bool IsNameUnit(uint16_t unit) {
  return unit == '_' || unit == '$' || (unit >= '0' && unit <= '9') ||
         ((unit | 0x20) >= 'a' && (unit | 0x20) <= 'z' && unit < 0x80);
}

// Whether the expression ends with the call whose bracket opens at `offset` behind the position.
bool EndsWithCall(Isolate* isolate, Local<String> source, int position, size_t offset) {
  const std::vector<uint16_t> units = UnitsAt(isolate, source, position, kWhole);
  const int end =
      FindEndOfBrackets(units.data(), static_cast<int>(units.size()), static_cast<int>(offset));
  if (end < 0) return false;
  const size_t next = SkipBlanks(units, static_cast<size_t>(end));
  const auto unit = [&](size_t at) { return at < units.size() ? units[at] : uint16_t{0}; };
  if (unit(next) == '?') return unit(next + 1) != '.';
  return unit(next) != '.' && unit(next) != '(' && unit(next) != '[' && unit(next) != '`';
}

}  // namespace

bool IsDelegation(Isolate* isolate, Local<String> source, int position) {
  const std::vector<uint16_t> units = UnitsAt(isolate, source, position);
  if (!StartsWith(units, "yield")) return false;
  const size_t next = SkipBlanks(units, 5);
  return next < units.size() && units[next] == '*';
}

bool IsAwaitOfRace(Isolate* isolate, Local<String> source, int position) {
  const std::vector<uint16_t> units = UnitsAt(isolate, source, position);
  if (!StartsWith(units, "await") || (units.size() > 5 && IsNameUnit(units[5]))) return false;
  std::string owner, name;
  for (size_t i = 5;;) {
    i = SkipBlanks(units, i);
    std::string part;
    for (; i < units.size() && IsNameUnit(units[i]); i++) part += static_cast<char>(units[i]);
    if (part.empty()) return false;
    owner = std::exchange(name, part);
    i = SkipBlanks(units, i);
    if (i >= units.size()) return false;
    if (units[i] == '(') {
      return name == "race" && !owner.empty() && owner[0] >= 'A' && owner[0] <= 'Z' &&
             EndsWithCall(isolate, source, position, i);
    }
    if (units[i++] != '.') return false;
  }
}

bool StartsWithAwait(Isolate* isolate, Local<String> source, int position) {
  constexpr int kLength = 5;  // of both words
  if (position < 0 || source->Length() - position < kLength) return false;
  uint16_t units[kLength];
  WriteTwoByte(isolate, source, units, static_cast<uint32_t>(position), kLength);
  const std::u16string_view word(reinterpret_cast<const char16_t*>(units), kLength);
  return word == u"await" || word == u"yield";
}

std::string CutLine(Isolate* isolate, Local<String> source, int start, int end, int column) {
  bool cut_before = false, cut_after = false;
  if (end - start > kLongestLine) {
    const int window = std::clamp(column - kBeforeColumn, 0, end - start - kLongestLine);
    cut_before = window > 0;
    cut_after = window + kLongestLine < end - start;
    start += window;
    end = start + kLongestLine;
  }
  std::vector<uint16_t> units(end - start);
  WriteTwoByte(isolate, source, units.data(), start, end - start);
  return LineToUtf8(units.data(), static_cast<int>(units.size()), cut_before, cut_after);
}

Local<String> CutText(Isolate* isolate, Local<String> source, int start, int end) {
  std::vector<uint16_t> units(static_cast<size_t>(std::max(end - start, 0)));
  Local<String> text;
  if (units.empty()) return String::Empty(isolate);
  WriteTwoByte(isolate, source, units.data(), static_cast<uint32_t>(start),
               static_cast<uint32_t>(units.size()));
  if (String::NewFromTwoByte(isolate, units.data(), v8::NewStringType::kNormal,
                             static_cast<int>(units.size()))
          .ToLocal(&text)) {
    return text;
  }
  return String::Empty(isolate);
}

std::string LineTextOf(Isolate* isolate, Local<String> source, int row, int column) {
  // A bundle's line far down is not worth the search.
  constexpr int kMostSearched = 8 * 1024 * 1024;
  constexpr int kBlock = 16 * 1024;
  std::vector<uint16_t> block(kBlock);
  const int length = std::min(source->Length(), kMostSearched);
  int start = 0;
  int line = 0;
  bool after_return = false;
  for (int position = 0; position < length && line <= row; position += kBlock) {
    const int count = std::min(kBlock, length - position);
    WriteTwoByte(isolate, source, block.data(), position, count);
    for (int i = 0; i < count; i++) {
      const uint16_t unit = block[i];
      // V8 ends a line at these; "\r\n" is one end.
      const bool ends = unit == '\n' || unit == '\r' || unit == 0x2028 || unit == 0x2029;
      const bool second = unit == '\n' && after_return;
      after_return = unit == '\r';
      if (!ends) continue;
      if (!second) {
        if (line == row) return CutLine(isolate, source, start, position + i, column);
        line++;
      }
      start = position + i + 1;
    }
  }
  if (line == row && row >= 0 && start < length) {
    return CutLine(isolate, source, start, length, column);
  }
  return "";
}

}  // namespace asynctb
