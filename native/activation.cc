// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "activation.h"

#include <algorithm>

#include "source_text.h"
#include "v8_internals.h"

namespace asynctb {

using v8::Data;
using v8::Function;
using v8::HandleScope;
using v8::Isolate;
using v8::Local;
using v8::String;
using v8::Value;

Local<Value> ToScriptValue(Isolate* isolate, Address value) {
  Local<Value> undefined = v8::Undefined(isolate);
  if (!IsSmi(value) && !IsHeapObject(value)) return undefined;
  Local<Value> handle = ToLocal<Value>(isolate, value);
  if (IsSmi(value)) return handle;
  // Spelled out rather than excluded: an oddball or a hole of V8's own passes none of these.
  const bool ordinary = handle->IsObject() || handle->IsString() || handle->IsNumber() ||
                        handle->IsBigInt() || handle->IsBoolean() || handle->IsNull() ||
                        handle->IsSymbol();
  return ordinary ? handle : undefined;
}

std::string FunctionIdOf(Local<Function> function) {
  for (int depth = 0; depth < 100; depth++) {
    Local<Value> target = function->GetBoundFunction();
    if (!target->IsFunction()) break;
    function = target.As<Function>();
  }
  if (function->ScriptId() == v8::UnboundScript::kNoScriptId) return "";
  return std::to_string(function->ScriptId()) + ":" +
         std::to_string(function->GetScriptLineNumber()) + ":" +
         std::to_string(function->GetScriptColumnNumber());
}

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
  Local<Value> text =
      ToScriptValue(env.isolate(), ReadWord(script, env.layout().script_source));
  return text->IsString() ? text.As<String>() : none;
}

uint32_t SiteTable::Intern(const Key& key, Address sample, FrameKind kind, FrameState state,
                           bool is_activation) {
  // Neighbours in the heap mostly stand at the same place.
  if (key == last_key_) return last_site_;
  const auto [entry, added] = index_.try_emplace(key, static_cast<uint32_t>(entries_.size()));
  if (added) {
    entries_.push_back({ToLocal<Data>(env_.isolate(), sample), kind, state, is_activation});
  }
  last_key_ = key;
  last_site_ = entry->second;
  return entry->second;
}

uint32_t SiteTable::ForActivation(Address generator) {
  const Layout& layout = env_.layout();
  const uint16_t type = InstanceType(generator);
  FrameKind kind = FrameKind::kGenerator;
  if (type == layout.async_function_type) kind = FrameKind::kAsyncFunction;
  if (type == layout.async_generator_type) kind = FrameKind::kAsyncGenerator;
  const Address continuation_word = ReadWord(generator, layout.generator_continuation);
  const int continuation = IsSmi(continuation_word) ? SmiValue(continuation_word) : -1;
  FrameState state = FrameState::kSuspended;
  if (continuation < 0) state = FrameState::kRunning;
  if (continuation == 0 && kind != FrameKind::kAsyncFunction) state = FrameState::kNotStarted;

  const Address function = ReadWord(generator, layout.generator_function);
  Address shared = function;
  if (functions_ && IsHeapObject(function)) {
    shared = ReadWord(function, layout.function_shared);
    if (kind == FrameKind::kAsyncFunction && modules_ &&
        FunctionKindOf(layout, shared) == layout.async_module_kind) {
      kind = FrameKind::kModule;
    }
  }
  // The continuation numbers the places where a function can be suspended. (The bytecode offset
  // kept beside it is off by one when the baseline compiler's code wrote it.)
  const int64_t place = state == FrameState::kSuspended ? continuation : -1;
  const Key key = {shared, place << 8 | static_cast<int>(kind) << 4 | static_cast<int>(state)};
  return Intern(key, generator, kind, state, true);
}

uint32_t SiteTable::ForFunction(Address function, FrameKind kind) {
  // Each suspension has a function of its own, of which nothing can be told.
  if (kind == FrameKind::kWasm) {
    return Intern({kNoAddress, -1}, function, kind, FrameState::kSuspended, false);
  }
  // All closures of one source are one place; bound functions and proxies are told apart.
  const Layout& layout = env_.layout();
  const bool plain = functions_ && InstanceType(function) == layout.function_type;
  const Key key = {plain ? ReadWord(function, layout.function_shared) : function,
                   -256 - static_cast<int>(kind)};
  return Intern(key, function, kind, FrameState::kNotStarted, false);
}

