// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

// Which of a group's tasks are told apart: a few of each group, and of many groups the largest.
// What a dump has shown before goes first, so that the next one says how long it has been there.
//
// SAFETY: addresses in, no allocation in the isolate; see heap_read.h.
#pragma once

#include <cstdint>
#include <vector>

#include "base/capture.h"
#include "heap/graph.h"
#include "heap/task_ids.h"

namespace asynctb {

// The outermost object of a task: an activation, or a promise that nothing but callbacks wait for.
struct TaskRoot {
  uint32_t index = 0;  // of a promise, or of an activation
  bool is_promise = false;
};

class TaskSamples {
 public:
  TaskSamples(Graph* graph, TaskIds* ids) : graph_(*graph), ids_(*ids) {}

  // Called for each task, with how many of the same key were noted before: twice the node, and one
  // more for what is stuck.
  void Note(int32_t key, TaskRoot root, int32_t before) {
    if (noted_.size() >= kMostNoted) return;
    if (before < kMostOfGroup || noted_.size() < TaskIds::kMost || ids_.Knows(AddressOf(root))) {
      noted_.push_back({key, root});
    }
  }
  // Everything is noted anew.
  void Forget() { noted_.clear(); }

  // Once the groups are in their order: which tasks the capture shows, and which are known again.
  void Choose(const std::vector<TaskGroup>& groups);

  struct Chosen {
    int32_t group = 0;
    TaskRoot root;
    uint32_t known_as = 0;  // index of TaskIds
    bool is_shown = false;
  };
  // Those that are shown stand first, in the order of their groups.
  const std::vector<Chosen>& chosen() const { return chosen_; }

  Address AddressOf(TaskRoot root) const {
    return root.is_promise ? graph_.promises()[root.index].address
                           : graph_.activations()[root.index].address;
  }

 private:
  static constexpr int32_t kMostOfGroup = 3;
  static constexpr size_t kMostShown = 512;
  static constexpr size_t kMostNoted = 750'000;
  struct Noted {
    int32_t key = 0;
    TaskRoot root;
  };

  Address LeafOf(TaskRoot root);
  void Take(int32_t group, TaskRoot root, bool is_shown);

  Graph& graph_;
  TaskIds& ids_;
  std::vector<Noted> noted_;
  std::vector<Chosen> chosen_;
  size_t steps_ = 0;  // of LeafOf
};

}  // namespace asynctb
