// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

// What runs generators in the place of async functions: co, and what compilers make of async
// functions for old targets. The promise that a generator has yielded gets two handlers, both made
// in a scope that has the generator, and the functions that settle the promise which stands for the
// whole. What is compiled for older targets still has no generator; it is known by the handlers,
// which stand in variables of that scope, to be used again, and by an object with methods in the
// generator's place, which call the function with the program's code. Asynchronous generators are
// compiled to generators with a line of requests beside them, each with the functions that settle
// its promise.
//
// SAFETY: addresses in, addresses out, no allocation in the isolate; see memory/heap_read.h.
#pragma once

#include <utility>

#include "heap/reactions.h"
#include "layout/env_data.h"

namespace asynctb {

struct Run {
  Address generator = kNoAddress;  // suspended; kNoAddress: the handlers run none
  Address promise = kNoAddress;    // that they settle in the end; kNoAddress: none
  Address body = kNoAddress;  // without a generator: the function that goes on; kNoAddress: unknown
};

class RunnerReader {
 public:
  explicit RunnerReader(const EnvData& env) : layout_(env.layout()), resolvers_(env) {}

  // `on_fulfill`, `on_reject`: the handlers of one reaction.
  Run Read(Address on_fulfill, Address on_reject) const;

 private:
  Address Around(Address scope) const;
  bool ReadScope(Address scope, Run* run) const;
  Run ReadLine(Address scope) const;
  Address BodyOf(Address scope) const;
  Address CalledByAll(Address object, std::pair<Address, Address> handlers) const;
  Address CalledBy(Address method, std::pair<Address, Address> handlers) const;
  Address FirstInLine(Address scope) const;
  Address PromiseOfRequest(Address request) const;
  bool HasField(Address object, Address value) const;
  Address FirstElement(Address array) const;
  template <typename Visit>
  void ForEachField(Address object, Visit visit) const;
  bool IsSuspended(Address generator) const;
  static bool Holds(Address scope, Address function);

  const Layout& layout_;
  const ResolverReader resolvers_;
};

}  // namespace asynctb