const Site& SiteTable::At(size_t index) {
  if (index >= described_.size()) Describe();
  return described_[index];
}

std::vector<Site> SiteTable::TakeDescribed() {
  Describe();
  return std::move(described_);
}

const std::vector<Site>& SiteTable::Describe() {
  Isolate* isolate = env_.isolate();
  const V8Internals& internals = GetV8Internals();
  for (size_t i = described_.size(); i < entries_.size(); i++) {
    HandleScope scope(isolate);
    const Entry& entry = entries_[i];
    Site site;
    site.kind = entry.kind;
    site.state = entry.state;
    if (entry.kind == FrameKind::kWasm) {
      site.function_name = "WebAssembly.promising";
      described_.push_back(std::move(site));
      continue;
    }
    Local<Value> function = entry.sample.As<Value>();
    if (entry.is_activation) {
      function = ToScriptValue(
          isolate, ReadWord(ToAddress(entry.sample), env_.layout().generator_function));
    }
    // A bound function stands for its target; a proxy is not looked into.
    for (int depth = 0; depth < 100 && function->IsFunction(); depth++) {
      Local<Value> target = function.As<Function>()->GetBoundFunction();
      if (!target->IsFunction()) break;
      function = target;
    }
    if (function->IsFunction()) {
      DescribeFunction(function.As<Function>(), &site);
      if (entry.is_activation && site.state == FrameState::kSuspended && env_.Can("positions")) {
        Local<Data> sample = entry.sample;
        const DebugLocation location =
            internals.suspended_location(*reinterpret_cast<void**>(&sample));
        if (!location.is_empty) {
          site.line = location.line + 1;
          site.column = location.column + 1;
        }
      }
      ReadPlace(env_, function.As<Function>(), &site);
    }
    described_.push_back(std::move(site));
  }
  return described_;
}

void SiteTable::DescribeFunction(Local<Function> function, Site* site) const {
  Isolate* isolate = env_.isolate();
  site->function_name = ToUtf8(isolate, function->GetDebugName());
  if (function->ScriptId() == v8::UnboundScript::kNoScriptId) {
    site->kind = FrameKind::kNative;
    return;
  }
  site->function_id = FunctionIdOf(function);
  const v8::ScriptOrigin origin = function->GetScriptOrigin();
  site->script_name = ToUtf8(isolate, origin.ResourceName());
  site->script = env_.NoteSourceMap(function->ScriptId(), origin.SourceMapUrl());
  const int line = function->GetScriptLineNumber();
  const int column = function->GetScriptColumnNumber();
  if (line != Function::kLineOffsetNotFound) {
    site->line = line + 1;
    site->column = column + 1;
  }
}

bool FindLine(const Layout& layout, Address script, int row, int* start, int* end) {
  const Address ends = ReadWord(script, layout.script_line_ends);
  if (!HasType(ends, layout.register_file_type) || row < 0 || row >= ReadLength(ends)) return false;
  const auto end_of = [&](int r) { return SmiValue(ReadWord(ends, 16 + 8 * r)); };
  *start = row == 0 ? 0 : end_of(row - 1) + 1;
  *end = end_of(row);
  return *start >= 0;
}

void ReadPlace(const EnvData& env, Local<Function> function, Site* site) {
  const Layout& layout = env.layout();
  if (!env.Can("positions") || site->line <= 0 || site->kind == FrameKind::kNative) return;
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

  const int first_column = row == 0 ? function->GetScriptOrigin().ColumnOffset() : 0;
  const int column = std::max(site->column - 1 - std::max(first_column, 0), 0);
  site->script_id = function->ScriptId();
  site->offset = start + column;
  if (function_offset >= 0) {
    const int shift = function_row == 0 ? function->GetScriptOrigin().ColumnOffset() : 0;
    function_offset += std::max(function->GetScriptColumnNumber() - std::max(shift, 0), 0);
  }
  site->function_offset = function_offset;
  if (site->kind == FrameKind::kGenerator || site->kind == FrameKind::kAsyncGenerator) {
    site->delegates = IsDelegation(isolate, text, start + column);
  }
  site->line_text = CutLine(isolate, text, start, end, column);
}

}  // namespace asynctb
