// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "binding/exports.h"

#include "base/enough_memory.h"
#include "binding/handles.h"

namespace asynctb {

using v8::Context;
using v8::Exception;
using v8::Isolate;
using v8::Local;
using v8::Object;
using v8::String;

namespace {

void ThrowOutOfMemory(Isolate* isolate) {
  Local<Context> context = isolate->GetCurrentContext();
  Local<Object> error =
      Exception::Error(String::NewFromUtf8Literal(
                           isolate, "there is no memory for this; ask for less, or later"))
          .As<Object>();
  error
      ->CreateDataProperty(context, String::NewFromUtf8Literal(isolate, "code"),
                           String::NewFromUtf8Literal(isolate, "ERR_ASYNCTB_OUT_OF_MEMORY"))
      .FromMaybe(false);
  isolate->ThrowException(error);
}

}  // namespace

void Export(Napi::Env env, Napi::Object exports, const char* name,
            Napi::Value (*function)(const Napi::CallbackInfo&)) {
  const auto guarded = [function](const Napi::CallbackInfo& info) -> Napi::Value {
    Napi::Value result;
    if (!WithMemory([&] { result = function(info); })) ThrowOutOfMemory(Isolate::GetCurrent());
    return result;
  };
  exports.Set(name, Napi::Function::New(env, guarded, name));
}

}  // namespace asynctb
