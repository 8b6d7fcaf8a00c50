// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

// Included before everything else in each file, by a compiler flag (see binding.gyp).
//
// A binary must load wherever its Node runs, and the official Nodes need glibc 2.28 and
// GLIBCXX_3.4.21 alone. A linker takes the newest version of each function that it finds, so one
// that links with a newer glibc is told to take the older version, which every glibc still has.
// What is in no older one is in `libc_compat.cc`.
#pragma once

#if defined(__linux__)
#include <dlfcn.h>
#include <features.h>
#endif

#if defined(__GLIBC__) && (defined(__x86_64__) || defined(__aarch64__))
#define ASYNCTB_OLD_GLIBC 1

#if defined(__x86_64__)
#define ASYNCTB_SINCE(function, version) \
  __asm__(".symver " #function ", " #function "@GLIBC_" version)
#else
// glibc's first version there has the number 2.17.
#define ASYNCTB_SINCE(function, version) __asm__(".symver " #function ", " #function "@GLIBC_2.17")
#endif

// In libdl and libpthread before glibc 2.34, which Node itself loads.
ASYNCTB_SINCE(dladdr, "2.2.5");
ASYNCTB_SINCE(dladdr1, "2.3.3");
ASYNCTB_SINCE(dlclose, "2.2.5");
ASYNCTB_SINCE(dlerror, "2.2.5");
ASYNCTB_SINCE(dlinfo, "2.3.3");
ASYNCTB_SINCE(dlopen, "2.2.5");
ASYNCTB_SINCE(dlsym, "2.2.5");
ASYNCTB_SINCE(dlvsym, "2.2.5");
ASYNCTB_SINCE(pthread_attr_getguardsize, "2.2.5");
ASYNCTB_SINCE(pthread_attr_getstack, "2.2.5");
ASYNCTB_SINCE(pthread_attr_getstacksize, "2.2.5");
ASYNCTB_SINCE(pthread_attr_setguardsize, "2.2.5");
ASYNCTB_SINCE(pthread_attr_setstack, "2.2.5");
ASYNCTB_SINCE(pthread_attr_setstacksize, "2.2.5");
ASYNCTB_SINCE(pthread_condattr_setclock, "2.3.3");
ASYNCTB_SINCE(pthread_create, "2.2.5");
ASYNCTB_SINCE(pthread_detach, "2.2.5");
ASYNCTB_SINCE(pthread_getaffinity_np, "2.3.3");
ASYNCTB_SINCE(pthread_getattr_np, "2.2.5");
ASYNCTB_SINCE(pthread_getcpuclockid, "2.2.5");
ASYNCTB_SINCE(pthread_getname_np, "2.12");
ASYNCTB_SINCE(pthread_getspecific, "2.2.5");
ASYNCTB_SINCE(pthread_join, "2.2.5");
ASYNCTB_SINCE(pthread_key_create, "2.2.5");
ASYNCTB_SINCE(__pthread_key_create, "2.2.5");
ASYNCTB_SINCE(pthread_key_delete, "2.2.5");
ASYNCTB_SINCE(pthread_kill, "2.2.5");
ASYNCTB_SINCE(pthread_mutex_timedlock, "2.2.5");
ASYNCTB_SINCE(pthread_mutex_trylock, "2.2.5");
ASYNCTB_SINCE(pthread_mutexattr_destroy, "2.2.5");
ASYNCTB_SINCE(pthread_mutexattr_init, "2.2.5");
ASYNCTB_SINCE(pthread_mutexattr_setrobust, "2.12");
ASYNCTB_SINCE(pthread_mutexattr_settype, "2.2.5");
ASYNCTB_SINCE(pthread_once, "2.2.5");
ASYNCTB_SINCE(pthread_rwlock_destroy, "2.2.5");
ASYNCTB_SINCE(pthread_rwlock_init, "2.2.5");
ASYNCTB_SINCE(pthread_rwlock_rdlock, "2.2.5");
ASYNCTB_SINCE(pthread_rwlock_tryrdlock, "2.2.5");
ASYNCTB_SINCE(pthread_rwlock_trywrlock, "2.2.5");
ASYNCTB_SINCE(pthread_rwlock_unlock, "2.2.5");
ASYNCTB_SINCE(pthread_rwlock_wrlock, "2.2.5");
ASYNCTB_SINCE(pthread_setaffinity_np, "2.3.4");
ASYNCTB_SINCE(pthread_setname_np, "2.12");
ASYNCTB_SINCE(pthread_setspecific, "2.2.5");
ASYNCTB_SINCE(pthread_sigmask, "2.2.5");
ASYNCTB_SINCE(pthread_sigqueue, "2.11");
ASYNCTB_SINCE(sem_destroy, "2.2.5");
ASYNCTB_SINCE(sem_getvalue, "2.2.5");
ASYNCTB_SINCE(sem_init, "2.2.5");
ASYNCTB_SINCE(sem_post, "2.2.5");
ASYNCTB_SINCE(sem_timedwait, "2.2.5");
ASYNCTB_SINCE(sem_trywait, "2.2.5");
ASYNCTB_SINCE(sem_wait, "2.2.5");

// std::condition_variable::wait(std::unique_lock<std::mutex>&)
__asm__(
    ".symver _ZNSt18condition_variable4waitERSt11unique_lockISt5mutexE, "
    "_ZNSt18condition_variable4waitERSt11unique_lockISt5mutexE@GLIBCXX_3.4.11");

#undef ASYNCTB_SINCE
#endif
