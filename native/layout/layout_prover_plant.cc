// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

// The objects with known content that layouts are proven with.

#include "layout/layout_prover.h"
#include "layout/probe_source.h"
#include "v8/handle_address.h"
#include "v8/v8_compat.h"

namespace asynctb {

using v8::Context;
using v8::Function;
using v8::Isolate;
using v8::Local;
using v8::MaybeLocal;
using v8::Module;
using v8::Object;
using v8::Promise;
using v8::ScriptCompiler;
using v8::String;
using v8::TryCatch;
using v8::Value;

namespace {

// InstantiateModule takes a plain function: the module that it shall find is passed by thread.
thread_local Local<Module> resolved_module;

MaybeLocal<Module> ResolveProbeModule(Local<Context>, Local<String>, Local<v8::FixedArray>,
                                      Local<Module>) {
  return resolved_module;
}

Local<String> NewString(Isolate* isolate, const char* text) {
  return String::NewFromUtf8(isolate, text).ToLocalChecked();
}

MaybeLocal<Module> CompileModule(Isolate* isolate, const char* source) {
  ScriptCompiler::Source input(NewString(isolate, source),
                               MakeOrigin(isolate, NewString(isolate, kProbeName), true));
  return ScriptCompiler::CompileModule(isolate, &input);
}

}  // namespace

bool Prover::Plant() {
  // The probe's jobs run on a queue of its own: the program's queue never sees them.
  queue_ = NewMicrotaskQueue(isolate_);
  Local<Context> context = Context::New(isolate_, nullptr, {}, {}, {}, queue_.get());
  if (context.IsEmpty()) return false;
  context_ = context;
  Context::Scope context_scope(context);
  TryCatch guard(isolate_);
  Local<String> source = NewString(isolate_, kProbeSource);
  v8::ScriptOrigin origin = MakeOrigin(isolate_, NewString(isolate_, kProbeName), false);
  Local<v8::Script> script;
  Local<Value> result;
  if (!v8::Script::Compile(context, source, &origin).ToLocal(&script) ||
      !script->Run(context).ToLocal(&result) || !result->IsObject()) {
    return false;
  }
  queue_->PerformCheckpoint(isolate_);
  Local<Object> samples = result.As<Object>();
  Local<Value> later;
  if (!samples->Get(context, NewString(isolate_, "later")).ToLocal(&later) ||
      !later->IsFunction() || later.As<Function>()->Call(context, samples, 0, nullptr).IsEmpty()) {
    return false;
  }
  queue_->PerformCheckpoint(isolate_);
  if (!TakeNames(samples)) return false;
  planted_objects_["source"] = source;
  v8::ScriptOrigin moved = MakeOrigin(isolate_, NewString(isolate_, kProbeName), false,
                                      kProbeLineOffset, kProbeColumnOffset);
  if (!v8::Script::Compile(context, NewString(isolate_, "(() => {})"), &moved).ToLocal(&script) ||
      !script->Run(context).ToLocal(&result)) {
    return false;
  }
  planted_objects_["offsetFunction"] = result;
  return PlantModules(context);
}

bool Prover::TakeNames(Local<Object> samples) {
  Local<v8::Array> names;
  if (!samples->GetOwnPropertyNames(context_).ToLocal(&names)) return false;
  for (uint32_t i = 0; i < names->Length(); i++) {
    Local<Value> name, value;
    if (!names->Get(context_, i).ToLocal(&name) || !samples->Get(context_, name).ToLocal(&value)) {
      return false;
    }
    planted_objects_[*String::Utf8Value(isolate_, name)] = value;
  }
  return true;
}

bool Prover::PlantScript(const char* text) {
  if (!planted_) return false;
  Context::Scope context_scope(context_);
  TryCatch guard(isolate_);
  v8::ScriptOrigin origin = MakeOrigin(isolate_, NewString(isolate_, kProbeName), false);
  Local<v8::Script> script;
  Local<Value> result;
  if (!v8::Script::Compile(context_, NewString(isolate_, text), &origin).ToLocal(&script) ||
      !script->Run(context_).ToLocal(&result) || !result->IsObject()) {
    return false;
  }
  queue_->PerformCheckpoint(isolate_);
  return TakeNames(result.As<Object>());
}

bool Prover::PlantModules(Local<Context> context) {
  Local<Promise::Resolver> never;
  if (!Promise::Resolver::New(context).ToLocal(&never) ||
      context->Global()
          ->Set(context, NewString(isolate_, "never"), never->GetPromise())
          .IsNothing()) {
    return false;
  }
  Local<Module> child, parent;
  Local<Value> evaluated;
  if (!CompileModule(isolate_, kProbeChildModule).ToLocal(&child) ||
      !CompileModule(isolate_, kProbeParentModule).ToLocal(&parent)) {
    return false;
  }
  resolved_module = child;
  const bool linked = parent->InstantiateModule(context, ResolveProbeModule).FromMaybe(false);
  resolved_module = Local<Module>();
  if (!linked || !parent->Evaluate(context).ToLocal(&evaluated)) return false;
  never_ = never;
  planted_objects_["never"] = never->GetPromise();
  planted_objects_["childModule"] = child;
  planted_objects_["parentModule"] = parent;
  planted_objects_["parentPromise"] = evaluated;
  return true;
}

}  // namespace asynctb
