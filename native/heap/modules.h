// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

// Modules that wait for their imports: they have not begun, so there is no activation of theirs.
//
// SAFETY: addresses in, addresses out, no allocation; see heap_read.h.
#pragma once

#include <vector>

#include "layout/layout.h"

namespace asynctb {

// A module, and which of its imports leads on; -1 when that is not known.
struct ModuleStep {
  Address module = kNoAddress;
  int request = -1;
};

// From a module that waits for the end of another one to that one, by imports: the module itself
// first. Modules between belong to a circle of imports, which ends as a whole.
std::vector<ModuleStep> ImportPath(const Layout& layout, Address from, Address to);

// The promise of a module's evaluation, if it was evaluated by itself; else kNoAddress.
Address EvaluationPromise(const Layout& layout, Address module);

// Calls `visit(module)` for each module that waits for one's end.
template <typename Visit>
void ForEachParent(const Layout& layout, Address module, Visit visit) {
  const Address parents = ReadWord(module, layout.module_parents);
  if (!HasType(parents, layout.module_parents_type)) return;
  for (int i = 0; i < ReadLength(parents); i++) {
    const Address parent = ReadWord(parents, 16 + 8 * i);
    if (HasType(parent, layout.module_type)) visit(parent);
  }
}

}  // namespace asynctb
