// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "watcher/isolate_room.h"

#include <sys/mman.h>

#include "v8/v8_compat.h"

namespace asynctb {

namespace {

// The formatters with a small dump, and V8's young generation.
constexpr size_t kLeastHeap = 64u << 20;
// For the program, which goes on meanwhile, and for the text.
constexpr size_t kLeftOver = 64u << 20;

// Address space that is not used, or memory that could be.
class Mapping {
 public:
  Mapping(size_t size, int protection)
      : size_(size),
        pages_(
            mmap(nullptr, size, protection, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0)) {}
  ~Mapping() {
    if (is_mapped()) munmap(pages_, size_);
  }
  Mapping(const Mapping&) = delete;
  Mapping& operator=(const Mapping&) = delete;
  bool is_mapped() const { return pages_ != MAP_FAILED; }

 private:
  size_t size_;
  void* pages_;
};

}  // namespace

size_t RoomForIsolate(size_t wanted) {
  const Mapping reserved(kIsolateReservation + kLeftOver, PROT_NONE);
  if (!reserved.is_mapped()) return 0;
  for (size_t heap = wanted; heap >= kLeastHeap; heap /= 2) {
    if (Mapping(heap, PROT_READ | PROT_WRITE).is_mapped()) return heap;
  }
  return 0;
}

}  // namespace asynctb
