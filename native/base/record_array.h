// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

// A growing array of plain records for the walk. It grows by moving page tables instead of
// copying, and what was never written takes no memory: a capture's time and its peak would
// otherwise be dominated by a vector's copies. Only a small one comes from malloc: to unmap memory
// interrupts all processors that run threads of this process.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <new>
#include <type_traits>

#if defined(__linux__)
#include <sys/mman.h>
#endif

namespace asynctb {

template <typename Record>
class RecordArray {
  static_assert(std::is_trivially_copyable_v<Record> && std::is_trivially_destructible_v<Record>);

 public:
  RecordArray() = default;
  ~RecordArray() { Free(); }
  RecordArray(const RecordArray&) = delete;
  RecordArray& operator=(const RecordArray&) = delete;

  size_t size() const { return size_; }
  bool empty() const { return size_ == 0; }
  Record& operator[](size_t index) { return records_[index]; }
  const Record& operator[](size_t index) const { return records_[index]; }
  Record& back() { return records_[size_ - 1]; }
  Record* begin() { return records_; }
  Record* end() { return records_ + size_; }
  const Record* begin() const { return records_; }
  const Record* end() const { return records_ + size_; }

  // False when there is no memory for it: then the record is not kept, and nothing after it.
  bool push_back(const Record& record) {
    if (size_ == capacity_ && (exhausted_ || !Grow())) {
      exhausted_ = true;
      return false;
    }
    new (&records_[size_++]) Record(record);
    return true;
  }
  bool exhausted() const { return exhausted_; }
  // Room for so many more, to be written at the end; false when there is no memory for them.
  bool MakeRoom(size_t more) {
    while (capacity_ - size_ < more) {
      if (exhausted_ || !Grow()) exhausted_ = true;
      if (exhausted_) return false;
    }
    return true;
  }
  void Take(size_t written) { size_ += written; }
  void clear() { size_ = 0; }

 private:
  static constexpr size_t kFirstBytes = 64 * 1024;
  static constexpr size_t kHugePage = 2 * 1024 * 1024;

#if defined(__linux__)
  bool Grow() {
    if (bytes_ == 0) return Use(malloc(kFirstBytes), kFirstBytes);
    // Whole huge pages from the beginning: moved page by page they would stay small.
    const bool moves = bytes_ >= kHugePage;
    const size_t bytes = moves ? bytes_ * 2 : kHugePage;
    void* const grown = Map(bytes);
    if (grown == MAP_FAILED) return false;
    // Where it fails, the new place may be gone already, and somebody else's: it is left alone.
    if (moves && mremap(records_, bytes_, bytes, MREMAP_MAYMOVE | MREMAP_FIXED, grown) != grown) {
      return false;
    }
    (void)madvise(grown, bytes, MADV_HUGEPAGE);
    if (!moves) {
      memcpy(grown, static_cast<void*>(records_), bytes_);
      free(records_);
    }
    return Use(grown, bytes);
  }
  bool Use(void* memory, size_t bytes) {
    if (memory == nullptr) return false;
    records_ = static_cast<Record*>(memory);
    bytes_ = bytes;
    capacity_ = bytes / sizeof(Record);
    return true;
  }
  // Aligned so that the kernel can give huge pages: a fault for each small one takes as long as
  // filling it does.
  static void* Map(size_t bytes) {
    void* mapped = mmap(nullptr, bytes + kHugePage, PROT_READ | PROT_WRITE,
                        MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (mapped == MAP_FAILED) return mapped;
    char* const begin = static_cast<char*>(mapped);
    const size_t before = (kHugePage - reinterpret_cast<uintptr_t>(begin) % kHugePage) % kHugePage;
    if (before > 0) munmap(begin, before);
    if (before < kHugePage) munmap(begin + before + bytes, kHugePage - before);
    return begin + before;
  }
  void Free() {
    if (bytes_ > kFirstBytes) {
      munmap(records_, bytes_);
    } else {
      free(records_);
    }
  }
  size_t bytes_ = 0;
#else
  bool Grow() {
    const size_t capacity = capacity_ == 0 ? kFirstBytes / sizeof(Record) : capacity_ * 2;
    void* grown = realloc(records_, capacity * sizeof(Record));
    if (grown == nullptr) return false;
    records_ = static_cast<Record*>(grown);
    capacity_ = capacity;
    return true;
  }
  void Free() { free(records_); }
#endif

  Record* records_ = nullptr;
  size_t size_ = 0;
  size_t capacity_ = 0;
  bool exhausted_ = false;
};

}  // namespace asynctb
