// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

// Where the stacks of the tasks that are told apart end at a promise that nothing found is going to
// settle. Tasks at one place mostly wait for the same kind of thing, so some of a group are enough.
//
// SAFETY: reads addresses of the graph, does not allocate in the isolate.
#pragma once

#include <cstdint>
#include <vector>

#include "base/capture.h"
#include "heap/graph.h"
#include "heap/task_samples.h"

namespace asynctb {

struct LeafPlace {
  int32_t group;         // index into groups
  int32_t node, branch;  // the frame or combinator above, and which of its branches; -1: none
  Address promise;
  // The innermost activation above, or kNoAddress: what it holds itself it does not wait for.
  Address waiter;
  // The activations above, from that one on: only the nearest of them.
  std::vector<Address> callers = {};
};

std::vector<LeafPlace> FindLeafPlaces(const Graph& graph, const TaskSamples& tasks,
                                      const ThreadCapture& capture);

}  // namespace asynctb
