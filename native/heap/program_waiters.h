// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

// Whether code of the program waits for a promise in the end: not only functions of Node, or of
// undici, which stand between a request and who has made it.
//
// SAFETY: addresses in, no allocation in the isolate; see heap_read.h.
#pragma once

#include <unordered_map>
#include <unordered_set>

#include "heap/graph.h"
#include "heap/reactions.h"

namespace asynctb {

class ProgramWaiters {
 public:
  ProgramWaiters(const EnvData& env, const Graph& graph, const ReactionReader& reactions)
      : layout_(env.layout()), graph_(graph), reactions_(reactions) {}

  bool HasProgram(Address promise);

 private:
  // Whether it stands in a script of Node's, or of undici.
  bool IsBetween(Address function);

  const Layout& layout_;
  const Graph& graph_;
  const ReactionReader& reactions_;
  std::unordered_map<Address, bool> scripts_;
};

}  // namespace asynctb
