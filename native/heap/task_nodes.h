// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

// All suspended tasks of an isolate as stacks, equal ones counted: a frame and what is below it
// make a node, and equal nodes are made once, so that a task is one number however deep it is.
#pragma once

#include <v8.h>

#include <memory>
#include <unordered_set>

#include "heap/graph.h"
#include "heap/stuck.h"
#include "heap/task_samples.h"
#include "sites/activation.h"

namespace asynctb {

// One task of each group, the largest groups first, in nodes that it shares with no other task: for
// what differs among tasks in the same places.
struct FrameSamples {
  // How many frames are looked at. Behind them, tasks share their nodes again.
  size_t most = 0;
  // Its nodes and branches are those from here on.
  size_t first_node = 0, first_branch = 0;
  std::vector<int32_t> groups;  // the node of each group's sample
  // By node, counted from `first_node`: the activation, or the function of a callback. Empty: none.
  std::vector<v8::Local<v8::Object>> objects;
  bool is_cut = false;  // there were more frames
};

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
  // `DropSamples`. The graph's promises have the nodes of samples from now on. SAFETY: as above.
  void Sample(FrameSamples* frames);

 private:
  class Collector;
  std::unique_ptr<Collector> collector_;
};

// `apart`: the nodes of which something is said that others do not share; the rest becomes those
// nodes again that tasks share. Null: all of them.
void UseSamples(ThreadCapture* capture, const FrameSamples& frames,
                const std::unordered_set<int32_t>* apart);
void DropSamples(ThreadCapture* capture, const FrameSamples& frames);

}  // namespace asynctb
