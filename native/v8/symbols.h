// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

// Addresses of V8's own functions and the debug constants that V8 exports, by name.
//
// Node up to 22 exports V8's internals dynamically. Later ones hide them: the names are then only
// in the `.symtab` section on disk, which a stripped binary lacks. Nothing here keeps state, and
// every function may be called from any thread; callers decide how often to pay for it.
#pragma once

#include <cstddef>
#include <string>

namespace asynctb {

struct SymbolRequest {
  // Mangled names that all do, the preferred one first (a constructor exists as C1, as C2 or as
  // both, by version). Unused places are nullptr.
  const char* names[4] = {nullptr, nullptr, nullptr, nullptr};
  void* address = nullptr;  // out; nullptr when none of the names was found
  bool is_data = false;     // a table of V8's, and no function
};

struct SymbolReport {
  // "dynamic symbol table", "ELF .symtab", both joined with " and ", or "" when nothing was found.
  std::string via;
  // Why something is missing. Empty when every request got its address.
  std::string reason;
  // Something is missing for a passing reason: no file descriptor or memory was to be had.
  bool transient = false;
};

// Tests narrow the search; everybody else takes the default.
enum class SymbolSource { kAny, kDynamicOnly, kStaticOnly };

// Looks all requests up at once: a pass over the symbol table on disk costs milliseconds. Only
// addresses inside the object that holds V8 (the executable or libnode) are ever returned, so
// another copy of V8 in the same process cannot be taken for ours.
SymbolReport ResolveSymbols(SymbolRequest* requests, size_t count,
                            SymbolSource source = SymbolSource::kAny);

// One of V8's `v8dbg_*` constants. False when V8 does not export it.
bool ReadDebugConstant(const char* name, int* value);

}  // namespace asynctb
