// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

// What a suspended function still uses: the registers, and the variables of scopes, that its
// bytecode reads behind the place where it stands. A register may hold what was of use before.
//
// SAFETY: addresses in, numbers out, no allocation in the isolate; see heap_read.h.
#pragma once

#include <vector>

#include "layout/layout.h"

namespace asynctb {

// A variable that is read from a scope.
struct ScopeUse {
  static constexpr int kCurrent = -1;
  int base = kCurrent;  // the scope that it stands in, or a place of the register file with a scope
  int depth = 0;        // scopes further out
  int offset = 0;       // in that scope, in bytes
  bool operator==(const ScopeUse& other) const {
    return base == other.base && depth == other.depth && offset == other.offset;
  }
};

struct Uses {
  std::vector<int> registers;  // places of the register file, parameters included
  bool receiver = false;
  std::vector<ScopeUse> variables;
  bool empty() const { return registers.empty() && !receiver && variables.empty(); }
};

// What an activation that stands at an await or a yield reads from there on. Empty where that
// cannot be told. The order of the code stands for its control flow: what is written first, in that
// order, does not count.
Uses FindUses(const Layout& layout, Address activation);

// The scope that has the variable, kNoAddress where there is none.
Address ScopeOf(const Layout& layout, Address activation, const ScopeUse& use);

// The BytecodeArray of a SharedFunctionInfo, kNoAddress where it has none.
Address BytecodeOfShared(const Layout& layout, Address shared);
Address BytecodeOf(const Layout& layout, Address function);

class Prover;
// Compares FindUses with what planted functions do.
void ProveUses(Prover* prover, Layout* layout);

}  // namespace asynctb
