// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

// The boundary for dumps of other threads. Arguments were checked in TypeScript.

#include <uv.h>
#include <v8.h>

#include "base/context_keys.h"
#include "base/enough_memory.h"
#include "binding/contexts.h"
#include "binding/exports.h"
#include "binding/handles.h"
#include "threads/thread_questions.h"
#include "threads/thread_registry.h"
#include "v8/v8_compat.h"
#include "values/table.h"
#include "values/to_js.h"

namespace asynctb {

using std::chrono::milliseconds;
using v8::Array;
using v8::Context;
using v8::Function;
using v8::Global;
using v8::HandleScope;
using v8::Isolate;
using v8::Local;
using v8::Value;

namespace {

node::Environment* CurrentEnvironment() {
  return node::GetCurrentEnvironment(Isolate::GetCurrent()->GetCurrentContext());
}

// What was asked by one dump.
struct Inquiry {
  ThreadRegistry::Requests requests;
  CaptureLimits limits;
  Patience patience;
  std::shared_ptr<ContextKeys::OfCaller> keys;  // until all have answered
};

Local<Array> ToJs(Isolate* isolate, Local<Context> context,
                  const std::vector<ThreadCapture>& captures) {
  std::vector<Local<Value>> values;
  for (const ThreadCapture& capture : captures) {
    values.push_back(CaptureToJs(isolate, context, capture));
  }
  return Array::New(isolate, values.data(), values.size());
}

// registerThread(id, name): from now on this thread answers dumps. Proves the layout now, since
// that runs JavaScript, which an interrupt may not.
Napi::Value RegisterThread(const Napi::CallbackInfo& info) {
  node::Environment* env = CurrentEnvironment();
  if (env == nullptr) {
    Napi::Error::New(info.Env(), "this context belongs to no Node environment")
        .ThrowAsJavaScriptException();
    return info.Env().Undefined();
  }
  EnvData& data = *info.Env().GetInstanceData<EnvData>();
  data.EnsureAllProven();
  ThreadRegistry::Get().AddCurrentThread(env, &data, info[0].As<Napi::Number>().DoubleValue(),
                                         info[1].As<Napi::String>().Utf8Value());
  return info.Env().Undefined();
}

// Node-API refuses everything in a thread that is being terminated, and its C++ wrapper ends the
// process over that; V8's own handles do not mind. What is returned is seen by nobody then.

// askThreads(ids or null, timeoutMs, walkOnly?, findStuck?, keys?) → the number that collectThreads
// or collectThreadsLater takes, once. The caller answers for itself.
Napi::Value AskThreads(const Napi::CallbackInfo& info) {
  Local<Context> context = Isolate::GetCurrent()->GetCurrentContext();
  ThreadSelection selection;
  selection.except = CurrentEnvironment();
  selection.walk_only = FromNapi(info[2])->IsTrue();
  if (info[3].IsNumber()) selection.details = info[3].As<Napi::Number>().Int32Value();
  Local<Value> wanted = FromNapi(info[0]);
  if (wanted->IsArray()) {
    selection.all = false;
    Local<Array> ids = wanted.As<Array>();
    for (uint32_t i = 0; i < ids->Length(); i++) {
      Local<Value> id;
      if (ids->Get(context, i).ToLocal(&id) && id->IsNumber()) {
        selection.ids.push_back(id.As<v8::Number>()->Value());
      }
    }
  }
  auto inquiry = std::make_shared<Inquiry>();
  const milliseconds timeout{FromNapi(info[1]).As<v8::Integer>()->Value()};
  inquiry->limits = {timeout, timeout};
  inquiry->keys =
      std::make_shared<ContextKeys::OfCaller>(KeysFromJs(Isolate::GetCurrent(), FromNapi(info[4])));
  inquiry->requests = ThreadRegistry::Get().Ask(selection);
  const int number = info.Env().GetInstanceData<EnvData>()->Keep(std::move(inquiry));
  return ToNapi(info.Env(), v8::Integer::New(Isolate::GetCurrent(), number));
}

std::shared_ptr<Inquiry> InquiryOf(const Napi::CallbackInfo& info) {
  Local<Value> number = FromNapi(info[0]);
  if (!number->IsInt32()) return nullptr;
  return std::static_pointer_cast<Inquiry>(
      info.Env().GetInstanceData<EnvData>()->TakeBack(number.As<v8::Int32>()->Value()));
}

// collectThreads(asked) → RawThread[]; waits.
Napi::Value CollectThreads(const Napi::CallbackInfo& info) {
  const std::shared_ptr<Inquiry> inquiry = InquiryOf(info);
  Isolate* isolate = Isolate::GetCurrent();
  if (inquiry == nullptr) return ToNapi(info.Env(), v8::Undefined(isolate));
  const auto captures =
      ThreadRegistry::Get().Collect(inquiry->requests, inquiry->limits, CurrentEnvironment());
  return ToNapi(info.Env(), ToJs(isolate, isolate->GetCurrentContext(), captures));
}

// Waits for the answers with a timer of the loop, so that the loop goes on. It belongs to its
// environment's thread; when the environment ends first, it closes without a word.
class LaterCollection {
 public:
  static void Start(Isolate* isolate, Inquiry inquiry, Local<Function> callback) {
    auto* self = new LaterCollection(isolate, std::move(inquiry), callback);
    uv_timer_init(node::GetCurrentEventLoop(isolate), &self->timer_);
    self->timer_.data = self;
    self->hook_ = node::AddEnvironmentCleanupHook(isolate, OnCleanup, self);
    uv_timer_start(&self->timer_, OnTimer, 1, 1);
  }

