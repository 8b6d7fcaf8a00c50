// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "base/platform/stack_bounds.h"

#include <dlfcn.h>
#include <pthread.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>

namespace asynctb {

namespace {

// Of the main thread, where there is no /proc that the C library could ask. The loader knows where
// the stack began; how far it may grow is limited, and within 128 MB Linux maps nothing else.
StackBounds MainStackWithoutProc() {
  constexpr uintptr_t kKeptFree = uintptr_t{120} << 20;
  StackBounds bounds;
#if defined(__linux__)
  if (syscall(SYS_gettid) != getpid()) return bounds;
  void* const* const end = static_cast<void**>(dlsym(RTLD_DEFAULT, "__libc_stack_end"));
  if (end == nullptr || *end == nullptr) return bounds;
  uintptr_t size = kKeptFree;
  struct rlimit limit;
  if (getrlimit(RLIMIT_STACK, &limit) == 0 && limit.rlim_cur < size) size = limit.rlim_cur;
  bounds.high = reinterpret_cast<uintptr_t>(*end);
  bounds.low = bounds.high - std::min(size, bounds.high);
#endif
  return bounds;
}

}  // namespace

StackBounds CurrentStackBounds() {
  pthread_attr_t attributes;
  if (pthread_getattr_np(pthread_self(), &attributes) != 0) return MainStackWithoutProc();
  StackBounds bounds;
  void* low = nullptr;
  size_t size = 0;
  if (pthread_attr_getstack(&attributes, &low, &size) == 0) {
    bounds.low = reinterpret_cast<uintptr_t>(low);
    bounds.high = bounds.low + size;
  }
  pthread_attr_destroy(&attributes);
  return bounds;
}

}  // namespace asynctb
