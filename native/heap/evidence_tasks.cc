// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

// The part of the evidence that says of which tasks its suspended functions are part.

#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "heap/evidence.h"

namespace asynctb {

void EvidenceWriter::FindTasks(const Graph& graph, const TaskSamples& tasks, const TaskIds& ids) {
  // So many steps down all tasks: stacks may be as deep as memory.
  constexpr size_t kMostSteps = 200'000;
  if (!graph_) return;
  std::unordered_map<uint32_t, int32_t> wanted;  // things by activation
  const auto want = [&](Address address, int32_t thing) {
    const uint32_t activation = graph.FindActivation(address);
    if (activation != kNone) wanted.emplace(activation, thing);
  };
  for (size_t i = 0; i < evidence_.things.size(); i++) {
    if (evidence_.things[i].kind != EvidenceKind::kActivation || node_of_thing_[i] < 0) continue;
    want(graph_->nodes()[static_cast<size_t>(node_of_thing_[i])].address, static_cast<int32_t>(i));
  }
  for (const auto& [address, thing] : thing_of_activation_) want(address, thing);
  if (wanted.empty()) return;

  size_t steps = 0;
  std::unordered_set<uint32_t> seen;  // promises: what several wait for is the first one's
  std::vector<uint32_t> todo;
  for (const TaskSamples::Chosen& chosen : tasks.chosen()) {
    const auto id = static_cast<double>(ids.IdOf(chosen.known_as));
    const auto meet = [&](uint32_t activation) {
      const auto found = wanted.find(activation);
      if (found == wanted.end()) return;
      double& task = evidence_.things[static_cast<size_t>(found->second)].task;
      if (task == 0) task = id;
    };
    todo.clear();
    if (chosen.root.is_promise) {
      todo.push_back(chosen.root.index);
    } else {
      meet(chosen.root.index);
      const uint32_t awaits = graph.activation(chosen.root.index).awaits;
      if (awaits != kNone) todo.push_back(awaits);
    }
    while (!todo.empty()) {
      const uint32_t promise = todo.back();
      todo.pop_back();
      if (!seen.insert(promise).second) continue;
      if (++steps > kMostSteps) return;
      const PromiseRecord& record = graph.promise(promise);
      if (record.kind() == SourceKind::kActivation) meet(record.index());
      graph.ForEachInput(record, [&](uint32_t input) { todo.push_back(input); });
    }
  }
}

}  // namespace asynctb