 private:
  LaterCollection(Isolate* isolate, Inquiry inquiry, Local<Function> callback)
      : isolate_(isolate),
        inquiry_(std::move(inquiry)),
        context_(isolate, isolate->GetCurrentContext()),
        callback_(isolate, callback) {}

  static void OnTimer(uv_timer_t* timer) {
    auto* self = static_cast<LaterCollection*>(timer->data);
    ThreadRegistry& registry = ThreadRegistry::Get();
    Inquiry& inquiry = self->inquiry_;
    if (!registry.Poll(inquiry.requests, &inquiry.patience, inquiry.limits)) return;
    Isolate* isolate = self->isolate_;
    HandleScope scope(isolate);
    Local<Context> context = self->context_.Get(isolate);
    Context::Scope context_scope(context);
    Local<Function> callback = self->callback_.Get(isolate);
    Local<Value> threads;
    const auto take = [&] {
      threads = ToJs(isolate, context, registry.Take(inquiry.requests, inquiry.limits));
    };
    if (!WithMemory(take)) threads = Array::New(isolate);
    inquiry.keys.reset();
    node::RemoveEnvironmentCleanupHook(std::move(self->hook_));
    self->Close();
    node::MakeCallback(isolate, context->Global(), callback, 1, &threads, {0, 0});
  }

  static void OnCleanup(void* data, void (*done)(void*), void* done_data) {
    auto* self = static_cast<LaterCollection*>(data);
    self->done_ = done;
    self->done_data_ = done_data;
    self->Close();
  }

  void Close() {
    uv_timer_stop(&timer_);
    context_.Reset();
    callback_.Reset();
    uv_close(reinterpret_cast<uv_handle_t*>(&timer_), [](uv_handle_t* handle) {
      std::unique_ptr<LaterCollection> self(static_cast<LaterCollection*>(handle->data));
      if (self->done_ != nullptr) self->done_(self->done_data_);
    });
  }

  Isolate* isolate_;
  Inquiry inquiry_;
  Global<Context> context_;
  Global<Function> callback_;
  node::AsyncCleanupHookHandle hook_;
  uv_timer_t timer_;
  void (*done_)(void*) = nullptr;
  void* done_data_ = nullptr;
};

// collectThreadsLater(asked, callback(RawThread[]))
Napi::Value CollectThreadsLater(const Napi::CallbackInfo& info) {
  Isolate* isolate = Isolate::GetCurrent();
  const std::shared_ptr<Inquiry> inquiry = InquiryOf(info);
  if (inquiry != nullptr) {
    LaterCollection::Start(isolate, *inquiry, FromNapi(info[1]).As<Function>());
  }
  return ToNapi(info.Env(), v8::Undefined(isolate));
}

// threadState(id) → `threadState`
Napi::Value GetThreadState(const Napi::CallbackInfo& info) {
  Isolate* isolate = Isolate::GetCurrent();
  std::string name;
  const ThreadState state =
      ThreadRegistry::Get().StateOf(FromNapi(info[0]).As<v8::Number>()->Value(), &name);
  return ToNapi(info.Env(), RecordToJs(isolate, isolate->GetCurrentContext(),
                                       ThreadStateRow{.state = state, .name = name}));
}

// answerQuestions(threadId, answer): see ThreadQuestions::Open
Napi::Value AnswerQuestions(const Napi::CallbackInfo& info) {
  Isolate* isolate = Isolate::GetCurrent();
  Local<Value> id = FromNapi(info[0]), answer = FromNapi(info[1]);
  if (id->IsNumber() && answer->IsFunction() && CurrentEnvironment() != nullptr) {
    ThreadQuestions::Get().Open(isolate, id.As<v8::Number>()->Value(), answer.As<Function>());
  }
  return ToNapi(info.Env(), v8::Undefined(isolate));
}

// askQuestion(threadId, text, timeoutMs) → `answer`; waits.
Napi::Value AskQuestion(const Napi::CallbackInfo& info) {
  Isolate* isolate = Isolate::GetCurrent();
  Local<Value> id = FromNapi(info[0]), asked = FromNapi(info[1]), timeout = FromNapi(info[2]);
  AnswerState state = AnswerState::kNobody;
  std::string text;
  if (id->IsNumber() && asked->IsString() && timeout->IsNumber()) {
    const v8::String::Utf8Value utf8(isolate, asked);
    if (*utf8 != nullptr) text.assign(*utf8, static_cast<size_t>(utf8.length()));
    const milliseconds limit{static_cast<int64_t>(timeout.As<v8::Number>()->Value())};
    state = ThreadQuestions::Get().Ask(isolate, id.As<v8::Number>()->Value(), limit, &text);
  }
  if (state != AnswerState::kAnswered) text.clear();
  return ToNapi(info.Env(), RecordToJs(isolate, isolate->GetCurrentContext(),
                                       AnswerRow{.state = state, .text = text}));
}

}  // namespace

void ExportThreads(Napi::Env env, Napi::Object exports) {
  const auto add = [&](const char* name, Napi::Value (*function)(const Napi::CallbackInfo&)) {
    Export(env, exports, name, function);
  };
  add("registerThread", RegisterThread);
  add("askThreads", AskThreads);
  add("collectThreads", CollectThreads);
  add("collectThreadsLater", CollectThreadsLater);
  add("threadState", GetThreadState);
  add("answerQuestions", AnswerQuestions);
  add("askQuestion", AskQuestion);
}

}  // namespace asynctb
