// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "running/running_details.h"

#include <algorithm>
#include <string>
#include <unordered_map>

#include "layout/debug_frames.h"
#include "sites/activation.h"
#include "sites/hiding.h"
#include "sites/resources.h"
#include "sites/scopes.h"
#include "sites/script_place.h"
#include "v8/handle_address.h"
#include "v8/scope_iterator.h"

namespace asynctb {

using v8::Array;
using v8::Context;
using v8::Function;
using v8::HandleScope;
using v8::Isolate;
using v8::Local;
using v8::Object;
using v8::String;
using v8::Value;

namespace {

// Goes through both lists of frames for as long as they agree. `visit(index, frames, function)`.
template <typename Visit>
void VisitRunning(const EnvData& env, const std::vector<Site>& sites, Visit visit) {
  if (!env.Can("runningFrames")) return;
  DebugFrames frames(env.isolate(), env.debug_layout());
  for (size_t i = 0; i < sites.size() && !frames.Done(); i++, frames.Advance()) {
    const Site& site = sites[i];
    Local<Function> function = frames.Function();
    if (site.kind == FrameKind::kWasm || function.IsEmpty()) {
      if (site.kind != FrameKind::kWasm || !function.IsEmpty()) return;
      continue;
    }
    const DebugLocation location = frames.Location();
    if (function->ScriptId() != site.script_id || location.line + 1 != site.line ||
        location.column + 1 != site.column) {
      return;
    }
    visit(i, frames, function);
  }
}

bool IsArrow(const EnvData& env, Local<Function> function) {
  const int kind =
      FunctionKindOf(env.layout(), ReadWord(ToAddress(function), env.layout().function_shared));
  return kind == env.debug_layout().arrow_kind || kind == env.debug_layout().async_arrow_kind;
}

}  // namespace

std::vector<RunningDetail> DescribeRunning(const EnvData& env, Local<Context> context,
                                           std::vector<Site>* sites, bool with_resources) {
  std::vector<RunningDetail> details(sites->size());
  VisitRunning(env, *sites, [&](size_t i, const DebugFrames& frames, Local<Function> function) {
    RunningDetail& detail = details[i];
    detail.function = function;
    if (!IsArrow(env, function)) {
      Local<Value> receiver = frames.Receiver();
      if (!receiver.IsEmpty()) {
        detail.receiver = ToScriptValue(env.isolate(), ToAddress(receiver));
      }
    }
    detail.is_plain = frames.IsPlain();
    if (with_resources && detail.is_plain) detail.held = ReadRunningBlocks(env, frames);
  });
  // Deep stacks are mostly of few functions.
  std::unordered_map<std::string, bool> mentions;
  for (size_t i = 0; i < details.size(); i++) {
    RunningDetail& detail = details[i];
    if (detail.function.IsEmpty()) continue;
    HandleScope scope(env.isolate());
    Site& site = (*sites)[i];
    // Recursion: the same function again.
    site.function_id = i > 0 && detail.function == details[i - 1].function
                           ? (*sites)[i - 1].function_id
                           : FunctionIdOf(detail.function);
    const auto [known, added] = mentions.try_emplace(site.function_id, false);
    if (added) known->second = MentionsHideLocal(env.isolate(), context, detail.function);
    detail.mentions_hiding = known->second;
    if (with_resources) {
      ReadPlace(env, detail.function, &site);
    } else if (site.script != 0) {
      ReadHead(env, detail.function, &site);
    }
  }
  return details;
}

Local<Array> ReadRunningScopes(const EnvData& env, Local<Context> context,
                               const std::vector<int32_t>& wanted, bool for_reading) {
  Isolate* isolate = env.isolate();
  std::vector<Local<Value>> found(wanted.size(), v8::Undefined(isolate));
  if (env.Can("runningFrames") && env.Can("scopes") && !wanted.empty()) {
    v8::TryCatch guard(isolate);
    constexpr int kEveryFrame = 100'000;
    const int count = v8::StackTrace::CurrentStackTrace(isolate, kEveryFrame)->GetFrameCount();
    Local<String> arguments = String::NewFromUtf8Literal(isolate, "arguments");
    DebugFrames frames(isolate, env.debug_layout());
    for (int32_t index = count - 1; index >= 0 && !frames.Done(); index--, frames.Advance()) {
      const auto at = std::find(wanted.begin(), wanted.end(), index);
      if (at == wanted.end() || !frames.IsPlain()) continue;
      Local<Function> function = frames.Function();
      void* scopes = function.IsEmpty() ? nullptr : frames.Scopes();
      if (scopes == nullptr) continue;
      Local<Array> objects = CollectFrameScopes(isolate, scopes).As<Array>();
      // V8 adds this one to every function.
      if (for_reading && objects->Length() > 0 &&
          !Mentions(isolate, context, function, u"arguments")) {
        Local<Value> own;
        if (objects->Get(context, objects->Length() - 1).ToLocal(&own) && own->IsObject()) {
          own.As<Object>()->Delete(context, arguments).FromMaybe(false);
        }
      }
      found[static_cast<size_t>(at - wanted.begin())] = objects;
    }
  }
  return Array::New(isolate, found.data(), found.size());
}

namespace {

// The functions that mention `__tracebackhide__`, each with its frame's index, innermost first.
void HideByLocals(const EnvData& env,
                  const std::vector<std::pair<size_t, Local<Function>>>& functions,
                  std::vector<Site>* sites) {
  Isolate* isolate = env.isolate();
  if (!env.Can("scopes") || functions.empty()) return;
  Local<Context> context = isolate->GetCurrentContext();
  std::vector<size_t> mentioning;
  for (const auto& [i, function] : functions) {
    if (MayMentionHideLocal(env, function)) mentioning.push_back(i);
  }
  if (mentioning.empty()) return;
  constexpr int kEveryFrame = 100'000;
  const int count = v8::StackTrace::CurrentStackTrace(isolate, kEveryFrame)->GetFrameCount();
  std::vector<int32_t> wanted;
  for (const size_t i : mentioning) wanted.push_back(count - 1 - static_cast<int32_t>(i));
  Local<Array> scopes = ReadRunningScopes(env, context, wanted, false);
  for (uint32_t i = 0; i < mentioning.size(); i++) {
    Local<Value> own;
    if (scopes->Get(context, i).ToLocal(&own) && HasHideLocal(context, own)) {
      (*sites)[mentioning[i]].hiding |= SiteMark::kHide;
    }
  }
}

}  // namespace

void NoteRunningFunctions(const EnvData& env, std::vector<Site>* sites, bool with_ids) {
  HandleScope scope(env.isolate());
  // Reading text may allocate, so it waits until the frames have been left.
  std::vector<std::pair<size_t, Local<Function>>> found;
  VisitRunning(env, *sites, [&](size_t i, const DebugFrames&, Local<Function> function) {
    found.emplace_back(i, function);
  });
  for (const auto& [i, function] : found) {
    Site& site = (*sites)[i];
    const std::string function_id = FunctionIdOf(function);
    if (with_ids) site.function_id = function_id;
    if (site.script != 0) ReadHead(env, function, &site);
    site.hiding = HidingMarks(env, function, function_id, Local<Object>());
  }
  HideByLocals(env, found, sites);
}

}  // namespace asynctb
