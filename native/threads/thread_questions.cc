// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "threads/thread_questions.h"

#include <algorithm>
#include <deque>

#include "base/enough_memory.h"
#include "threads/thread_registry.h"
#include "v8/v8_compat.h"

namespace asynctb {

using v8::Context;
using v8::Function;
using v8::Global;
using v8::HandleScope;
using v8::Isolate;
using v8::Local;
using v8::String;
using v8::Value;

namespace {

// For hooks that have begun: they are JavaScript of the program's, and may never end.
constexpr std::chrono::milliseconds kLongestAnswer{10'000};

}  // namespace

class ThreadQuestions::Box {
 public:
  Box(Isolate* isolate, double thread_id, Local<Function> answer)
      : isolate_(isolate),
        thread_id_(thread_id),
        context_(isolate, isolate->GetCurrentContext()),
        answer_(isolate, answer) {}

  Isolate* isolate_;
  double thread_id_;
  Global<Context> context_;
  Global<Function> answer_;
  uv_async_t async_;  // other threads send it, under the mutex
  node::AsyncCleanupHookHandle hook_;
  void (*done_)(void*) = nullptr;
  void* done_data_ = nullptr;
  std::deque<std::shared_ptr<Question>> queue_;  // under the mutex
  // The length of the queue, for who may not take the mutex.
  std::atomic<size_t> pending_{0};
};

ThreadQuestions& ThreadQuestions::Get() {
  static ThreadQuestions& instance = *new ThreadQuestions();
  return instance;
}

void ThreadQuestions::Open(Isolate* isolate, double thread_id, Local<Function> answer) {
  {
    std::lock_guard<std::mutex> lock(mutex_);
    if (boxes_.count(thread_id) > 0) return;
  }
  Box* box = new Box(isolate, thread_id, answer);
  if (uv_async_init(node::GetCurrentEventLoop(isolate), &box->async_, OnAsync) != 0) {
    delete box;
    return;
  }
  box->async_.data = box;
  uv_unref(reinterpret_cast<uv_handle_t*>(&box->async_));
  // Hooks run in reverse order: before the environment is taken apart. `process.exit()` of the
  // main thread skips them, and there the box outlives everybody.
  box->hook_ = node::AddEnvironmentCleanupHook(isolate, OnCleanup, box);
  std::lock_guard<std::mutex> lock(mutex_);
  boxes_[thread_id] = box;
}

void ThreadQuestions::OnCleanup(void* data, void (*done)(void*), void* done_data) {
  Box* box = static_cast<Box*>(data);
  ThreadQuestions& self = Get();
  {
    std::lock_guard<std::mutex> lock(self.mutex_);
    self.boxes_.erase(box->thread_id_);
    for (const auto& question : box->queue_) question->state = AnswerState::kNobody;
    box->queue_.clear();
  }
  ThreadRegistry::Get().Notify();
  box->context_.Reset();
  box->answer_.Reset();
  box->done_ = done;
  box->done_data_ = done_data;
  uv_close(reinterpret_cast<uv_handle_t*>(&box->async_), [](uv_handle_t* handle) {
    std::unique_ptr<Box> closed(static_cast<Box*>(handle->data));
    closed->done_(closed->done_data_);
  });
}

// On the thread that was asked, from its event loop.
void ThreadQuestions::OnAsync(uv_async_t* async) {
  // SAFETY: libuv does not call this once the handle is being closed.
  Box* box = static_cast<Box*>(async->data);
  WithMemory([&] {
    while (AnswerOne(box, true)) {
    }
  });
}

// False when there is none.
bool ThreadQuestions::AnswerOne(Box* box, bool in_loop) {
  std::shared_ptr<Question> question;
  {
    std::lock_guard<std::mutex> lock(Get().mutex_);
    if (box->queue_.empty()) return false;
    question = std::move(box->queue_.front());
    box->queue_.pop_front();
    box->pending_ = box->queue_.size();
  }
  if (!question->Move(AnswerState::kTaken)) return true;
  Isolate* isolate = box->isolate_;
  HandleScope scope(isolate);
  Local<Context> context = box->context_.Get(isolate);
  Context::Scope context_scope(context);
  Local<Function> answer = box->answer_.Get(isolate);
  Local<String> text;
  Local<Value> result;
  AnswerState state = AnswerState::kNobody;
  if (String::NewFromUtf8(isolate, question->text.data(), v8::NewStringType::kNormal,
                          static_cast<int>(question->text.size()))
          .ToLocal(&text)) {
    Local<Value> arguments[] = {text};
    // In the loop there are microtasks to run afterwards; elsewhere JavaScript goes on afterwards.
    // Empty in a thread that is being terminated.
    const v8::MaybeLocal<Value> answered =
        in_loop ? node::MakeCallback(isolate, context->Global(), answer, 1, arguments, {0, 0})
                : answer->Call(context, context->Global(), 1, arguments);
    if (answered.ToLocal(&result) && result->IsString()) {
      const String::Utf8Value utf8(isolate, result);
      if (*utf8 != nullptr) {
        question->answer.assign(*utf8, static_cast<size_t>(utf8.length()));
        state = AnswerState::kAnswered;
      }
    }
  }
  question->state = state;
  ThreadRegistry::Get().Notify();
  return true;
}

AnswerState ThreadQuestions::Ask(Isolate* isolate, double thread_id,
                                 std::chrono::milliseconds timeout, std::string* text) {
  const auto start = ThreadRegistry::Clock::now();
  auto deadline = start + timeout;
  const auto last = start + std::max(timeout, kLongestAnswer);
  auto question = std::make_shared<Question>(std::move(*text));
  node::Environment* env = node::GetCurrentEnvironment(isolate->GetCurrentContext());
  Box* own = nullptr;
  {
    std::lock_guard<std::mutex> lock(mutex_);
    const auto found = boxes_.find(thread_id);
    if (found == boxes_.end()) return AnswerState::kNobody;
    Box* asked = found->second;
    asked->queue_.push_back(question);
    asked->pending_ = asked->queue_.size();
    uv_async_send(&asked->async_);
    for (const auto& [id, box] : boxes_) {
      if (box->isolate_ == isolate) own = box;
    }
  }
  ThreadRegistry& registry = ThreadRegistry::Get();
  // Who waits here itself may be the one that was asked.
  registry.Notify();
  const auto is_due = [&] { return !question->is_open() || (own != nullptr && own->pending_ > 0); };
  while (question->is_open()) {
    if (!registry.AnswerUntil(env, deadline, is_due)) {
      if (deadline == last || question->Move(AnswerState::kGivenUp)) break;
      deadline = last;
      continue;
    }
    // SAFETY: the box is the current thread's own, and its environment does not die in a call.
    if (own != nullptr) AnswerOne(own, false);
    if (isolate->IsExecutionTerminating()) break;
  }
  question->Move(AnswerState::kGivenUp);
  const AnswerState state = question->state;
  if (state == AnswerState::kAnswered) *text = std::move(question->answer);
  return state == AnswerState::kAnswered || state == AnswerState::kNobody ? state
                                                                          : AnswerState::kWaiting;
}

}  // namespace asynctb
