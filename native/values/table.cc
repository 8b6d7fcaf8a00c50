// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "values/table.h"

namespace asynctb {

using v8::Context;
using v8::Isolate;
using v8::Local;
using v8::NewStringType;
using v8::Object;
using v8::String;
using v8::Value;

Local<String> ToText(Isolate* isolate, std::string_view text) {
  return String::NewFromUtf8(isolate, text.data(), NewStringType::kNormal,
                             static_cast<int>(text.size()))
      .FromMaybe(String::Empty(isolate));
}

void SetProperty(Isolate* isolate, Local<Context> context, Local<Object> object,
                 std::string_view name, Local<Value> value) {
  Local<String> key =
      String::NewFromOneByte(isolate, reinterpret_cast<const uint8_t*>(name.data()),
                             NewStringType::kInternalized, static_cast<int>(name.size()))
          .ToLocalChecked();
  object->CreateDataProperty(context, key, value).FromMaybe(false);
}

}  // namespace asynctb
