// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

// Threads of our own.
#pragma once

#include <pthread.h>
#include <signal.h>

namespace asynctb {

// As pthread_create. The thread inherits a full mask: the program's signals are for the program's
// threads.
inline int CreateOwnThread(pthread_t* thread, const pthread_attr_t* attributes, void* (*run)(void*),
                           void* argument) {
  sigset_t all, before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  const int error = pthread_create(thread, attributes, run, argument);
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
  return error;
}

// What `ps -L` and `top -H` call the current thread: at most 15 characters.
inline void NameCurrentThread(const char* name) {
#if defined(__linux__)
  pthread_setname_np(pthread_self(), name);
#endif
}

}  // namespace asynctb
