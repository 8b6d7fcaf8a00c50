// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

// The functions of one task, from the outermost inward, as far as they work for it alone: what
// others wait for too, such as a query that is shared, may be somebody else's.
//
// SAFETY: addresses in, no allocation in the isolate; see heap_read.h.
#pragma once

#include <vector>

#include "heap/graph.h"
#include "heap/task_samples.h"
#include "layout/env_data.h"

namespace asynctb {

struct TaskStep {
  Address activation = kNoAddress;  // a suspended function, or
  Address callback = kNoAddress;    // a function that waits to be called
  Address settles = kNoAddress;     // the promise of either
  Address reaction = kNoAddress;    // by which it goes on; kNoAddress: not found
};

std::vector<TaskStep> PathOf(const EnvData& env, Graph* graph, TaskRoot root);

}  // namespace asynctb
