// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

// An addon as anybody may write one. `sleep` keeps the thread for so many seconds, `open` until a FIFO
// has somebody who writes to it; `reset` gives all realtime signals their default action, which ends
// the process; `takeOver` gives them a handler that follows the pointer that it expects; `smallStack` gives the
// thread the smallest alternate signal stack; `spin` computes for so many seconds.

#include <fcntl.h>
#include <node_api.h>
#include <signal.h>
#include <time.h>

#include <cerrno>

namespace {

napi_value Sleep(napi_env env, napi_callback_info info) {
  size_t count = 1;
  napi_value seconds = nullptr;
  int64_t value = 0;
  napi_get_cb_info(env, info, &count, &seconds, nullptr, nullptr);
  napi_get_value_int64(env, seconds, &value);
  timespec left = {};
  left.tv_sec = value;
  while (nanosleep(&left, &left) != 0 && errno == EINTR) {
  }
  return nullptr;
}

napi_value Open(napi_env env, napi_callback_info info) {
  size_t count = 1;
  napi_value path = nullptr;
  char text[4096] = "";
  napi_get_cb_info(env, info, &count, &path, nullptr, nullptr);
  napi_get_value_string_utf8(env, path, text, sizeof(text), nullptr);
  while (open(text, O_RDONLY | O_CLOEXEC) < 0 && errno == EINTR) {
  }
  return nullptr;
}

napi_value Reset(napi_env, napi_callback_info) {
  for (int signum = SIGRTMIN; signum <= SIGRTMAX; signum++) signal(signum, SIG_DFL);
  return nullptr;
}

// What the handler below is to be sent.
struct Message {
  int* count;
};

napi_value TakeOver(napi_env, napi_callback_info) {
  struct sigaction action = {};
  action.sa_flags = SA_SIGINFO | SA_RESTART;
  action.sa_sigaction = [](int, siginfo_t* info, void*) {
    ++*static_cast<Message*>(info->si_value.sival_ptr)->count;
  };
  for (int signum = SIGRTMIN; signum <= SIGRTMAX; signum++) sigaction(signum, &action, nullptr);
  return nullptr;
}

napi_value SmallStack(napi_env, napi_callback_info) {
  constexpr size_t kSmallest = 2048;  // what the kernel takes at least: its MINSIGSTKSZ
  static thread_local char memory[kSmallest];
  stack_t stack = {};
  stack.ss_sp = memory;
  stack.ss_size = sizeof(memory);
  sigaltstack(&stack, nullptr);
  return nullptr;
}

napi_value Spin(napi_env env, napi_callback_info info) {
  size_t count = 1;
  napi_value seconds = nullptr;
  int64_t value = 0;
  napi_get_cb_info(env, info, &count, &seconds, nullptr, nullptr);
  napi_get_value_int64(env, seconds, &value);
  for (const time_t end = time(nullptr) + value; time(nullptr) < end;) {
  }
  return nullptr;
}

napi_value Init(napi_env env, napi_value exports) {
  const auto add = [&](const char* name, napi_callback callback) {
    napi_value function = nullptr;
    napi_create_function(env, name, NAPI_AUTO_LENGTH, callback, nullptr, &function);
    napi_set_named_property(env, exports, name, function);
  };
  add("sleep", Sleep);
  add("open", Open);
  add("reset", Reset);
  add("takeOver", TakeOver);
  add("smallStack", SmallStack);
  add("spin", Spin);
  return exports;
}

}  // namespace

NAPI_MODULE(sleeper, Init)
