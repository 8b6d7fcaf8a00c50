// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "base/own_descriptors.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <mutex>

namespace asynctb {

namespace {

constexpr int kFirstOwn = STDERR_FILENO + 1;
// A dump in a file has the directory, the file and a duplicate of it at a time; beside that, a
// blocked thread is looked at in /proc, or a symbol table is read.
constexpr int kSpares = 4;

std::mutex mutex;  // guards the following
bool wanted = false;
int spares[kSpares];
int spare_count = 0;

int OpenPlaceholder() { return open("/dev/null", O_RDONLY | O_CLOEXEC); }

// Whether the number still stands for what was opened there: a program may close what it does not
// know, and then the number is somebody else's.
bool IsPlaceholder(int fd) {
  struct stat here, null;
  return fstat(fd, &here) == 0 && stat("/dev/null", &null) == 0 && S_ISCHR(here.st_mode) &&
         here.st_rdev == null.st_rdev;
}

// With the mutex held.
void FillUp() {
  while (wanted && spare_count < kSpares) {
    int fd = OpenPlaceholder();
    if (fd >= 0 && fd < kFirstOwn) {
      const int low = fd;
      fd = fcntl(low, F_DUPFD_CLOEXEC, kFirstOwn);
      close(low);
    }
    if (fd < 0) return;
    spares[spare_count++] = fd;
  }
}

bool GiveUpSpare() {
  std::lock_guard<std::mutex> lock(mutex);
  while (spare_count > 0) {
    const int fd = spares[--spare_count];
    if (!IsPlaceholder(fd)) continue;
    close(fd);
    return true;
  }
  return false;
}

// What `open_it` returns, at the expense of a spare descriptor if need be.
template <typename Function>
int WithSpare(const Function& open_it) {
  int fd = open_it();
  while (fd < 0 && (errno == EMFILE || errno == ENFILE)) {
    const int error = errno;
    if (!GiveUpSpare()) {
      errno = error;
      break;
    }
    fd = open_it();
  }
  return fd;
}

int AboveStandard(int fd) {
  if (fd < 0 || fd >= kFirstOwn) return fd;
  const int moved = WithSpare([fd] { return fcntl(fd, F_DUPFD_CLOEXEC, kFirstOwn); });
  const int error = errno;
  close(fd);
  errno = error;
  return moved;
}

// With the mutex held: makes the descriptor a spare one. False when it is not needed as one.
bool KeepAsSpare(int fd) {
  if (!wanted || spare_count >= kSpares) return false;
#if defined(__linux__)
  if (spare_count > 0 && IsPlaceholder(spares[0]) && dup3(spares[0], fd, O_CLOEXEC) == fd) {
    spares[spare_count++] = fd;
    return true;
  }
#endif
  close(fd);
  FillUp();
  return true;
}

}  // namespace

void SetSpareDescriptorsAside() {
  std::lock_guard<std::mutex> lock(mutex);
  wanted = true;
  FillUp();
}

OwnDescriptor& OwnDescriptor::operator=(OwnDescriptor&& other) noexcept {
  if (this != &other) {
    Close();
    fd_ = other.Release();
  }
  return *this;
}

int OwnDescriptor::Release() {
  const int fd = fd_;
  fd_ = -1;
  return fd;
}

OwnDescriptor OwnDescriptor::Open(const char* path, int flags) {
  return OwnDescriptor(AboveStandard(WithSpare([&] { return open(path, flags | O_CLOEXEC); })));
}

OwnDescriptor OwnDescriptor::OpenAt(int directory, const char* name, int flags, mode_t mode) {
  return OwnDescriptor(
      AboveStandard(WithSpare([&] { return openat(directory, name, flags | O_CLOEXEC, mode); })));
}

OwnDescriptor OwnDescriptor::Duplicate(int fd) {
  return OwnDescriptor(WithSpare([&] { return fcntl(fd, F_DUPFD_CLOEXEC, kFirstOwn); }));
}

void OwnDescriptor::Close() {
  if (fd_ < 0) return;
  const int error = errno;
  const int fd = Release();
  std::lock_guard<std::mutex> lock(mutex);
  if (!KeepAsSpare(fd)) {
    close(fd);
    FillUp();
  }
  errno = error;
}

StandardDescriptorsTaken::StandardDescriptorsTaken() {
  for (;;) {
    const int fd = OpenPlaceholder();
    if (fd >= kFirstOwn) close(fd);
    if (fd < 0 || fd >= kFirstOwn) return;
    taken_[fd] = true;
  }
}

StandardDescriptorsTaken::~StandardDescriptorsTaken() {
  for (int fd = 0; fd < kFirstOwn; fd++) {
    if (taken_[fd]) close(fd);
  }
}

}  // namespace asynctb
