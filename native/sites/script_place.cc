// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "sites/script_place.h"

#include <algorithm>

#include "sites/activation.h"
#include "text/implicit_await.h"
#include "text/source_text.h"
#include "v8/handle_address.h"
#include "v8/v8_compat.h"

namespace asynctb {

using v8::Function;
using v8::Isolate;
using v8::Local;
using v8::String;
using v8::Value;

namespace {

// Of a function with a script, which is a JSFunction.
Address ScriptOfFunction(const EnvData& env, Local<Function> function) {
  const Address shared = ReadWord(ToAddress(function), env.layout().function_shared);
  return ScriptOf(env.layout(), shared);
}

}  // namespace

Local<String> ScriptTextOf(const EnvData& env, Local<Value> value) {
  Local<String> none = String::Empty(env.isolate());
  if (!env.Can("positions") || !value->IsFunction() ||
      !HasType(ToAddress(value), env.layout().function_type) ||
      value.As<Function>()->ScriptId() == v8::UnboundScript::kNoScriptId) {
    return none;
  }
  const Address script = ScriptOfFunction(env, value.As<Function>());
  if (script == kNoAddress) return none;
  Local<Value> text = ToScriptValue(env.isolate(), ReadWord(script, env.layout().script_source));
  return text->IsString() ? text.As<String>() : none;
}

bool FindLine(const Layout& layout, Address script, int row, int* start, int* end) {
  const Address ends = ReadWord(script, layout.script_line_ends);
  if (!HasType(ends, layout.register_file_type) || row < 0 || row >= ReadLength(ends)) return false;
  const auto end_of = [&](int r) { return SmiValue(ReadWord(ends, 16 + 8 * r)); };
  *start = row == 0 ? 0 : end_of(row - 1) + 1;
  *end = end_of(row);
  return *start >= 0;
}

int OffsetOfFunction(const EnvData& env, Local<Function> function) {
  const Address script = ScriptOfFunction(env, function);
  const v8::ScriptOrigin origin = function->GetScriptOrigin();
  const int row = function->GetScriptLineNumber() - std::max(origin.LineOffset(), 0);
  const int shift = row == 0 ? std::max(origin.ColumnOffset(), 0) : 0;
  int start = 0, end = 0;
  if (script == kNoAddress || !FindLine(env.layout(), script, row, &start, &end)) return -1;
  return start + std::max(function->GetScriptColumnNumber() - shift, 0);
}

namespace {

// Where in the script's text a suspended function waits: V8's place unless it waits without an
// `await` there.
int PlaceOfAwait(Isolate* isolate, const Site& site, Local<String> text) {
  constexpr int kMostBefore = 256 * 1024, kMostAfter = 64 * 1024;
  const bool waits = site.kind == FrameKind::kAsyncFunction ||
                     site.kind == FrameKind::kAsyncGenerator || site.kind == FrameKind::kModule;
  const int begin = site.kind == FrameKind::kModule ? 0 : site.function_offset;
  if (!waits || site.state != FrameState::kSuspended || begin < 0 || begin > site.offset ||
      site.offset - begin > kMostBefore || StartsWithAwait(isolate, text, site.offset)) {
    return site.offset;
  }
  const int end = std::min(text->Length(), site.offset + kMostAfter);
  std::vector<uint16_t> units(static_cast<size_t>(end - begin));
  WriteTwoByte(isolate, text, units.data(), static_cast<uint32_t>(begin),
               static_cast<uint32_t>(units.size()));
  return begin + FindImplicitAwait(units.data(), end - begin, site.offset - begin,
                                   site.kind == FrameKind::kAsyncGenerator);
}

}  // namespace

void ReadHead(const EnvData& env, Local<Function> function, Site* site) {
  // `name = async function` at most.
  constexpr int kLongestHead = 96;
  if (!env.Can("positions")) return;
  const v8::ScriptOrigin origin = function->GetScriptOrigin();
  const int line = function->GetScriptLineNumber(), column = function->GetScriptColumnNumber();
  const int row = line - std::max(origin.LineOffset(), 0);
  const int shift = row == 0 ? std::max(origin.ColumnOffset(), 0) : 0;
  const Address script = ScriptOfFunction(env, function);
  int start = 0, unused = 0;
  if (script == kNoAddress || !FindLine(env.layout(), script, row, &start, &unused)) return;
  Isolate* isolate = env.isolate();
  Local<Value> source = ToScriptValue(isolate, ReadWord(script, env.layout().script_source));
  if (!source->IsString()) return;
  const int end = start + std::max(column - shift, 0);
  const int begin = std::max({end - kLongestHead, start, 0});
  if (end > source.As<String>()->Length() || begin >= end) return;
  std::vector<uint16_t> units(static_cast<size_t>(end - begin));
  WriteTwoByte(isolate, source.As<String>(), units.data(), static_cast<uint32_t>(begin),
               static_cast<uint32_t>(units.size()));
  site->function_head = UnitsToUtf8(units.data(), static_cast<int>(units.size()));
  site->function_line = line + 1;
  site->function_column = column + 1;
}

void ReadPlace(const EnvData& env, Local<Function> function, Site* site) {
  const Layout& layout = env.layout();
  if (!env.Can("positions") || site->line <= 0 || site->kind == FrameKind::kNative) return;
  if (site->script != 0) ReadHead(env, function, site);
  Isolate* isolate = env.isolate();
  const int first_line = function->GetScriptOrigin().LineOffset();
  const int row = site->line - 1 - std::max(first_line, 0);

  const Address script = ScriptOfFunction(env, function);
  if (script == kNoAddress) return;
  int start = 0, end = 0;
  if (!FindLine(layout, script, row, &start, &end)) return;
  const int function_row = function->GetScriptLineNumber() - std::max(first_line, 0);
  int function_offset = -1, function_end = 0;
  FindLine(layout, script, function_row, &function_offset, &function_end);
  Local<Value> source = ToScriptValue(isolate, ReadWord(script, layout.script_source));
  if (!source->IsString()) return;
  Local<String> text = source.As<String>();
  end = std::min(end, text->Length());
  if (start >= end) return;

  const int first_column_of_script = function->GetScriptOrigin().ColumnOffset();
  const int first_column = row == 0 ? first_column_of_script : 0;
  const int column = std::max(site->column - 1 - std::max(first_column, 0), 0);
  site->script_id = function->ScriptId();
  site->offset = start + column;
  site->offset_line = site->line;
  site->offset_column = site->column;
  if (function_offset >= 0) {
    const int shift = function_row == 0 ? function->GetScriptOrigin().ColumnOffset() : 0;
    function_offset += std::max(function->GetScriptColumnNumber() - std::max(shift, 0), 0);
  }
  site->function_offset = function_offset;
  if (site->kind == FrameKind::kGenerator || site->kind == FrameKind::kAsyncGenerator) {
    site->delegates = IsDelegation(isolate, text, start + column);
  }
  if (site->state == FrameState::kSuspended) {
    site->awaits_race = IsAwaitOfRace(isolate, text, start + column);
  }
  const int moved = PlaceOfAwait(isolate, *site, text);
  if (moved == site->offset) {
    site->line_text = CutLine(isolate, text, start, end, column);
    return;
  }
  // What else is told from the text, such as open blocks, goes by V8's place. To read the text may
  // have moved the script.
  const Address same = ScriptOfFunction(env, function);
  int moved_row = row;
  while (moved < start && FindLine(layout, same, moved_row - 1, &start, &end)) moved_row--;
  while (moved > end && FindLine(layout, same, moved_row + 1, &start, &end)) moved_row++;
  const int moved_column = moved - start;
  site->line += moved_row - row;
  site->column = moved_column + 1 + (moved_row == 0 ? std::max(first_column_of_script, 0) : 0);
  site->line_text = CutLine(isolate, text, start, std::min(end, text->Length()), moved_column);
}

bool MentionsName(const EnvData& env, Local<Function> function, const std::string& name,
                  size_t* left) {
  constexpr int kMostSearched = 32 * 1024;
  Isolate* isolate = env.isolate();
  v8::HandleScope scope(isolate);
  Local<String> text = ScriptTextOf(env, function);
  Local<String> wanted;
  if (text->Length() == 0 || !String::NewFromUtf8(isolate, name.c_str()).ToLocal(&wanted)) {
    return false;
  }
  const int begin = OffsetOfFunction(env, function);
  const int end = std::min(text->Length(), begin + kMostSearched);
  if (begin < 0 || begin >= end || *left == 0) return false;
  const auto units_of = [&](Local<String> string, int from, int to) {
    std::u16string units(static_cast<size_t>(to - from), u'\0');
    WriteTwoByte(isolate, string, reinterpret_cast<uint16_t*>(units.data()),
                 static_cast<uint32_t>(from), static_cast<uint32_t>(units.size()));
    return units;
  };
  const std::u16string units = units_of(text, begin, end);
  const std::u16string word = units_of(wanted, 0, wanted->Length());
  int scanned = 0;
  const bool mentions =
      FunctionMentions(reinterpret_cast<const uint16_t*>(units.data()), end - begin,
                       reinterpret_cast<const uint16_t*>(word.data()), wanted->Length(), &scanned);
  *left -= std::min(*left, static_cast<size_t>(std::max(scanned, 1)));
  return mentions;
}

}  // namespace asynctb
