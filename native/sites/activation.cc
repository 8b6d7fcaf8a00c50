// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "sites/activation.h"

#include <algorithm>

#include "sites/frame_site.h"
#include "sites/hiding.h"
#include "sites/script_place.h"
#include "text/source_text.h"
#include "v8/handle_address.h"
#include "v8/v8_internals.h"

namespace asynctb {

using v8::Data;
using v8::Function;
using v8::HandleScope;
using v8::Isolate;
using v8::Local;
using v8::Object;
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
  const FrameState state =
      kind == FrameKind::kAsyncFunction ? FrameState::kSuspended : FrameState::kNotStarted;
  return Intern(key, plain ? function : kNoAddress, function, kind, state, false);
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
    function =
        ToScriptValue(isolate, ReadWord(ToAddress(place.sample), env_.layout().generator_function));
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
  if (notes_hiding_) site.hiding = HidingOf(place, function.As<Function>(), site);
  return site;
}

int SiteTable::HidingOf(const Place& place, Local<Function> function, const Site& site) const {
  Local<Object> activation;
  if (place.is_activation && place.state == FrameState::kSuspended) {
    activation = place.sample.As<Value>().As<Object>();
  }
  return HidingMarks(env_, function, site.function_id, activation);
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
  site->function_name =
      ToUtf8(isolate, env_.Can("functionNames") ? function->GetName() : function->GetDebugName());
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

}  // namespace asynctb
