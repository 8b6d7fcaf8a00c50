// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

// To be preloaded: what a disk may do to the files of dumps, and a terminal or pipe to stderr.
//   FAILS_AFTER, FAILS_WITH   a file takes so many bytes and then gives this errno
//   FAILS_AT_CLOSE            closing a file gives this errno; what it was told to keep is there
//   WRITES_AT_MOST            a file and stderr take so many bytes at a time, and every second call is
//                             interrupted by a signal
//   LOSES                     nothing can be read back from a file

#include <dlfcn.h>
#include <limits.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>

namespace {

long Setting(const char* name) {
  const char* value = getenv(name);
  return value == nullptr ? -1 : atol(value);
}

bool IsDump(int fd) {
  char link[64], path[PATH_MAX] = "";
  snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
  const int saved = errno;
  const ssize_t length = readlink(link, path, sizeof(path) - 1);
  errno = saved;
  return length > 0 && strstr(path, "/asynctb-2") != nullptr;
}

bool IsStderr(int fd) {
  struct stat a, b;
  return fstat(fd, &a) == 0 && fstat(2, &b) == 0 && a.st_dev == b.st_dev && a.st_ino == b.st_ino;
}

template <typename Function>
Function* Next(const char* name) {
  return reinterpret_cast<Function*>(dlsym(RTLD_NEXT, name));
}

}  // namespace

extern "C" ssize_t write(int fd, const void* data, size_t size) {
  static auto* const next = Next<ssize_t(int, const void*, size_t)>("write");
  static const long fails_after = Setting("FAILS_AFTER"), most = Setting("WRITES_AT_MOST");
  static bool is_interrupted = false;
  if (fails_after < 0 && most < 0) return next(fd, data, size);
  const bool is_dump = IsDump(fd);
  if (most > 0 && (is_dump || IsStderr(fd))) {
    is_interrupted = !is_interrupted;
    if (is_interrupted) {
      errno = EINTR;
      return -1;
    }
    if (size > static_cast<size_t>(most)) size = static_cast<size_t>(most);
  }
  if (is_dump && fails_after >= 0) {
    const long there = lseek(fd, 0, SEEK_CUR);
    if (there >= fails_after) {
      errno = static_cast<int>(Setting("FAILS_WITH"));
      return -1;
    }
    if (static_cast<long>(size) > fails_after - there) {
      size = static_cast<size_t>(fails_after - there);
    }
  }
  return next(fd, data, size);
}

// What `pread` is called by in the addon.
extern "C" ssize_t pread64(int fd, void* data, size_t size, off64_t offset) {
  static auto* const next = Next<ssize_t(int, void*, size_t, off64_t)>("pread64");
  static const long loses = Setting("LOSES");
  if (loses > 0 && IsDump(fd)) {
    errno = EIO;
    return -1;
  }
  return next(fd, data, size, offset);
}

extern "C" int close(int fd) {
  static auto* const next = Next<int(int)>("close");
  static const long fails = Setting("FAILS_AT_CLOSE");
  const bool is_dump = fails > 0 && IsDump(fd);
  const int result = next(fd);
  if (!is_dump) return result;
  errno = static_cast<int>(fails);
  return -1;
}
