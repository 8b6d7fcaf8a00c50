// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include <algorithm>
#include <string>
#include <vector>

#include "layout/debug_frames.h"
#include "v8/handle_address.h"
#include "v8/scope_iterator.h"
#include "v8/v8_compat.h"

namespace asynctb {

using v8::Context;
using v8::Function;
using v8::FunctionCallbackInfo;
using v8::HandleScope;
using v8::Isolate;
using v8::Local;
using v8::Object;
using v8::Script;
using v8::String;
using v8::TryCatch;
using v8::Value;

namespace {

// One calls the other; each has a receiver or a variable that is known, kept in a register and, for
// `shared`, in a context. The rest is to know an arrow function by.
constexpr char kSource[] =
    "(function(){ 'use strict';"
    "function asynctbOuter(call, inner, object) {\n"
    "  const planted = object;\n"
    "  return inner.call(planted, call);\n"
    "}"
    "function asynctbInner(call) { const planted = this, shared = planted;\n"
    "  call(() => shared); return planted; }"
    "return [asynctbOuter, asynctbInner, () => {}, async () => {}, {}] })()";

enum Planted : uint32_t { kOuter, kInner, kArrow, kAsyncArrow, kObject, kPlantedCount };

struct Proof {
  Isolate* isolate;
  DebugLayout* debug;
  Local<Value> planted[kPlantedCount];
  std::string reason = "the probe's functions were not called";
};

// The proof that is being made on this thread.
thread_local Proof* current_proof = nullptr;

// Whether some scope of the frame has a variable of this name with the planted object.
bool HasVariable(Proof* proof, const DebugFrames& frames, const char* name) {
  Local<Context> context = proof->isolate->GetCurrentContext();
  void* scopes = frames.Scopes();
  if (scopes == nullptr) return false;
  const Local<Value> objects = CollectFrameScopes(proof->isolate, scopes);
  Local<String> key = String::NewFromUtf8(proof->isolate, name).ToLocalChecked();
  for (uint32_t i = 0; i < objects.As<v8::Array>()->Length(); i++) {
    Local<Value> object, value;
    if (objects.As<Object>()->Get(context, i).ToLocal(&object) && object->IsObject() &&
        object.As<Object>()->Get(context, key).ToLocal(&value) &&
        value->StrictEquals(proof->planted[kObject])) {
      return true;
    }
  }
  return false;
}

bool HoldsPlanted(Proof* proof, const StackWords& words) {
  const Address object = ToAddress(proof->planted[kObject]);
  for (const uintptr_t* word = words.begin; word < words.end; word++) {
    if (*word == object) return true;
  }
  return false;
}

// The word of an iterator that leads to the frame it stands at; -1 when not exactly one does. What
// V8 has not written in an iterator is what was in that memory before, a frame's address at times:
// of several iterators at once each lies elsewhere.
int FindIteratorFrame(Isolate* isolate, const DebugLayout& debug) {
  const DebugFrames first(isolate, debug), second(isolate, debug), third(isolate, debug);
  std::vector<int> found;
  const std::vector<int> others[] = {second.FindStackFrames(), third.FindStackFrames()};
  for (const int offset : first.FindStackFrames()) {
    const auto has = [offset](const std::vector<int>& list) {
      return std::find(list.begin(), list.end(), offset) != list.end();
    };
    if (std::all_of(std::begin(others), std::end(others), has)) found.push_back(offset);
  }
  return found.size() == 1 ? found[0] : -1;
}

std::string Prove(Proof* proof) {
  DebugLayout* debug = proof->debug;
  Local<v8::StackTrace> trace = v8::StackTrace::CurrentStackTrace(proof->isolate, 2);
  if (trace->GetFrameCount() < 2) return "V8's own list of frames lacks the probe's";
  debug->iterator_frame = FindIteratorFrame(proof->isolate, *debug);
  DebugFrames frames(proof->isolate, *debug);
  for (int i = 0; i < 2; i++, frames.Advance()) {
    if (frames.Done()) return "V8's iterator has no frames";
    Local<Function> function = frames.Function();
    if (function.IsEmpty() || !function->StrictEquals(proof->planted[i == 0 ? kInner : kOuter])) {
      return "V8's iterator gave another function than the one that runs";
    }
    Local<v8::StackFrame> same = trace->GetFrame(proof->isolate, static_cast<uint32_t>(i));
    const DebugLocation location = frames.Location();
    if (location.line + 1 != same->GetLineNumber() || location.column + 1 != same->GetColumn()) {
      return "V8's iterator gave another position than its list of frames";
    }
    Local<Value> receiver = frames.Receiver();
    if (receiver.IsEmpty() ||
        !receiver->StrictEquals(i == 0 ? proof->planted[kObject]
                                       : v8::Undefined(proof->isolate).As<Value>())) {
      return "V8's iterator gave another receiver";
    }
    if (debug->iterator_frame < 0 || !frames.IsPlain()) {
      return "what V8's iterator stands at was not found";
    }
    if (!HoldsPlanted(proof, frames.Registers())) return "a frame's registers were not found";
    if (!HasVariable(proof, frames, "planted") ||
        (i == 0 && !HasVariable(proof, frames, "shared"))) {
      return "V8's iterator lacks a variable";
    }
  }
  return "";
}

void OnCall(const FunctionCallbackInfo<Value>&) { current_proof->reason = Prove(current_proof); }

}  // namespace

std::string ProveDebugFrames(Isolate* isolate, const Layout& layout, DebugLayout* debug) {
  *debug = DebugLayout();
  const V8Internals& internals = GetV8Internals();
  if (!internals.can_iterate_frames() || !internals.can_read_scopes()) {
    return "V8's StackTraceIterator was not found: " + internals.reason;
  }
  debug->isolate_debug = FindDebug(isolate);
  if (debug->isolate_debug < 0) return "the isolate's Debug was not found";
  HandleScope scope(isolate);
  TryCatch caught(isolate);
  // A context of our own: the program's globals and its list of scripts stay as they are.
  Local<Context> context = Context::New(isolate);
  if (context.IsEmpty()) return "no context could be made";
  Context::Scope context_scope(context);
  Proof proof;
  proof.isolate = isolate;
  proof.debug = debug;
  Local<String> source;
  Local<Script> script;
  Local<Value> planted, result;
  Local<Function> call;
  v8::ScriptOrigin origin =
      MakeOrigin(isolate, String::NewFromUtf8Literal(isolate, "asynctb:frames-probe"), false);
  bool ok = String::NewFromUtf8(isolate, kSource).ToLocal(&source) &&
            Script::Compile(context, source, &origin).ToLocal(&script) &&
            script->Run(context).ToLocal(&planted) && planted->IsObject() &&
            Function::New(context, OnCall).ToLocal(&call);
  for (uint32_t i = 0; ok && i < kPlantedCount; i++) {
    ok = planted.As<Object>()->Get(context, i).ToLocal(&proof.planted[i]) &&
         proof.planted[i]->IsObject();
  }
  if (!ok) return "the probe could not run";
  const auto kind_of = [&](Planted function) {
    return FunctionKindOf(layout,
                          ReadWord(ToAddress(proof.planted[function]), layout.function_shared));
  };
  debug->arrow_kind = kind_of(kArrow);
  debug->async_arrow_kind = kind_of(kAsyncArrow);
  Local<Value> arguments[] = {call, proof.planted[kInner], proof.planted[kObject]};
  current_proof = &proof;
  if (!proof.planted[kOuter]
           .As<Function>()
           ->Call(context, v8::Undefined(isolate), 3, arguments)
           .ToLocal(&result)) {
    return "the probe threw";
  }
  debug->proven = proof.reason.empty();
  return proof.reason;
}

}  // namespace asynctb
