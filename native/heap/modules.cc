// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "heap/modules.h"

#include <algorithm>
#include <unordered_set>

namespace asynctb {

namespace {

// More than a circle of imports has, in any program that somebody has written.
constexpr size_t kMostSearched = 20'000;

// Calls `visit(imported, number)` for each module that one imports, until it returns true.
template <typename Visit>
void ForEachImport(const Layout& layout, Address module, Visit visit) {
  const Address imports = ReadWord(module, layout.module_requested);
  if (!HasType(imports, layout.module_requested_type)) return;
  for (int i = 0; i < ReadLength(imports); i++) {
    const Address imported = ReadWord(imports, 16 + 8 * i);
    if (HasType(imported, layout.module_type) && visit(imported, i)) return;
  }
}

}  // namespace

std::vector<ModuleStep> ImportPath(const Layout& layout, Address from, Address to) {
  struct Found {
    ModuleStep step;
    size_t before;  // kNobody: it is the first
  };
  constexpr size_t kNobody = static_cast<size_t>(-1);
  std::vector<Found> found = {{{from, -1}, kNobody}};
  std::unordered_set<Address> seen = {from};
  // Breadth first: nearly always the import is a direct one.
  for (size_t i = 0; i < found.size() && found.size() < kMostSearched; i++) {
    bool arrived = false;
    const Address module = found[i].step.module;
    ForEachImport(layout, module, [&](Address imported, int request) {
      arrived = imported == to;
      if (arrived) {
        found[i].step.request = request;
      } else if (seen.insert(imported).second) {
        found.push_back({{imported, -1}, i});
      }
      return arrived;
    });
    if (!arrived) continue;
    std::vector<ModuleStep> path;
    for (size_t at = i; at != kNobody; at = found[at].before) {
      ModuleStep step = found[at].step;
      if (!path.empty()) {
        ForEachImport(layout, step.module, [&](Address imported, int request) {
          if (imported != path.back().module) return false;
          step.request = request;
          return true;
        });
      }
      path.push_back(step);
    }
    std::reverse(path.begin(), path.end());
    return path;
  }
  return {{from, -1}};
}

Address EvaluationPromise(const Layout& layout, Address module) {
  const Address promise = ReadWord(module, layout.module_capability);
  return HasType(promise, layout.promise_type) ? promise : kNoAddress;
}

}  // namespace asynctb
