// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

// What runs generators in the place of async functions: co, and what compilers make of async
// functions for old targets. The promise that a generator has yielded gets two handlers, both made
// in a scope that has the generator, and the functions that settle the promise which stands for the
// whole. What is compiled for older targets still has no generator; it is known by the handlers,
// which stand in variables of that scope, to be used again.
//
// SAFETY: addresses in, addresses out, no allocation in the isolate; see memory/heap_read.h.
#pragma once

#include "heap/reactions.h"
#include "layout/env_data.h"

namespace asynctb {

struct Run {
  Address generator = kNoAddress;  // suspended; kNoAddress: the handlers run none
  Address promise = kNoAddress;    // that they settle in the end; kNoAddress: none
};

class RunnerReader {
 public:
  explicit RunnerReader(const EnvData& env) : layout_(env.layout()), resolvers_(env) {}

  // `on_fulfill`, `on_reject`: the handlers of one reaction.
  Run Read(Address on_fulfill, Address on_reject) const;

 private:
  bool ReadScope(Address scope, Run* run) const;
  static bool Holds(Address scope, Address function);

  const Layout& layout_;
  const ResolverReader resolvers_;
};

}  // namespace asynctb
