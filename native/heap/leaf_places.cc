// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "heap/leaf_places.h"

#include <unordered_set>

namespace asynctb {

namespace {

constexpr size_t kMost = 1'000, kMostOfTask = 20, kMostSteps = 2'000;
constexpr uint32_t kMostInputs = 200;

class Finder {
 public:
  Finder(const Graph& graph, const TaskSamples& tasks, const ThreadCapture& capture)
      : graph_(graph), tasks_(tasks), capture_(capture) {}

  std::vector<LeafPlace> Run() {
    for (const TaskSamples::Chosen& task : tasks_.chosen()) {
      if (!task.is_shown || found_.size() >= kMost) break;
      VisitTask(task);
    }
    return std::move(found_);
  }

 private:
  struct Step {
    uint32_t promise;
    int32_t node, branch;
    Address waiter;
    int32_t caller = -1;  // into callers_
  };
  struct Caller {
    Address activation;
    int32_t above;
  };

  void VisitTask(const TaskSamples::Chosen& task) {
    group_ = task.group;
    of_task_ = 0;
    seen_.clear();
    todo_.clear();
    callers_.clear();
    const int32_t root = capture_.groups[static_cast<size_t>(group_)].node;
    if (task.root.is_promise) {
      // The chain's first frame is a callback of its own.
      todo_.push_back({task.root.index, root, -1, kNoAddress});
    } else {
      VisitActivation(task.root.index, root);
    }
    for (size_t steps = 0; !todo_.empty() && steps < kMostSteps && of_task_ < kMostOfTask;
         steps++) {
      const Step step = todo_.back();
      todo_.pop_back();
      Visit(step);
    }
  }

  void VisitActivation(uint32_t index, int32_t node, int32_t above = -1) {
    const Activation& activation = graph_.activation(index);
    if (activation.awaits == kNone) return;
    callers_.push_back({activation.address, above});
    const auto caller = static_cast<int32_t>(callers_.size()) - 1;
    todo_.push_back({activation.awaits, node, -1, activation.address, caller});
  }

  std::vector<Address> CallersOf(int32_t caller) const {
    constexpr size_t kMostCallers = 12;
    std::vector<Address> found;
    for (; caller >= 0 && found.size() < kMostCallers;
         caller = callers_[static_cast<size_t>(caller)].above) {
      found.push_back(callers_[static_cast<size_t>(caller)].activation);
    }
    return found;
  }

  void Visit(const Step& step) {
    const PromiseRecord& promise = graph_.promise(step.promise);
    switch (promise.kind()) {
      case SourceKind::kUnknown:
        of_task_++;
        found_.push_back(
            {group_, step.node, step.branch, promise.address, step.waiter, CallersOf(step.caller)});
        return;
      case SourceKind::kPromise:
      case SourceKind::kHandedOn:
        todo_.push_back({promise.index(), step.node, step.branch, step.waiter, step.caller});
        return;
      default:
        break;
    }
    if (promise.node < 0 || !seen_.insert(step.promise).second) return;
    if (promise.kind() == SourceKind::kActivation) {
      VisitActivation(promise.index(), promise.node, step.caller);
    } else if (promise.kind() == SourceKind::kCombinator) {
      VisitInputs(promise, step);
    } else {
      graph_.ForEachInput(promise, [&](uint32_t input) {
        todo_.push_back({input, promise.node, -1, step.waiter, step.caller});
      });
    }
  }

  // A combinator's branches stand in an order of their own. Inputs without an index stand in any.
  void VisitInputs(const PromiseRecord& promise, const Step& step) {
    const Combinator& combinator = graph_.combinators()[promise.index()];
    const StackNode& node = capture_.nodes[static_cast<size_t>(promise.node)];
    std::vector<bool> taken(static_cast<size_t>(node.branches_count));
    for (uint32_t i = 0; i < combinator.count && i < kMostInputs; i++) {
      const CombinatorInput& input = graph_.inputs()[combinator.begin + i];
      const int32_t below = NodeOf(input.promise);
      for (int32_t k = 0; k < node.branches_count; k++) {
        const auto at = static_cast<size_t>(node.branches_begin) + static_cast<size_t>(k);
        const Branch& branch = capture_.branches[at];
        if (taken[static_cast<size_t>(k)] || branch.index != input.index || branch.node != below) {
          continue;
        }
        taken[static_cast<size_t>(k)] = true;
        todo_.push_back({input.promise, promise.node, k, step.waiter, step.caller});
        break;
      }
    }
  }

  int32_t NodeOf(uint32_t promise) const { return graph_.promise(promise).node; }

  const Graph& graph_;
  const TaskSamples& tasks_;
  const ThreadCapture& capture_;
  int32_t group_ = 0;
  size_t of_task_ = 0;
  std::vector<Step> todo_;
  std::vector<Caller> callers_;
  std::unordered_set<uint32_t> seen_;
  std::vector<LeafPlace> found_;
};

}  // namespace

std::vector<LeafPlace> FindLeafPlaces(const Graph& graph, const TaskSamples& tasks,
                                      const ThreadCapture& capture) {
  return Finder(graph, tasks, capture).Run();
}

}  // namespace asynctb
