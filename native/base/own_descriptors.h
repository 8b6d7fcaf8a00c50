// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

// File descriptors of our own. They are never 0, 1 or 2, which mean something to everybody else,
// even where the program has closed them; a child process never gets them; and there are some
// even when the program has used up all that it may have.
//
// For that, spare descriptors are set aside early. When the kernel has no more to give, a spare one
// is closed and what was wanted is opened in its place. Closing that turns it into a spare one
// again, in one step where the system can, so that nobody else gets hold of the number meanwhile.
#pragma once

#include <sys/types.h>

namespace asynctb {

// From now on some are spare. Any thread, any number of times: what is missing is made up for.
void SetSpareDescriptorsAside();

class OwnDescriptor {
 public:
  OwnDescriptor() = default;
  ~OwnDescriptor() { Close(); }
  OwnDescriptor(OwnDescriptor&& other) noexcept : fd_(other.Release()) {}
  OwnDescriptor& operator=(OwnDescriptor&& other) noexcept;
  OwnDescriptor(const OwnDescriptor&) = delete;
  OwnDescriptor& operator=(const OwnDescriptor&) = delete;

  // These three leave errno behind when `is_open` is false. O_CLOEXEC is added.
  static OwnDescriptor Open(const char* path, int flags);
  static OwnDescriptor OpenAt(int directory, const char* name, int flags, mode_t mode);
  static OwnDescriptor Duplicate(int fd);

  bool is_open() const { return fd_ >= 0; }
  int get() const { return fd_; }
  // Keeps errno.
  void Close();

 private:
  explicit OwnDescriptor(int fd) : fd_(fd) {}
  int Release();

  int fd_ = -1;
};

// While this is there, nothing that somebody opens becomes 0, 1 or 2. For what opens descriptors
// by itself: libuv aborts the process when it closes one of these three.
class StandardDescriptorsTaken {
 public:
  StandardDescriptorsTaken();
  ~StandardDescriptorsTaken();
  StandardDescriptorsTaken(const StandardDescriptorsTaken&) = delete;
  StandardDescriptorsTaken& operator=(const StandardDescriptorsTaken&) = delete;

 private:
  bool taken_[3] = {};
};

}  // namespace asynctb
