// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "heap/then_chains.h"

#include <algorithm>

namespace asynctb {

namespace {

class ChainFinder {
 public:
  explicit ChainFinder(Graph* graph)
      : graph_(graph), states_(graph->promises().size()), waited_(graph->promises().size()) {}

  std::vector<uint32_t> Find() {
    MarkWaited();
    for (uint32_t i = 0; i < states_.size(); i++) {
      if (waited_[i]) continue;
      if (graph_->promises()[i].kind() != SourceKind::kUnknown) candidates_.push_back(i);
      while (!candidates_.empty()) {
        const uint32_t candidate = candidates_.back();
        candidates_.pop_back();
        Consider(candidate);
      }
    }
    if (has_candidates_inside_) DropToldOnes();
    return std::move(found_);
  }

 private:
  // What is below a promise, itself included.
  enum State : uint8_t {
    kSeen = 1,
    kDone = 2,
    kHasCallback = 4,
    kHasActivation = 8,
    kConsidered = 16,
    kPassed = 32,
  };

  void MarkWaited() {
    for (uint32_t i = 0; i < states_.size(); i++) {
      graph_->ForEachInput(graph_->promises()[i], [&](uint32_t input) {
        if (input != i) waited_[input] = true;
      });
    }
    for (size_t i = 0; i < graph_->activations().size(); i++) {
      const uint32_t awaits = graph_->activations()[i].awaits;
      if (awaits != kNone) waited_[awaits] = true;
    }
  }

  void Consider(uint32_t promise) {
    if (states_[promise] & kConsidered) return;
    states_[promise] |= kConsidered;
    Visit(promise);
    const uint8_t state = states_[promise];
    if (!(state & kHasCallback)) return;
    const PromiseRecord& record = graph_->promises()[promise];
    const bool is_settled_by_callback =
        record.kind() == SourceKind::kCallback || record.kind() == SourceKind::kNewest;
    const Callback callback =
        record.kind() == SourceKind::kCallback ? graph_->CallbackOf(record) : Callback();
    // The other promise that the callback settles tells of it.
    if (callback.is_spare) return;
    if (!(state & kHasActivation)) {
      found_.push_back(promise);
    } else if (is_settled_by_callback && callback.IsOfProgram()) {
      found_.push_back(promise);
      MarkAwaited(promise);
    } else {
      has_candidates_inside_ = true;
      graph_->ForEachInput(record, [this](uint32_t input) { candidates_.push_back(input); });
    }
  }

  // What a combinator without a task has as its inputs may be waited for by others, too.
  void DropToldOnes() {
    for (const Activation& activation : graph_->activations()) {
      if (activation.awaits == kNone) continue;
      stack_.push_back(activation.awaits);
      PassStack();
    }
    for (const uint32_t promise : found_) MarkAwaited(promise);
    found_.erase(std::remove_if(found_.begin(), found_.end(),
                                [this](uint32_t promise) { return states_[promise] & kPassed; }),
                 found_.end());
  }

  // The activations that a chain waits for stand in its stack.
  void MarkAwaited(uint32_t promise) {
    graph_->ForEachInput(graph_->promises()[promise],
                         [this](uint32_t input) { stack_.push_back(input); });
    PassStack();
  }

  // Each promise is passed once.
  void PassStack() {
    while (!stack_.empty()) {
      const uint32_t index = stack_.back();
      stack_.pop_back();
      if (states_[index] & kPassed) continue;
      states_[index] |= kPassed;
      const PromiseRecord& promise = graph_->promises()[index];
      if (promise.kind() == SourceKind::kActivation) {
        graph_->activations()[promise.index()].awaited = true;
      } else {
        graph_->ForEachInput(promise, [this](uint32_t input) { stack_.push_back(input); });
      }
    }
  }

  // Depth first without recursion: chains are as long as the program makes them.
  void Visit(uint32_t first) {
    stack_.push_back(first);
    while (!stack_.empty()) {
      const uint32_t index = stack_.back();
      const PromiseRecord& promise = graph_->promises()[index];
      if (states_[index] & kDone) {
        stack_.pop_back();
        continue;
      }
      if (!(states_[index] & kSeen)) {
        states_[index] |= kSeen | OwnState(promise);
        // An activation's own task tells what is below it.
        if (promise.kind() != SourceKind::kActivation) {
          const size_t before = stack_.size();
          graph_->ForEachInput(promise, [this](uint32_t input) {
            if (!(states_[input] & kSeen)) stack_.push_back(input);
          });
          if (stack_.size() > before) continue;
        }
      }
      if (promise.kind() != SourceKind::kActivation) {
        graph_->ForEachInput(promise, [&](uint32_t input) {
          states_[index] |= states_[input] & (kHasCallback | kHasActivation);
        });
      }
      states_[index] |= kDone;
      stack_.pop_back();
    }
  }

  uint8_t OwnState(const PromiseRecord& promise) const {
    switch (promise.kind()) {
      case SourceKind::kActivation:
        return kHasActivation;
      case SourceKind::kNewest:
        return kHasCallback;
      case SourceKind::kCallback:
        // Modules and WebAssembly are shown by who waits for them.
        return graph_->CallbackOf(promise).IsOfProgram() ? kHasCallback : kHasActivation;
      default:
        return 0;
    }
  }

  Graph* graph_;
  std::vector<uint8_t> states_;
  std::vector<uint8_t>
      waited_;  // no bits: in a chain each would have to wait for the one before it
  std::vector<uint32_t> candidates_, stack_, found_;
  bool has_candidates_inside_ = false;
};

}  // namespace

std::vector<uint32_t> FindThenChains(Graph* graph) {
  if (!graph->has_callbacks()) return {};
  return ChainFinder(graph).Find();
}

}  // namespace asynctb
