// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "sites/own_data.h"

#include "text/source_text.h"
#include "v8/v8_compat.h"

namespace asynctb {

using v8::Context;
using v8::Isolate;
using v8::Local;
using v8::Name;
using v8::Object;
using v8::String;
using v8::Symbol;
using v8::Value;

namespace {

constexpr int kMostPrototypes = 100;

Local<Value> ValueOf(Local<Context> context, Local<Object> object, Local<Name> key) {
  Isolate* isolate = Isolate::GetCurrent();
  Local<Value> found;
  if (!object->GetOwnPropertyDescriptor(context, key).ToLocal(&found) || !found->IsObject()) {
    return Local<Value>();
  }
  // An accessor has no value, and what a descriptor inherits may be the program's.
  Local<Object> descriptor = found.As<Object>();
  Local<String> value = String::NewFromUtf8Literal(isolate, "value");
  if (!descriptor->HasOwnProperty(context, value).FromMaybe(false) ||
      !descriptor->Get(context, value).ToLocal(&found)) {
    return Local<Value>();
  }
  return found;
}

// A string that is not empty, or nothing.
std::string TextOf(Local<Value> value) {
  if (value.IsEmpty() || !value->IsString()) return "";
  return ToUtf8(Isolate::GetCurrent(), value);
}

}  // namespace

bool IsPlainObject(Local<Value> value) {
  if (!value->IsObject() || value->IsProxy()) return false;
  Local<Object> object = value.As<Object>();
  return !object->HasNamedLookupInterceptor() && !object->HasIndexedLookupInterceptor();
}

Local<Value> OwnData(Local<Context> context, Local<Object> object, Local<Name> key) {
  if (!object->HasOwnProperty(context, key).FromMaybe(false) ||
      object->HasRealNamedCallbackProperty(context, key).FromMaybe(true)) {
    return Local<Value>();
  }
  return ValueOf(context, object, key);
}

std::string NameOfFunction(Local<Context> context, Local<Object> function) {
  if (!IsPlainObject(function)) return "";
  // V8 keeps it behind an accessor of its own, which runs nothing.
  Local<String> key = String::NewFromUtf8Literal(Isolate::GetCurrent(), "name");
  if (!function->HasOwnProperty(context, key).FromMaybe(false)) return "";
  return TextOf(ValueOf(context, function, key));
}

std::string ClassNameOf(Local<Context> context, Local<Object> object) {
  Isolate* isolate = Isolate::GetCurrent();
  Local<String> key = String::NewFromUtf8Literal(isolate, "constructor");
  Local<Value> prototype = PrototypeOf(object);
  for (int i = 0; i < kMostPrototypes && IsPlainObject(prototype); i++) {
    Local<Object> current = prototype.As<Object>();
    if (current->IsFunction()) break;
    Local<Value> constructor = OwnData(context, current, key);
    if (!constructor.IsEmpty() && constructor->IsFunction()) {
      const std::string name = NameOfFunction(context, constructor.As<Object>());
      if (!name.empty()) return name;
    }
    // Generators: what stands for their class is not a function, but it carries a tag.
    const std::string tag = TextOf(OwnData(context, current, Symbol::GetToStringTag(isolate)));
    if (!tag.empty()) return tag;
    prototype = PrototypeOf(current);
  }
  return "Object";
}

}  // namespace asynctb
