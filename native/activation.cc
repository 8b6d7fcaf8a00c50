// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "activation.h"

#include <algorithm>

#include "frame_site.h"
#include "implicit_await.h"
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

uint32_t SiteTable::Intern(const Key& key, Address function, Address sample, FrameKind kind,
                           FrameState state, bool is_activation) {
  // Neighbours in the heap mostly stand at the same place.
  if (!(key == last_key_)) {
    const auto [entry, added] =
        place_index_.try_emplace(key, static_cast<uint32_t>(places_.size()));
    if (added) {
      Place place;
      place.sample = ToLocal<Data>(env_.isolate(), sample);
      place.kind = kind;
      place.state = state;
      place.is_activation = is_activation;
      places_.push_back(std::move(place));
    }
    last_key_ = key;
    last_place_ = entry->second;
  }
  Place& place = places_[last_place_];
  if (place.folded != kNoSite) return place.folded;
  const uint32_t name = IsHeapObject(function) ? names_.Of(function) : OwnNames::kOfSource;
  if (name != OwnNames::kOfSource) return InternNamed(last_place_, name);
  if (place.site == kNoSite) place.site = AddSite(last_place_, name);
  return place.site;
}

uint32_t SiteTable::InternNamed(uint32_t index, uint32_t name) {
  // More of them than this are a number in a name, or a trick: nobody reads so many groups.
  constexpr uint32_t kMostNames = 1'000;
  constexpr size_t kMostBytes = 4 * 1024 * 1024;  // of all names
  const auto [entry, added] = index_.try_emplace(uint64_t{index} << 32 | name, kNoSite);
  if (!added) return entry->second;
  Place& place = places_[index];
  place.names++;
  if (folds_ && (place.names > kMostNames || names_.bytes() > kMostBytes)) {
    place.folded = AddSite(index, kSeveralNames);
    folded_count_++;
    return place.folded;
  }
  entry->second = AddSite(index, name);
  return entry->second;
}

uint32_t SiteTable::AddSite(uint32_t place, uint32_t name) {
  sites_.push_back({place, name});
  return static_cast<uint32_t>(sites_.size() - 1);
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
  return Intern(key, function, generator, kind, state, true);
}

std::vector<uint32_t> SiteTable::ForSuspendedWasm(Address handler) {
  std::vector<uint32_t> sites;
  std::string reason = env_.WhyNot("wasmStacks");
  if (env_.Can("wasmStacks")) {
    if (wasm_stacks_ == nullptr) wasm_stacks_ = std::make_unique<WasmStacks>(env_);
    const Address suspender = SuspenderOf(env_.layout(), handler);
    for (const WasmPlace& place : wasm_stacks_->Read(suspender, &reason)) {
      const size_t before = places_.size();
      sites.push_back(Intern({place.script, int64_t{place.position} << 8 | 0xff}, kNoAddress,
                             place.script, FrameKind::kWasm, FrameState::kSuspended, false));
      if (places_.size() > before) places_.back().wasm = place;
    }
  }
  if (sites.empty()) {
    // Each suspension has a function of its own, of which nothing can be told.
    if (!reason.empty()) unread_wasm_ = reason;
    sites.push_back(Intern({kNoAddress, -1}, kNoAddress, handler, FrameKind::kWasm,
                           FrameState::kSuspended, false));
  }
  return sites;
}

uint32_t SiteTable::ForFunction(Address function, FrameKind kind) {
  const Layout& layout = env_.layout();
  // A bound function stands for its target.
  constexpr int kMostBound = 100;
  for (int i = 0; i < kMostBound && HasType(function, layout.resources.bound_type); i++) {
    function = ReadWord(function, layout.resources.bound_target);
  }
  // All closures of one source are one place; proxies are told apart.
  const bool plain = functions_ && HasType(function, layout.function_type);
  const Key key = {plain ? ReadWord(function, layout.function_shared) : function,
                   -256 - static_cast<int>(kind)};
  return Intern(key, plain ? function : kNoAddress, function, kind, FrameState::kNotStarted,
                false);
}

uint32_t SiteTable::ForModule(Address module, int request) {
  const size_t before = places_.size();
  const uint32_t site = Intern({module, -4096 - int64_t{request}}, kNoAddress, module,
                               FrameKind::kModule, FrameState::kNotStarted, false);
  if (places_.size() > before) places_.back().request = request;
  return site;
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
  ForgetAddresses();
  for (size_t i = described_.size(); i < sites_.size(); i++) {
    HandleScope scope(env_.isolate());
    const auto [index, name] = sites_[i];
    Place& place = places_[index];
    if (place.folded != kNoSite && place.folded != i) {
      described_.emplace_back();  // no frame stands there
      continue;
    }
    if (!place.is_described) place.description = DescribePlace(place);
    place.is_described = true;
    described_.push_back(place.description);
    Site& site = described_.back();
    if (name == kSeveralNames) {
      site.has_several_names = true;
    } else if (name != OwnNames::kOfSource) {
      site.function_name = names_.Text(name);
    }
  }
  return described_;
}

Site SiteTable::DescribePlace(const Place& place) const {
  Isolate* isolate = env_.isolate();
  const V8Internals& internals = GetV8Internals();
  Site site;
  site.kind = place.kind;
  site.state = place.state;
  if (place.kind == FrameKind::kWasm) {
    if (place.wasm.summary != nullptr) return SiteOfFrame(env_, wasm_stacks_->Describe(place.wasm));
    site.function_name = "WebAssembly.promising";
    return site;
  }
  if (place.kind == FrameKind::kModule && !place.is_activation) {
    DescribeModule(place.sample.As<v8::Module>(), place.request, &site);
    return site;
  }
  Local<Value> function = place.sample.As<Value>();
  if (place.is_activation) {
    function = ToScriptValue(
        isolate, ReadWord(ToAddress(place.sample), env_.layout().generator_function));
  }
  // Where V8's own bound functions cannot be followed without it. A proxy is not looked into.
  for (int depth = 0; depth < 100 && function->IsFunction(); depth++) {
    Local<Value> target = function.As<Function>()->GetBoundFunction();
    if (!target->IsFunction()) break;
    function = target;
  }
  if (!function->IsFunction()) return site;
  DescribeFunction(function.As<Function>(), &site);
  if (place.is_activation && site.state == FrameState::kSuspended && env_.Can("positions")) {
    Local<Data> sample = place.sample;
    const DebugLocation location = internals.suspended_location(*reinterpret_cast<void**>(&sample));
    if (!location.is_empty) {
      site.line = location.line + 1;
      site.column = location.column + 1;
    }
  }
  ReadPlace(env_, function.As<Function>(), &site);
  return site;
}

void SiteTable::DescribeFunction(Local<Function> function, Site* site) const {
  Isolate* isolate = env_.isolate();
  if (function->ScriptId() == v8::UnboundScript::kNoScriptId) {
    site->function_name = ToUtf8(isolate, function->GetDebugName());
    site->kind = FrameKind::kNative;
    return;
  }
  // Of its source: what this one of its closures was given as a name is no other one's. Where those
  // names cannot be read, this one's is the best there is: a computed method has no other.
  site->function_name = ToUtf8(
      isolate, env_.Can("functionNames") ? function->GetName() : function->GetDebugName());
  if (site->function_name.empty()) {
    site->function_name = ToUtf8(isolate, function->GetInferredName());
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

}  // namespace asynctb
