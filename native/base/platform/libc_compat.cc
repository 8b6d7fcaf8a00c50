// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

// What our code, or the compiler's headers in it, calls by a name that no glibc or libstdc++ has
// that is as old as Node allows (see `libc_compat.h`). Nothing of it is seen from outside.

#include "base/platform/libc_compat.h"

#if defined(ASYNCTB_OLD_GLIBC)

#include <dlfcn.h>
#include <fcntl.h>
#include <pthread.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <time.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <cstdlib>
#include <memory>

namespace {

constexpr int64_t kNanosecondsPerSecond = 1'000'000'000;

int64_t ToNanoseconds(const timespec& time) {
  return int64_t{time.tv_sec} * kNanosecondsPerSecond + time.tv_nsec;
}

timespec ToTimespec(int64_t nanoseconds) {
  return {static_cast<time_t>(nanoseconds / kNanosecondsPerSecond),
          static_cast<long>(nanoseconds % kNanosecondsPerSecond)};  // NOLINT(runtime/int)
}

// Without pthread_cond_clockwait there is only a wait until a time of day. Somebody may set the
// clock meanwhile, so it waits for a moment only and is then woken as for no reason, which every
// caller has to expect.
int WaitForAMoment(pthread_cond_t* condition, pthread_mutex_t* mutex, clockid_t clock,
                   const timespec* until) {
  constexpr int64_t kMoment = kNanosecondsPerSecond / 4;
  timespec now;
  if (clock_gettime(clock, &now) != 0) return EINVAL;
  int64_t left = ToNanoseconds(*until) - ToNanoseconds(now);
  if (left < 0) left = 0;
  bool is_last = left <= kMoment;
  timespec day;
  if (clock_gettime(CLOCK_REALTIME, &day) != 0) return EINVAL;
  timespec end = ToTimespec(ToNanoseconds(day) + (is_last ? left : kMoment));
  int result = pthread_cond_timedwait(condition, mutex, &end);
  return result == ETIMEDOUT && !is_last ? 0 : result;
}

using ClockWait = int (*)(pthread_cond_t*, pthread_mutex_t*, clockid_t, const timespec*);

}  // namespace

extern "C" {

// glibc 2.32: whether reference counts may do without atomic operations. Node has threads.
char __libc_single_threaded = 0;

// glibc 2.34, and 2.30 in libpthread.
int pthread_cond_clockwait(pthread_cond_t* condition, pthread_mutex_t* mutex, clockid_t clock,
                           const timespec* until) {
  static const auto real =
      reinterpret_cast<ClockWait>(dlsym(RTLD_DEFAULT, "pthread_cond_clockwait"));
  return (real != nullptr ? real : WaitForAMoment)(condition, mutex, clock, until);
}

#if __GLIBC_PREREQ(2, 33)
// Before that, functions in each program. What the kernel writes is what they give.
int fstat64(int file, struct stat64* result) __THROW {
  return static_cast<int>(syscall(SYS_fstat, file, result));
}

int fstatat64(int directory, const char* path, struct stat64* result, int flags) __THROW {
  return static_cast<int>(syscall(SYS_newfstatat, directory, path, result, flags));
}

int stat64(const char* path, struct stat64* result) __THROW {
  return fstatat64(AT_FDCWD, path, result, 0);
}

int lstat64(const char* path, struct stat64* result) __THROW {
  return fstatat64(AT_FDCWD, path, result, AT_SYMLINK_NOFOLLOW);
}
#endif

// glibc 2.30.
pid_t gettid() __THROW { return static_cast<pid_t>(syscall(SYS_gettid)); }

int tgkill(pid_t process, pid_t thread, int signal) __THROW {
  return static_cast<int>(syscall(SYS_tgkill, process, thread, signal));
}

}  // extern "C"

#if defined(__GLIBCXX__)
namespace std {

// GLIBCXX_3.4.29. Whoever expects that one expects its base class.
void __throw_bad_array_new_length() { __throw_bad_alloc(); }

// GLIBCXX_3.4.30.
#if defined(_GLIBCXX_ASSERTIONS)
void __glibcxx_assert_fail(const char*, int, const char*, const char*) { abort(); }
#endif

// GLIBCXX_3.4.26. Compares type information, and there is none here: see -fno-rtti.
#if __GNUC__ >= 9 && !defined(__cpp_rtti)
bool _Sp_make_shared_tag::_S_eq(const type_info&) noexcept { return false; }
#endif

}  // namespace std
#endif

#endif
