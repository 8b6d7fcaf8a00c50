// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

// All suspended tasks of an isolate as stacks, equal ones counted: a frame and what is below it
// make a node, and equal nodes are made once, so that a task is one number however deep it is.
#pragma once

#include <v8.h>

#include <memory>

#include "heap/frame_samples.h"
#include "heap/graph.h"
#include "heap/stuck.h"
#include "heap/task_samples.h"
#include "sites/activation.h"

namespace asynctb {

class TaskNodes {
 public:
  // `stuck`: which tasks nothing can resume, where that was asked for.
  TaskNodes(const EnvData& env, Graph* graph, SiteTable* sites, ThreadCapture* capture,
            const Stuck& stuck);
  ~TaskNodes();

  // `tasks`: is told of each task, and then of the groups. SAFETY: reads addresses of the graph;
  // makes handles through the sites, does not allocate.
  void Collect(TaskSamples* tasks);
  // Appends the nodes of samples; whether groups stand there is for `UseSamples` to say, or
  // `DropSamples`. The graph's promises are of no use for nodes from now on. SAFETY: as above.
  void Sample(FrameSamples* frames);

 private:
  class Collector;
  std::unique_ptr<Collector> collector_;
};

}  // namespace asynctb
