// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

// Loads from memory of which nothing is known, for a signal handler: async-signal-safe, and never
// a fault. The heap may be anywhere between two steps of the collector when the signal comes, so
// no word that looks like a pointer is trusted. Loads of `heap_read.h` are for everybody else.
#pragma once

#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>

#include "memory/heap_read.h"

// What is read may belong to anybody, and is not trusted: no sanitizer has anything to say about
// it.
#define ASYNCTB_READS_ANYTHING __attribute__((no_sanitize("address"), no_sanitize("thread")))

namespace asynctb {

class CheckedReader {
 public:
  // The object's word at this offset; false when there is no memory.
  bool Word(Address object, int offset, Address* value) {
    return IsHeapObject(object) && Load(object - 1 + offset, value);
  }

  // A word at an untagged, aligned address.
  ASYNCTB_READS_ANYTHING bool Load(uintptr_t address, uintptr_t* value) {
    if (address % sizeof(uintptr_t) != 0 || !IsReadable(address)) return false;
    // SAFETY: the kernel could read this page a moment ago. Only this thread gives back memory that
    // its own stack and what that leads to lies in, and it is here.
    *value = *reinterpret_cast<const volatile uintptr_t*>(address);
    return true;
  }

  // 1 to 4 bytes: aligned ones do not cross a page.
  template <typename Unit>
  ASYNCTB_READS_ANYTHING bool LoadUnit(uintptr_t address, Unit* value) {
    if (address % sizeof(Unit) != 0 || !IsReadable(address)) return false;
    *value = *reinterpret_cast<const volatile Unit*>(address);
    return true;
  }

  // The instance type of what is really an object: its map's map is a map. -1 when it is not.
  int TypeOf(Address object, uint16_t map_type) {
    using v8::internal::Internals;
    Address map = 0, meta = 0;
    uint16_t type = 0, type_of_map = 0;
    if (!Word(object, Internals::kHeapObjectMapOffset, &map) ||
        !Word(map, Internals::kHeapObjectMapOffset, &meta) || !IsHeapObject(meta) ||
        !LoadUnit(meta - 1 + Internals::kMapInstanceTypeOffset, &type_of_map) ||
        type_of_map != map_type || !LoadUnit(map - 1 + Internals::kMapInstanceTypeOffset, &type)) {
      return -1;
    }
    return type;
  }

 private:
  // The kernel is asked once a page: it copies the set before it looks at the impossible `how`.
  bool IsReadable(uintptr_t address) {
    constexpr int kPageBits = 12;  // the smallest page of any system
    const uintptr_t page = address >> kPageBits;
    if (page == 0) return false;  // never mapped, and what an unused place here stands for
    uintptr_t& known = pages_[page % kPages];
    if (known == page) return true;
    errno = 0;
    syscall(SYS_rt_sigprocmask, ~0, page << kPageBits, nullptr, sizeof(uint64_t));
    if (errno != EINVAL) return false;
    known = page;
    return true;
  }

  static constexpr int kPages = 64;
  uintptr_t pages_[kPages] = {};
};

}  // namespace asynctb
