// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "heap/task_samples.h"

#include <algorithm>

namespace asynctb {

namespace {

// So many steps down a task's promises, and so many of all tasks: stacks may be as deep as memory.
constexpr int kMostStepsDown = 1'000;
constexpr size_t kMostSteps = 1'000'000;

}  // namespace

void TaskSamples::Choose(const std::vector<TaskGroup>& groups) {
  ids_.Begin();
  // Of each group its tasks, as a list in the order in which they were noted.
  const auto key_of = [](const TaskGroup& group) {
    return 2 * static_cast<size_t>(group.node) + (group.is_stuck ? 1 : 0);
  };
  size_t keys = 0;
  for (const TaskGroup& group : groups) keys = std::max(keys, key_of(group) + 1);
  std::vector<int32_t> group_of(keys, -1);
  for (size_t i = 0; i < groups.size(); i++) {
    group_of[key_of(groups[i])] = static_cast<int32_t>(i);
  }
  std::vector<int32_t> first(groups.size(), -1), next(noted_.size(), -1);
  for (size_t i = noted_.size(); i-- > 0;) {
    const auto group = static_cast<size_t>(group_of[static_cast<size_t>(noted_[i].key)]);
    next[i] = first[group];
    first[group] = static_cast<int32_t>(i);
  }

  const size_t most_groups = std::min(groups.size(), kMostShown);
  std::vector<std::vector<int32_t>> shown(most_groups);
  for (size_t group = 0; group < most_groups; group++) {
    std::vector<int32_t>& tasks = shown[group];
    for (int32_t i = first[group]; i >= 0; i = next[static_cast<size_t>(i)]) tasks.push_back(i);
    const auto since = [&](int32_t i) {
      return ids_.SinceOf(AddressOf(noted_[static_cast<size_t>(i)].root));
    };
    std::stable_sort(tasks.begin(), tasks.end(),
                     [&](int32_t a, int32_t b) { return since(a) < since(b); });
    if (tasks.size() > kMostOfGroup) tasks.resize(kMostOfGroup);
  }
  // One of each group before the second of any.
  std::vector<size_t> counts(most_groups);
  size_t count = 0;
  for (size_t round = 0; round < kMostOfGroup; round++) {
    for (size_t group = 0; group < most_groups && count < kMostShown; group++) {
      if (round >= shown[group].size()) continue;
      counts[group]++;
      count++;
    }
  }
  std::vector<bool> taken(noted_.size());
  for (size_t group = 0; group < most_groups; group++) {
    for (size_t i = 0; i < counts[group]; i++) {
      const auto task = static_cast<size_t>(shown[group][i]);
      taken[task] = true;
      Take(static_cast<int32_t>(group), noted_[task].root, true);
    }
  }
  for (const bool known : {true, false}) {
    for (size_t i = 0; i < noted_.size() && ids_.has_room(); i++) {
      if (taken[i] || ids_.Knows(AddressOf(noted_[i].root)) != known) continue;
      taken[i] = true;
      Take(group_of[static_cast<size_t>(noted_[i].key)], noted_[i].root, false);
    }
  }
}

void TaskSamples::Take(int32_t group, TaskRoot root, bool is_shown) {
  chosen_.push_back({group, root, ids_.Meet(AddressOf(root), LeafOf(root)), is_shown});
}

// What the task waits for in the end: the last promise before it forks, or what is known ends.
Address TaskSamples::LeafOf(TaskRoot root) {
  uint32_t promise = root.is_promise ? root.index : graph_.activations()[root.index].awaits;
  for (int i = 0; i < kMostStepsDown && promise != kNone && steps_ < kMostSteps; i++, steps_++) {
    const PromiseRecord& record = graph_.promises()[promise];
    if (record.kind() == SourceKind::kUnknown || record.kind() == SourceKind::kCombinator) break;
    uint32_t input = kNone;
    graph_.ForEachInput(record, [&](uint32_t found) { input = found; });
    // It goes on, or is about to: nothing to know it by.
    if (input == kNone) return kNoAddress;
    promise = input;
  }
  const Address leaf = promise == kNone ? kNoAddress : graph_.promises()[promise].address;
  return IsHeapObject(leaf) ? leaf : kNoAddress;
}

}  // namespace asynctb
