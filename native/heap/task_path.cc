// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "heap/task_path.h"

namespace asynctb {

namespace {

constexpr size_t kMostSteps = 32;
constexpr int kMostBetween = 64;        // promises from one function to the next
constexpr int kMostReactions = 10'000;  // of a promise, until the one that is looked for

class PathFinder {
 public:
  PathFinder(const EnvData& env, Graph* graph) : layout_(env.layout()), graph_(*graph) {}

  std::vector<TaskStep> Find(TaskRoot root) {
    uint32_t promise = root.index;
    if (!root.is_promise) promise = AddActivation(root.index);
    int between = 0;
    while (promise != kNone && steps_.size() < kMostSteps && between++ < kMostBetween) {
      // The root's own promise is nobody's to wait for.
      if (!steps_.empty() && IsShared(graph_.promises()[promise].address)) break;
      const size_t before = steps_.size();
      promise = Next(promise);
      if (steps_.size() > before) between = 0;
    }
    return std::move(steps_);
  }

 private:
  // What a promise waits for, of which the functions in between are added.
  uint32_t Next(uint32_t promise) {
    const PromiseRecord& record = graph_.promises()[promise];
    switch (record.kind()) {
      case SourceKind::kActivation:
        return AddActivation(record.index());
      case SourceKind::kPromise:
      case SourceKind::kHandedOn:
        return record.index();
      case SourceKind::kCallback:
      case SourceKind::kNewest: {
        const Callback callback = graph_.CallbackOf(record);
        if (callback.promise == kNone) return kNone;
        TaskStep step;
        step.callback = callback.function;
        step.settles = record.address;
        step.reaction = ReactionOf(graph_.promises()[callback.promise].address, record.address);
        steps_.push_back(step);
        return callback.promise;
      }
      default:
        return kNone;
    }
  }

  uint32_t AddActivation(uint32_t index) {
    const Activation& activation = graph_.activations()[index];
    TaskStep step;
    step.activation = activation.address;
    if (activation.promise != kNone) {
      step.settles = graph_.promises()[activation.promise].address;
    }
    if (activation.awaits != kNone) {
      step.reaction = ReactionOf(graph_.promises()[activation.awaits].address, activation.address);
    }
    steps_.push_back(step);
    return activation.awaits;
  }

  bool IsReaction(Address value) const { return HasType(value, layout_.reaction_type); }

  bool IsShared(Address promise) const {
    if (!HasType(promise, layout_.promise_type)) return true;
    const Address reaction = ReadWord(promise, layout_.promise_reactions);
    return IsReaction(reaction) && IsReaction(ReadWord(reaction, layout_.reaction_next));
  }

  // The reaction that resumes an activation, or that settles a promise.
  Address ReactionOf(Address promise, Address wanted) const {
    if (!HasType(promise, layout_.promise_type)) return kNoAddress;
    Address reaction = ReadWord(promise, layout_.promise_reactions);
    for (int i = 0; i < kMostReactions && IsReaction(reaction); i++) {
      if (LeadsTo(reaction, wanted)) return reaction;
      reaction = ReadWord(reaction, layout_.reaction_next);
    }
    return kNoAddress;
  }

  bool LeadsTo(Address reaction, Address wanted) const {
    const Address target = ReadWord(reaction, layout_.reaction_target);
    if (target == wanted) return true;
    if (HasType(target, layout_.capability_type) &&
        ReadWord(target, layout_.capability_promise) == wanted) {
      return true;
    }
    const Address handler = ReadWord(reaction, layout_.reaction_fulfill);
    if (!HasType(handler, layout_.function_type)) return false;
    constexpr int kMostSlots = 16;  // of a builtin's closure
    const Address context = ReadWord(handler, layout_.function_context);
    const int length = IsHeapObject(context) ? ReadLength(context) : 0;
    for (int i = 0; i < length && i < kMostSlots; i++) {
      if (ReadWord(context, kContextSlots + 8 * i) == wanted) return true;
    }
    return false;
  }

  const Layout& layout_;
  Graph& graph_;
  std::vector<TaskStep> steps_;
};

}  // namespace

std::vector<TaskStep> PathOf(const EnvData& env, Graph* graph, TaskRoot root) {
  return PathFinder(env, graph).Find(root);
}

}  // namespace asynctb
