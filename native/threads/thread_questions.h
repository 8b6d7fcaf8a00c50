// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

// What the hooks of one thread ask those of another: text there, text back. An answer runs
// JavaScript, which no interrupt may. So it is given by the asked thread's event loop, or while
// that thread itself waits here for an answer. A thread that does neither does not answer.
//
// As in the registry, a thread is found by its number under the mutex, and takes itself away under
// the same mutex before it dies.
#pragma once

#include <uv.h>

#include <atomic>
#include <chrono>
#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/capture_schema.h"
#include "v8/v8_compat.h"

namespace asynctb {

class ThreadQuestions {
 public:
  // Never destroyed: other threads may use it while the process runs its static destructors.
  static ThreadQuestions& Get();

  // `answer`, a function from text to text that never throws, answers for the current thread until
  // its environment dies. The first one stays.
  void Open(v8::Isolate* isolate, double thread_id, v8::Local<v8::Function> answer);

  // Waits until an answer has begun, at most so long, and then for its end, which a large heap may
  // put off. Meanwhile it answers what the current thread is asked itself. The answer is in `text`.
  AnswerState Ask(v8::Isolate* isolate, double thread_id, std::chrono::milliseconds timeout,
                  std::string* text);

 private:
  struct Question {
    explicit Question(std::string asked) : text(std::move(asked)) {}
    std::string text;    // the asker's; read only from then on
    std::string answer;  // the answering thread's, until the state says kAnswered
    std::atomic<AnswerState> state{AnswerState::kWaiting};
    // Of the asker and the answering thread, one only is the first to touch a question that waits.
    bool Move(AnswerState to) {
      AnswerState waiting = AnswerState::kWaiting;
      return state.compare_exchange_strong(waiting, to);
    }
    bool is_open() const {
      const AnswerState now = state;
      return now == AnswerState::kWaiting || now == AnswerState::kTaken;
    }
  };

  // Belongs to its thread, but for what the comments say.
  class Box;

  static void OnAsync(uv_async_t* async);
  static void OnCleanup(void* data, void (*done)(void*), void* done_data);
  static bool AnswerOne(Box* box, bool in_loop);

  std::mutex mutex_;  // guards everything here, and the queues
  std::unordered_map<double, Box*> boxes_;
};

}  // namespace asynctb
