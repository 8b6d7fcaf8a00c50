// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "watcher/map_host.h"

#include <string>

#include "base/enough_memory.h"
#include "v8/v8_compat.h"
#include "values/heap_room.h"

namespace asynctb {

using v8::Context;
using v8::Function;
using v8::FunctionCallbackInfo;
using v8::HeapStatistics;
using v8::Isolate;
using v8::Local;
using v8::MaybeLocal;
using v8::Number;
using v8::Object;
using v8::String;
using v8::Value;

namespace {

// A quarter of the heap stays free. What hangs on it counts as well.
double LimitOf(const FunctionCallbackInfo<Value>& info) {
  HeapStatistics heap;
  info.GetIsolate()->GetHeapStatistics(&heap);
  return 0.75 * info.Data().As<Number>()->Value() - static_cast<double>(heap.external_memory());
}

void Return(const FunctionCallbackInfo<Value>& info, MaybeLocal<String> text) {
  Local<String> result;
  if (text.ToLocal(&result)) {
    info.GetReturnValue().Set(result);
  } else {
    info.GetReturnValue().SetNull();
  }
}

std::string TextOf(Isolate* isolate, Local<Value> value) {
  Local<String> string = value.As<String>();
  std::string text(Utf8Bytes(isolate, string), '\0');
  text.resize(WriteUtf8(isolate, string, text.data(), text.size()));
  return text;
}

// readText(path, root, longest): null when it cannot be had.
void ReadText(const FunctionCallbackInfo<Value>& info) {
  Isolate* isolate = info.GetIsolate();
  info.GetReturnValue().SetNull();
  if (!info[0]->IsString() || !info[1]->IsString() || !info[2]->IsNumber()) return;
  WithMemory([&] {
    const size_t longest = static_cast<size_t>(info[2].As<Number>()->Value());
    Return(info, FileInRoom(isolate, TextOf(isolate, info[0]), TextOf(isolate, info[1]), longest,
                            LimitOf(info)));
  });
}

// hasRoom(bytes)
void HasRoomFor(const FunctionCallbackInfo<Value>& info) {
  info.GetReturnValue().Set(
      info[0]->IsNumber() &&
      HasRoom(info.GetIsolate(), info[0].As<Number>()->Value(), LimitOf(info)));
}

int DigitOf(char character) {
  if (character >= 'A' && character <= 'Z') return character - 'A';
  if (character >= 'a' && character <= 'z') return character - 'a' + 26;
  if (character >= '0' && character <= '9') return character - '0' + 52;
  if (character == '+' || character == '-') return 62;
  if (character == '/' || character == '_') return 63;
  return -1;
}

// textOfBase64(encoded): the text in UTF-8; what is no digit is skipped, as Node does.
void TextOfBase64(const FunctionCallbackInfo<Value>& info) {
  info.GetReturnValue().SetNull();
  if (!info[0]->IsString()) return;
  WithMemory([&] {
    std::string text = TextOf(info.GetIsolate(), info[0]);
    size_t length = 0;
    uint32_t bits = 0;
    int count = 0;
    for (const char character : text) {
      if (character == '=') break;
      const int digit = DigitOf(character);
      if (digit < 0) continue;
      bits = bits << 6 | static_cast<uint32_t>(digit);
      count += 6;
      if (count < 8) continue;
      count -= 8;
      text[length++] = static_cast<char>(bits >> count & 0xff);
    }
    text.resize(length);
    Return(info, TextInRoom(info.GetIsolate(), text, LimitOf(info)));
  });
}

}  // namespace

MaybeLocal<Value> MakeMapHost(Isolate* isolate, Local<Context> context, size_t most_bytes) {
  Local<Object> host = Object::New(isolate);
  Local<Number> data = Number::New(isolate, static_cast<double>(most_bytes));
  const auto add = [&](const char* name, v8::FunctionCallback callback) {
    Local<Function> function;
    Local<String> key;
    return Function::New(context, callback, data).ToLocal(&function) &&
           String::NewFromUtf8(isolate, name).ToLocal(&key) &&
           host->CreateDataProperty(context, key, function).FromMaybe(false);
  };
  if (!add("readText", ReadText) || !add("hasRoom", HasRoomFor) ||
      !add("textOfBase64", TextOfBase64)) {
    return {};
  }
  return host;
}

}  // namespace asynctb
