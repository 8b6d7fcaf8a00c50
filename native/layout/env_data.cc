// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "layout/env_data.h"

#include <uv.h>

#include <iterator>
#include <sstream>

#include "v8/v8_compat.h"
#include "v8/wasm_internals.h"

namespace asynctb {

EnvData::EnvData(v8::Isolate* isolate) : isolate_(isolate) {}

void EnvData::EnsureProven() {
  if (proven_) return;
  loop_ = node::GetCurrentEventLoop(isolate_);
  layout_ = Layout();
  capabilities_.clear();
  proven_ = ProveLayout(isolate_, &layout_, &capabilities_);
  ProveWasmStacks();
  Disable();
  SpreadFailures();
}

void EnvData::EnsureAllProven() {
  EnsureProven();
  if (all_proven_) return;
  ProveNativeStacks();
  ProveRunningFrames();
  Disable();
  SpreadFailures();
  all_proven_ = proven_;
}

// How the stack of a thread that is blocked in native code is read.
void EnvData::ProveNativeStacks() {
  CapabilityState& state = capabilities_["nativeStacks"];
  state.needs = {"functions", "positions"};
  if (!Can("functions") || !Can("positions")) return;  // for a reason that SpreadFailures gives
  state.reason = ProveNativeLayout(isolate_, layout_, &native_layout_);
  state.available = state.reason.empty();
  if (state.available) state.via = "a signal to the thread";
}

// What the frames of the running stack are of.
void EnvData::ProveRunningFrames() {
  CapabilityState& state = capabilities_["runningFrames"];
  state.needs = {"functions"};
  if (!Can("functions")) return;  // for a reason that SpreadFailures gives
  state.reason = ProveDebugFrames(isolate_, layout_, &debug_layout_);
  state.available = state.reason.empty();
  if (state.available) state.via = "v8::debug::StackTraceIterator";
}

// How the frames of suspended WebAssembly are read. A stack proves itself when it is met: none can
// be planted without compiling a module.
void EnvData::ProveWasmStacks() {
  CapabilityState& state = capabilities_["wasmStacks"];
  state.needs = {"functions"};
  if (!Can("functions")) return;  // for a reason that SpreadFailures gives
  state.available = layout_.wasm_suspender_type != Layout::kNoType;
  if (state.available)
    state.via = "v8::internal::StackFrameIterator";
  else
    state.reason = "this V8 suspends no WebAssembly";
}

void EnvData::EnsureEverythingProven() {
  EnsureAllProven();
  if (!Can("wasmStacks")) return;
  CapabilityState& state = capabilities_["wasmStacks"];
  state.reason = GetWasmInternals().reason;
  state.available = state.reason.empty();
  if (!state.available) state.via.clear();
}

bool EnvData::Can(const char* capability) const {
  const auto found = capabilities_.find(capability);
  return found != capabilities_.end() && found->second.available;
}

std::string EnvData::WhyNot(const char* capability) const {
  const auto found = capabilities_.find(capability);
  return found == capabilities_.end() ? "unknown capability" : found->second.reason;
}

int EnvData::NoteSourceMap(int script, v8::Local<v8::Value> url) const {
  if (url.IsEmpty() || !url->IsString() || url.As<v8::String>()->Length() == 0) return 0;
  v8::Global<v8::String>& noted = source_maps_[script];
  if (noted.IsEmpty()) {
    noted.Reset(isolate_, url.As<v8::String>());
    noted.SetWeak();
  }
  // Scripts that are gone, in programs that make new ones all the time.
  if (source_maps_.size() >= next_sweep_) {
    for (auto each = source_maps_.begin(); each != source_maps_.end();) {
      each = each->second.IsEmpty() ? source_maps_.erase(each) : std::next(each);
    }
    next_sweep_ = 2 * source_maps_.size() + 1024;
  }
  return script;
}

v8::Local<v8::String> EnvData::SourceMapUrl(int script) const {
  const auto found = source_maps_.find(script);
  if (found == source_maps_.end() || found->second.IsEmpty()) return v8::String::Empty(isolate_);
  return found->second.Get(isolate_);
}

void EnvData::MarkFunction(const std::string& function_id, int marks) {
  if (marks == 0) {
    function_marks_.erase(function_id);
  } else {
    function_marks_[function_id] = marks;
  }
}

int EnvData::MarksOfFunction(const std::string& function_id) const {
  if (function_marks_.empty() || function_id.empty()) return 0;
  const auto found = function_marks_.find(function_id);
  return found == function_marks_.end() ? 0 : found->second;
}

int EnvData::Keep(std::shared_ptr<void> value) {
  kept_[++last_kept_] = std::move(value);
  return last_kept_;
}

std::shared_ptr<void> EnvData::TakeBack(int number) {
  const auto found = kept_.find(number);
  if (found == kept_.end()) return nullptr;
  std::shared_ptr<void> value = std::move(found->second);
  kept_.erase(found);
  return value;
}

// ASYNCTB_DISABLE=name,name switches capabilities off by hand.
void EnvData::Disable() {
  if (disabled_.empty()) return;
  std::set<std::string> names;
  std::istringstream list(disabled_);
  for (std::string name; std::getline(list, name, ',');) names.insert(name);
  const bool all = names.count("native") != 0;
  for (auto& [name, state] : capabilities_) {
    if (!all && names.count(name) == 0) continue;
    state.available = false;
    state.via.clear();
    state.reason = "switched off by ASYNCTB_DISABLE";
  }
}

// What needs something that does not work does not work either.
void EnvData::SpreadFailures() {
  for (bool changed = true; changed;) {
    changed = false;
    for (auto& [name, state] : capabilities_) {
      for (const std::string& need : state.needs) {
        const CapabilityState& needed = capabilities_[need];
        // Its own reason comes first, in some later round.
        if (needed.available || needed.reason.empty()) continue;
        if (!state.available && !state.reason.empty()) continue;
        state.available = false;
        state.via.clear();
        state.reason = "it needs " + need + ": " + needed.reason;
        changed = true;
      }
    }
  }
}

namespace {

double LoopClock() { return static_cast<double>(uv_hrtime()) / 1e6; }

}  // namespace

void EnvData::NoteTimerStart(double milliseconds) { timer_base_ = LoopClock() - milliseconds; }

double EnvData::TimerNow() const {
  return timer_base_.has_value() ? LoopClock() - *timer_base_ : 0;
}

}  // namespace asynctb
