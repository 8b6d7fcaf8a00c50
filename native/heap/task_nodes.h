// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

// All suspended tasks of an isolate as stacks, equal ones counted: a frame and what is below it
// make a node, and equal nodes are made once, so that a task is one number however deep it is.
#pragma once

#include <v8.h>

#include "heap/graph.h"
#include "heap/stuck.h"
#include "heap/task_samples.h"
#include "sites/activation.h"

namespace asynctb {

// `samples`: if given, each group's nodes are those of one of its tasks, shared with no other task,
// and it gets the activation of each node that is a frame of one, to read its variables from; the
// rest stays empty.
// `stuck`: which of them nothing can resume, where that was asked for. `tasks`: is told of each
// task, and then of the groups. SAFETY: reads addresses of the graph; makes handles through
// `sites`, does not allocate.
void CollectTasks(const EnvData& env, Graph* graph, SiteTable* sites, ThreadCapture* capture,
                  const Stuck& stuck, std::vector<v8::Local<v8::Object>>* samples,
                  TaskSamples* tasks);

}  // namespace asynctb
