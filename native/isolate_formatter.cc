// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "isolate_formatter.h"

#include <unistd.h>
#include <uv.h>

#include "to_js.h"
#include "v8_compat.h"

namespace asynctb {

using v8::Array;
using v8::Boolean;
using v8::Context;
using v8::Function;
using v8::HandleScope;
using v8::HeapStatistics;
using v8::Isolate;
using v8::Local;
using v8::Locker;
using v8::Number;
using v8::Object;
using v8::Script;
using v8::String;
using v8::TryCatch;
using v8::Value;

namespace {

// Formatting is streamed, so even a large dump needs a fraction of this; the program beside it
// must not be killed for our memory. Node lets an isolate of NewIsolate have gigabytes.
constexpr size_t kMostHeapBytes = 512u << 20;
// For V8 to unwind with after its own, perhaps smaller, limit was met.
constexpr size_t kHeadroomBytes = 64u << 20;
// The formatters recurse by the depth of nested branches. The thread's stack is larger than this.
constexpr uintptr_t kStackBytes = 1u << 20;

// Where V8 would take the process down for want of memory, the dump is given up instead.
size_t OnNearHeapLimit(void* isolate, size_t current, size_t) {
  static_cast<Isolate*>(isolate)->TerminateExecution();
  return current + kHeadroomBytes;
}

void OnGarbageCollected(Isolate* isolate, v8::GCType, v8::GCCallbackFlags, void*) {
  HeapStatistics heap;
  isolate->GetHeapStatistics(&heap);
  if (heap.used_heap_size() + heap.external_memory() > kMostHeapBytes) {
    isolate->TerminateExecution();
  }
}

[[noreturn]] void ParkForever() {
  for (;;) pause();
}

Local<String> ToString(Isolate* isolate, const std::string& text) {
  return String::NewFromUtf8(isolate, text.data(), v8::NewStringType::kNormal,
                             static_cast<int>(text.size()))
      .FromMaybe(String::Empty(isolate));
}

bool Set(Isolate* isolate, Local<Context> context, Local<Object> object, const char* key,
         Local<Value> value) {
  return object->CreateDataProperty(context, ToString(isolate, key), value).FromMaybe(false);
}

// A property of one of the formatter's own objects, empty after an exception.
Local<Value> Get(Isolate* isolate, Local<Context> context, Local<Object> object,
                 const char* key) {
  return object->Get(context, ToString(isolate, key)).FromMaybe(Local<Value>());
}

std::string Describe(Isolate* isolate, const TryCatch& caught) {
  if (caught.HasTerminated()) return "it took too much memory, or the process is exiting";
  HandleScope scope(isolate);
  if (caught.Message().IsEmpty()) return "the formatter gave nothing";
  const String::Utf8Value text(isolate, caught.Message()->Get());
  return std::string("the formatter failed: ") + (*text == nullptr ? "?" : *text);
}

// [threads, process, meta, options], as asynctbFormat takes them; false when one cannot be made.
bool MakeArguments(Isolate* isolate, Local<Context> context, DumpContent* content,
                   Local<Value> (*arguments)[4]) {
  std::vector<Local<Value>> threads;
  for (ThreadCapture& capture : content->threads) {
    threads.push_back(CaptureToJs(isolate, context, capture));
    capture = ThreadCapture();
  }
  Local<Value> process;
  if (!v8::JSON::Parse(context, ToString(isolate, content->process)).ToLocal(&process) ||
      !process->IsObject()) {
    return false;
  }
  Local<Object> meta = Object::New(isolate);
  Local<Object> options = Object::New(isolate);
  (*arguments)[0] = Array::New(isolate, threads.data(), threads.size());
  (*arguments)[1] = process;
  (*arguments)[2] = meta;
  (*arguments)[3] = options;
  const auto set = [&](Local<Object> object, const char* key, Local<Value> value) {
    return Set(isolate, context, object, key, value);
  };
  return set(process.As<Object>(), "uptimeMs", Number::New(isolate, content->uptime_ms)) &&
         set(meta, "reason", ToString(isolate, content->reason)) &&
         set(meta, "time", ToString(isolate, content->time)) &&
         set(options, "json", Boolean::New(isolate, content->json));
}

}  // namespace

std::string IsolateFormatter::Format(DumpContent content, const Sink& sink) {
  if (!gate_->Enter()) return "the process is exiting";
  uv_loop_t loop;
  if (uv_loop_init(&loop) != 0) {
    gate_->Leave();
    return "no event loop could be made for the formatter";
  }
  std::string problem = "no isolate could be made for the formatter";
  {
    const auto allocator = node::ArrayBufferAllocator::Create();
    if (Isolate* isolate = node::NewIsolate(allocator.get(), &loop, platform_)) {
      isolate->AddNearHeapLimitCallback(OnNearHeapLimit, isolate);
      isolate->AddGCEpilogueCallback(OnGarbageCollected);
      gate_->SetIsolate(isolate);
      problem = RunIn(isolate, &content, sink);
      gate_->SetIsolate(nullptr);
      // Not DrainTasks: it waits for the background tasks of every isolate, and those of a busy
      // program may never run dry. V8 cancels this isolate's own when it disposes of it.
      bool finished = false;
      platform_->AddIsolateFinishedCallback(
          isolate, [](void* data) { *static_cast<bool*>(data) = true; }, &finished);
      DisposeNodeIsolate(platform_, isolate);
      while (!finished) uv_run(&loop, UV_RUN_ONCE);
    }
  }
  uv_run(&loop, UV_RUN_NOWAIT);
  uv_loop_close(&loop);
  gate_->Leave();
  return problem;
}

std::string IsolateFormatter::RunIn(Isolate* isolate, DumpContent* content, const Sink& sink) {
  Locker locker(isolate);
  Isolate::Scope isolate_scope(isolate);
  const char here = 0;
  isolate->SetStackLimit(reinterpret_cast<uintptr_t>(&here) - kStackBytes);
  HandleScope scope(isolate);
  TryCatch caught(isolate);
  Local<Context> context = Context::New(isolate);
  if (context.IsEmpty()) return "no context could be made for the formatter";
  Context::Scope context_scope(context);

  v8::ScriptOrigin origin = MakeOrigin(isolate, ToString(isolate, "asynctb:formatter"), false);
  Local<Script> script;
  Local<Value> arguments[4];
  if (!Script::Compile(context, ToString(isolate, source_), &origin).ToLocal(&script) ||
      script->Run(context).IsEmpty() ||
      !MakeArguments(isolate, context, content, &arguments)) {
    return Describe(isolate, caught);
  }
  Local<Value> format = Get(isolate, context, context->Global(), "asynctbFormat");
  Local<Value> iterator;
  if (format.IsEmpty() || !format->IsFunction() ||
      !format.As<Function>()->Call(context, v8::Undefined(isolate), 4, arguments)
           .ToLocal(&iterator) ||
      !iterator->IsObject()) {
    return Describe(isolate, caught);
  }
  const std::string problem = Iterate(isolate, context, iterator.As<Object>(), sink);
  return caught.HasCaught() ? Describe(isolate, caught) : problem;
}

std::string IsolateFormatter::Iterate(Isolate* isolate, Local<Context> context,
                                      Local<Object> iterator, const Sink& sink) {
  const std::string broken = "the formatter gave nothing";
  Local<Value> next = Get(isolate, context, iterator, "next");
  if (next.IsEmpty() || !next->IsFunction()) return broken;
  for (;;) {
    HandleScope scope(isolate);
    Local<Value> result;
    if (!next.As<Function>()->Call(context, iterator, 0, nullptr).ToLocal(&result) ||
        !result->IsObject()) {
      return broken;
    }
    Local<Value> done = Get(isolate, context, result.As<Object>(), "done");
    Local<Value> value = Get(isolate, context, result.As<Object>(), "value");
    if (done.IsEmpty() || value.IsEmpty()) return broken;
    if (done->IsTrue()) return "";
    const String::Utf8Value text(isolate, value);
    if (*text == nullptr) return broken;
    gate_->Leave();
    const bool go_on = sink({*text, static_cast<size_t>(text.length())});
    // Nothing here may be cleaned up any more, since that would be V8's work as well.
    if (!gate_->Enter()) ParkForever();
    if (!go_on) return "it could not be written";
  }
}

}  // namespace asynctb
