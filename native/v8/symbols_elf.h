// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

// The ELF half of `symbols`: which loaded object holds an address, and the names in the symbol
// table of its file. Kept apart from `symbols` so that tests can hand it damaged files.
#pragma once

#if defined(__linux__)

#include <link.h>

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "v8/symbols.h"

namespace asynctb {

// An object that the dynamic loader mapped, as far as its memory tells.
struct LoadedObject {
  uintptr_t base = 0;             // what to add to an address in the file
  std::string path;               // where the loader says that the file is
  std::vector<ElfW(Phdr)> phdrs;  // as the loader sees them
  std::vector<uint8_t> build_id;  // NT_GNU_BUILD_ID, empty when it has none

  bool Contains(uintptr_t address) const;
  // True when `size` bytes from `address` lie in the part of an executable segment that the file
  // fills, so that they are readable and can be compared with the file.
  bool ContainsCode(uintptr_t address, size_t size) const;
  bool ContainsData(uintptr_t address, size_t size) const;
};

// False when no object has `address` in one of its segments.
bool FindLoadedObject(uintptr_t address, LoadedObject* object);

// The kernel keeps this on the very file that runs, whatever became of its path.
inline constexpr char kRunningProgram[] = "/proc/self/exe";

// Fills the requests whose address is still null with the functions that the file at `path`
// defines, after making sure that it is the file `object` was loaded from. Returns why the file
// cannot be used, or "" when it could, whether or not every name was in it. Reads with pread(), and
// through a mapping only the running program, which the kernel lets nobody write to: a file that
// somebody truncates must not raise SIGBUS here. A damaged file leads to a reason, or to names not
// found.
std::string FindInElfFile(const std::string& path, const LoadedObject& object,
                          SymbolRequest* requests, size_t count);

}  // namespace asynctb

#endif  // __linux__
