// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

// What nothing can ever settle: a marking of our own from V8's roots, which collects nothing and
// changes nothing. It goes through a pending promise's reactions only if something that may settle
// the promise was reached, and into a suspended function only if what that awaits may be settled.
// What it never gets into will never go on.
//
// Wherever it is not sure it takes a promise for one that may be settled: whatever is no plain
// object of JavaScript's, and refers to it, may do so.
#pragma once

#include <string>
#include <vector>

#include "heap/graph.h"
#include "layout/env_data.h"
#include "v8/heap_roots.h"

namespace asynctb {

class Stuck {
 public:
  // For a graph whose addresses are still good. Returns why nothing can be said; empty when it can.
  std::string Find(const EnvData& env, Graph* graph, const OwnHandles& own);

  // Whether nothing can settle a promise, or resume a suspended activation, of the graph.
  bool OfPromise(uint32_t promise) const {
    return promise < promises_.size() && promises_[promise];
  }
  bool OfActivation(uint32_t activation) const {
    return activation < activations_.size() && activations_[activation];
  }

 private:
  std::vector<bool> promises_, activations_;
};

}  // namespace asynctb
