// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "watcher/isolate_formatter.h"

#include "base/enough_memory.h"
#include "base/own_thread.h"
#include "v8/v8_compat.h"
#include "values/to_js.h"
#include "watcher/isolate_room.h"
#include "watcher/map_host.h"
#include "watcher/own_loop.h"

namespace asynctb {

using v8::Array;
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

constexpr const char* kTooMuchMemory = "it took too much memory";

// Where V8 would take the process down for want of memory, the dump is given up instead.
size_t OnNearHeapLimit(void* isolate, size_t current, size_t) {
  static_cast<Isolate*>(isolate)->TerminateExecution();
  return current + kHeadroomBytes;
}

void OnGarbageCollected(Isolate* isolate, v8::GCType, v8::GCCallbackFlags, void* most_bytes) {
  HeapStatistics heap;
  isolate->GetHeapStatistics(&heap);
  if (heap.used_heap_size() + heap.external_memory() > *static_cast<const size_t*>(most_bytes)) {
    isolate->TerminateExecution();
  }
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
Local<Value> Get(Isolate* isolate, Local<Context> context, Local<Object> object, const char* key) {
  return object->Get(context, ToString(isolate, key)).FromMaybe(Local<Value>());
}

// The command line as the main thread has seen it now; empty when that has not answered.
Local<Value> ArgumentsOf(Isolate* isolate, const DumpContent& content) {
  for (const ThreadCapture& capture : content.threads) {
    if (capture.arguments.empty()) continue;
    std::vector<Local<Value>> arguments;
    for (const std::string& each : capture.arguments) {
      arguments.push_back(ToString(isolate, each));
    }
    return Array::New(isolate, arguments.data(), arguments.size());
  }
  return {};
}

// Of each its `pid` and `argv`; empty after an exception.
Local<Value> ChildrenOf(Isolate* isolate, Local<Context> context, const DumpContent& content) {
  std::vector<Local<Value>> children;
  for (const ChildProcess& child : content.children) {
    std::vector<Local<Value>> arguments;
    for (const std::string& each : child.arguments) arguments.push_back(ToString(isolate, each));
    Local<Object> object = Object::New(isolate);
    if (!Set(isolate, context, object, "pid", Number::New(isolate, child.pid)) ||
        !Set(isolate, context, object, "argv",
             Array::New(isolate, arguments.data(), arguments.size()))) {
      return {};
    }
    children.push_back(object);
  }
  return Array::New(isolate, children.data(), children.size());
}

// [threads, process, meta, options, host], as asynctbFormat takes them; false when one cannot be
// made, or is not wanted any more.
bool MakeArguments(Isolate* isolate, Local<Context> context, const V8Gate& gate,
                   const DumpContent& content, size_t most_map_bytes,
                   Local<Value> (*arguments)[5]) {
  std::vector<Local<Value>> threads;
  for (const ThreadCapture& capture : content.threads) {
    if (gate.is_cut_short()) return false;
    threads.push_back(CaptureToJs(isolate, context, capture));
  }
  Local<Value> process;
  if (!v8::JSON::Parse(context, ToString(isolate, content.process)).ToLocal(&process) ||
      !process->IsObject()) {
    return false;
  }
  Local<Value> arguments_now = ArgumentsOf(isolate, content);
  const Local<Value> children = ChildrenOf(isolate, context, content);
  if (children.IsEmpty()) return false;
  Local<Object> meta = Object::New(isolate);
  Local<Object> options = Object::New(isolate);
  (*arguments)[0] = Array::New(isolate, threads.data(), threads.size());
  (*arguments)[1] = process;
  (*arguments)[2] = meta;
  (*arguments)[3] = options;
  (*arguments)[4] = v8::Undefined(isolate);
  if (most_map_bytes > 0 &&
      !MakeMapHost(isolate, context, most_map_bytes).ToLocal(&(*arguments)[4])) {
    return false;
  }
  const auto set = [&](Local<Object> object, const char* key, Local<Value> value) {
    return Set(isolate, context, object, key, value);
  };
  return set(process.As<Object>(), "uptimeMs", Number::New(isolate, content.uptime_ms)) &&
         set(process.As<Object>(), "children", children) &&
         set(process.As<Object>(), "title", ToString(isolate, content.title)) &&
         (arguments_now.IsEmpty() || set(process.As<Object>(), "argv", arguments_now)) &&
         set(meta, "reason", ToString(isolate, content.reason)) &&
         set(meta, "time", ToString(isolate, content.time)) &&
         set(options, "shows", ToString(isolate, content.shows)) &&
         set(options, "rules", ToString(isolate, content.rules)) &&
         set(options, "onlyIfPending", v8::Boolean::New(isolate, content.only_if_pending)) &&
         set(options, "format", ToString(isolate, content.format));
}

}  // namespace

std::string IsolateFormatter::Describe(Isolate* isolate, const TryCatch& caught) {
  if (gate_->is_cut_short()) return "the process is exiting";
  if (caught.HasTerminated()) return kTooMuchMemory;
  HandleScope scope(isolate);
  if (caught.Message().IsEmpty()) return "the formatter gave nothing";
  const String::Utf8Value text(isolate, caught.Message()->Get());
  return std::string("the formatter failed: ") + (*text == nullptr ? "?" : *text);
}

bool IsolateFormatter::MakeLoop() {
  has_loop_ = has_loop_ || InitOwnLoop(&loop_) == 0;
  return has_loop_;
}

IsolateFormatter::Result IsolateFormatter::Format(const DumpContent& content, size_t skipped,
                                                  TextPile* text) {
  const V8Gate::Visit visit(gate_);
  if (!visit.got_in()) return {"the process is exiting", skipped};
  Result result = FormatInside(content, skipped, text, true);
  // Maps may be large; a dump with the places that V8 knows is better than none.
  if (result.problem == kTooMuchMemory) result = FormatInside(content, result.pieces, text, false);
  return result;
}

IsolateFormatter::Result IsolateFormatter::FormatInside(const DumpContent& content, size_t skipped,
                                                        TextPile* text, bool with_maps) {
  NameCurrentThread("asynctb:isolate");
  const size_t room = RoomForIsolate(kMostHeapBytes);
  if (room == 0) return {"there is too little address space or memory for the formatter", skipped};
  // What is young by then, or not counted yet, comes on top.
  size_t most_bytes = room == kMostHeapBytes ? room : room / 2;
  if (!MakeLoop()) return {"no event loop could be made for the formatter", skipped};
  Result result = {"no isolate could be made for the formatter", skipped};
  {
    const auto allocator = node::ArrayBufferAllocator::Create();
    if (Isolate* isolate = node::NewIsolate(allocator.get(), &loop_, platform_)) {
      isolate->AddNearHeapLimitCallback(OnNearHeapLimit, isolate);
      isolate->AddGCEpilogueCallback(OnGarbageCollected, &most_bytes);
      gate_->SetIsolate(isolate);
      NameCurrentThread("asynctb:format");
      const auto run = [&] {
        result = RunIn(isolate, content, skipped, text, with_maps ? most_bytes : 0);
      };
      const bool had_memory = WithMemory(run);
      NameCurrentThread("asynctb:dispose");
      gate_->SetIsolate(nullptr);
      // Not DrainTasks: it waits for the background tasks of every isolate, and those of a busy
      // program may never run dry. V8 cancels this isolate's own when it disposes of it.
      bool finished = false;
      platform_->AddIsolateFinishedCallback(
          isolate, [](void* data) { *static_cast<bool*>(data) = true; }, &finished);
      DisposeNodeIsolate(platform_, isolate);
      while (!finished) uv_run(&loop_, UV_RUN_ONCE);
      if (!had_memory) result = {"there is no memory for its text", skipped};
    }
  }
  uv_run(&loop_, UV_RUN_NOWAIT);
  return result;
}

IsolateFormatter::Result IsolateFormatter::RunIn(Isolate* isolate, const DumpContent& content,
                                                 size_t skipped, TextPile* text,
                                                 size_t most_map_bytes) {
  Locker locker(isolate);
  Isolate::Scope isolate_scope(isolate);
  const char here = 0;
  isolate->SetStackLimit(reinterpret_cast<uintptr_t>(&here) - kStackBytes);
  HandleScope scope(isolate);
  TryCatch caught(isolate);
  Local<Context> context = Context::New(isolate);
  if (context.IsEmpty()) return {"no context could be made for the formatter", skipped};
  Context::Scope context_scope(context);

  v8::ScriptOrigin origin = MakeOrigin(isolate, ToString(isolate, "asynctb:formatter"), false);
  Local<Script> script;
  Local<Value> arguments[5];
  if (!Script::Compile(context, ToString(isolate, source_), &origin).ToLocal(&script) ||
      script->Run(context).IsEmpty() ||
      !MakeArguments(isolate, context, *gate_, content, most_map_bytes, &arguments)) {
    return {Describe(isolate, caught), skipped};
  }
  Local<Value> format = Get(isolate, context, context->Global(), "asynctbFormat");
  Local<Value> iterator;
  if (format.IsEmpty() || !format->IsFunction() ||
      !format.As<Function>()
           ->Call(context, v8::Undefined(isolate), 5, arguments)
           .ToLocal(&iterator) ||
      !iterator->IsObject()) {
    return {Describe(isolate, caught), skipped};
  }
  Result result = Iterate(isolate, context, iterator.As<Object>(), skipped, text);
  if (caught.HasCaught()) result.problem = Describe(isolate, caught);
  return result;
}

IsolateFormatter::Result IsolateFormatter::Iterate(Isolate* isolate, Local<Context> context,
                                                   Local<Object> iterator, size_t skipped,
                                                   TextPile* pile) {
  Result result = {"the formatter gave nothing", 0};
  Local<Value> next = Get(isolate, context, iterator, "next");
  if (next.IsEmpty() || !next->IsFunction()) return result;
  for (;; result.pieces++) {
    HandleScope scope(isolate);
    Local<Value> step, done, text;
    if (!next.As<Function>()->Call(context, iterator, 0, nullptr).ToLocal(&step) ||
        !step->IsObject()) {
      return result;
    }
    done = Get(isolate, context, step.As<Object>(), "done");
    text = Get(isolate, context, step.As<Object>(), "value");
    if (done.IsEmpty() || text.IsEmpty()) return result;
    if (done->IsTrue()) return {"", result.pieces};
    if (!text->IsString()) return result;
    if (result.pieces < skipped) continue;
    const size_t bytes = Utf8Bytes(isolate, text.As<String>());
    char* room = pile->RoomFor(bytes);
    if (room == nullptr) {
      result.has_more = !pile->empty();
      result.problem = result.has_more ? "" : "there is no memory for its text";
      return result;
    }
    pile->Added(WriteUtf8(isolate, text.As<String>(), room, bytes));
  }
}

}  // namespace asynctb
