// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

// Reading a large part of a file, most of which is only skipped over.
#pragma once

#if defined(__linux__)

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <cstring>

#include "base/own_descriptors.h"

namespace asynctb {

class File {
 public:
  explicit File(const char* path) : fd_(OwnDescriptor::Open(path, O_RDONLY | O_NONBLOCK)) {
    struct stat info;
    if (!fd_.is_open() || fstat(fd(), &info) != 0 || !S_ISREG(info.st_mode)) return;
    size_ = static_cast<uint64_t>(info.st_size);
    usable_ = true;
  }
  File(const File&) = delete;
  File& operator=(const File&) = delete;

  int fd() const { return fd_.get(); }
  bool usable() const { return usable_; }
  bool Holds(uint64_t offset, uint64_t size) const {
    return offset <= size_ && size <= size_ - offset;
  }
  // All of it or nothing.
  bool Read(uint64_t offset, void* buffer, size_t size) const {
    if (!Holds(offset, size)) return false;
    char* to = static_cast<char*>(buffer);
    while (size > 0) {
      const ssize_t got = pread(fd(), to, size, static_cast<off_t>(offset));
      if (got < 0 && errno == EINTR) continue;
      if (got <= 0) return false;  // an error, or the file became shorter
      to += got;
      offset += static_cast<uint64_t>(got);
      size -= static_cast<size_t>(got);
    }
    return true;
  }

 private:
  OwnDescriptor fd_;
  uint64_t size_ = 0;
  bool usable_ = false;
};

// A part that lies inside of the file. Copying all of it takes most of the time of a search that looks
// at few of its bytes, so that of a file that cannot shrink is mapped, if it can be.
//
// SAFETY: a load from a mapping ends the process where the file has become shorter or cannot be
// read. So the kernel is asked first to read all of it, which it answers with an error instead, and only
// the running program is mapped: kernels refuse to write to it, and its code is mapped from there as well.
class FilePart {
 public:
  FilePart(const File& file, uint64_t offset, uint64_t size, bool may_be_mapped)
      : file_(file), offset_(offset), size_(size) {
    if (!may_be_mapped || !file.Holds(offset, size) || size == 0 || size > kMostMapped) return;
    const int saved_errno = errno;  // of no interest: then it is copied
    Map();
    errno = saved_errno;
  }
  ~FilePart() {
    if (mapping_ != nullptr) munmap(mapping_, length_);
  }
  FilePart(const FilePart&) = delete;
  FilePart& operator=(const FilePart&) = delete;

  // `size` bytes from `begin` on, zeros behind the end of the part; in place, or copied to `buffer`.
  // Null when they cannot be read.
  const void* Get(uint64_t begin, size_t size, void* buffer) const {
    if (begin > size_) return nullptr;
    const size_t there = static_cast<size_t>(std::min<uint64_t>(size, size_ - begin));
    if (bytes_ != nullptr && there == size) return bytes_ + begin;
    if (!file_.Read(offset_ + begin, buffer, there)) return nullptr;
    memset(static_cast<char*>(buffer) + there, 0, size - there);
    return buffer;
  }

 private:
  static constexpr uint64_t kMostMapped = 128ull << 20;

  void Map() {
#if !defined(MADV_POPULATE_READ)
    constexpr int MADV_POPULATE_READ = 22;  // older headers; older kernels refuse it
#endif
    const uint64_t page = static_cast<uint64_t>(sysconf(_SC_PAGESIZE));
    const uint64_t begin = offset_ - offset_ % page;
    length_ = static_cast<size_t>(offset_ + size_ - begin);
    void* mapping =
        mmap(nullptr, length_, PROT_READ, MAP_PRIVATE, file_.fd(), static_cast<off_t>(begin));
    if (mapping == MAP_FAILED) return;
    mapping_ = mapping;
    if (madvise(mapping, length_, MADV_POPULATE_READ) == 0) {
      bytes_ = static_cast<const char*>(mapping) + (offset_ - begin);
    }
  }

  const File& file_;
  const uint64_t offset_, size_;
  size_t length_ = 0;
  void* mapping_ = nullptr;
  const char* bytes_ = nullptr;  // null: to be copied
};

}  // namespace asynctb

#endif  // __linux__
