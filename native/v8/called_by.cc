// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "v8/called_by.h"

#include <cstring>

namespace asynctb {

namespace {

// Above there may be what a debugger has evaluated.
constexpr int kMostFrames = 100;

bool Is(v8::Isolate* isolate, v8::Local<v8::String> text, const char* wanted) {
  return !text.IsEmpty() && strcmp(*v8::String::Utf8Value(isolate, text), wanted) == 0;
}

}  // namespace

bool IsCalledBy(v8::Isolate* isolate, const char* function, const char* script) {
  if (!isolate->InContext()) return false;
  v8::HandleScope scope(isolate);
  v8::Local<v8::StackTrace> trace =
      v8::StackTrace::CurrentStackTrace(isolate, kMostFrames, v8::StackTrace::kOverview);
  for (int i = 0; i < trace->GetFrameCount(); i++) {
    v8::Local<v8::StackFrame> frame = trace->GetFrame(isolate, static_cast<uint32_t>(i));
    if (Is(isolate, frame->GetFunctionName(), function) &&
        Is(isolate, frame->GetScriptName(), script)) {
      return true;
    }
  }
  return false;
}

}  // namespace asynctb
