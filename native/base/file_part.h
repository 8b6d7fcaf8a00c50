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

// A part that lies inside of the file, read from its beginning to its end. Copying all of it takes
// most of the time of a search that looks at few of its bytes, so that of a file that cannot shrink
// it is mapped, if it can be: a piece at a time, since what is mapped counts as the process's
// memory.
//
// SAFETY: a load from a mapping ends the process where the file has become shorter or cannot be
// read. So the kernel is asked first to read all of it, which it answers with an error instead, and
// only the running program is mapped: kernels refuse to write to it, and its code is mapped from
// there as well.
class FilePart {
 public:
  FilePart(const File& file, uint64_t offset, uint64_t size, bool may_be_mapped)
      : file_(file),
        offset_(offset),
        size_(size),
        may_be_mapped_(may_be_mapped && file.Holds(offset, size)) {}
  ~FilePart() { Unmap(); }
  FilePart(const FilePart&) = delete;
  FilePart& operator=(const FilePart&) = delete;

  // `size` bytes from `begin` on, zeros behind the end of the part; in place, or copied to
  // `buffer`. Null when they cannot be read. What was given before is gone then.
  const void* Get(uint64_t begin, size_t size, void* buffer) {
    if (begin > size_) return nullptr;
    const size_t there = static_cast<size_t>(std::min<uint64_t>(size, size_ - begin));
    if (there == size && may_be_mapped_) {
      const int saved_errno = errno;  // of no interest: then it is copied
      const void* mapped = Mapped(begin, size);
      errno = saved_errno;
      if (mapped != nullptr) return mapped;
    }
    if (!file_.Read(offset_ + begin, buffer, there)) return nullptr;
    memset(static_cast<char*>(buffer) + there, 0, size - there);
    return buffer;
  }

 private:
  static constexpr uint64_t kPiece = 1 << 20;

  const char* Mapped(uint64_t begin, size_t size) {
    const bool is_there = mapping_ != nullptr && begin >= mapped_begin_ &&
                          begin + size <= mapped_begin_ + mapped_size_;
    if (!is_there && !Map(begin, std::min(std::max<uint64_t>(size, kPiece), size_ - begin))) {
      may_be_mapped_ = false;
      return nullptr;
    }
    return bytes_ + (begin - mapped_begin_);
  }

  bool Map(uint64_t begin, uint64_t size) {
#if !defined(MADV_POPULATE_READ)
    constexpr int MADV_POPULATE_READ = 22;  // older headers; older kernels refuse it
#endif
    Unmap();
    const uint64_t page = static_cast<uint64_t>(sysconf(_SC_PAGESIZE));
    const uint64_t lead = (offset_ + begin) % page;
    length_ = static_cast<size_t>(lead + size);
    void* mapping = mmap(nullptr, length_, PROT_READ, MAP_PRIVATE, file_.fd(),
                         static_cast<off_t>(offset_ + begin - lead));
    if (mapping == MAP_FAILED) return false;
    mapping_ = mapping;
    bytes_ = static_cast<const char*>(mapping) + lead;
    mapped_begin_ = begin;
    mapped_size_ = size;
    return madvise(mapping, length_, MADV_POPULATE_READ) == 0;
  }

  void Unmap() {
    if (mapping_ != nullptr) munmap(mapping_, length_);
    mapping_ = nullptr;
  }

  const File& file_;
  const uint64_t offset_, size_;
  bool may_be_mapped_;
  void* mapping_ = nullptr;  // of `length_` bytes, the whole pages around the piece
  size_t length_ = 0;
  uint64_t mapped_begin_ = 0, mapped_size_ = 0;  // of the piece, within the part
  const char* bytes_ = nullptr;
};

}  // namespace asynctb

#endif  // __linux__
