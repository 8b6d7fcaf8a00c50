// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "heap/stuck.h"

#include "base/enough_memory.h"
#include "heap/heap_marker.h"
#include "heap/heap_walk.h"

namespace asynctb {

std::string Stuck::Find(const EnvData& env, Graph* graph, const OwnHandles& own) {
  if (!env.Can("stuck")) return env.WhyNot("stuck");
  // What there was no memory for may be what could settle the rest.
  if (!graph->complete()) return "there was no memory for all that was found";
  std::string reason;
  const bool had_memory = WithMemory([&] {
    HeapMarker marker(env, graph, own);
    WalkHeap(env, &marker);
    reason = marker.reason();
    if (!reason.empty()) return;
    promises_.resize(graph->promises().size());
    activations_.resize(graph->activations().size());
    for (size_t i = 0; i < promises_.size(); i++) {
      const Address promise = graph->promises()[i].address;
      promises_[i] = HasType(promise, env.layout().promise_type) && !marker.IsSettleable(promise);
    }
    for (size_t i = 0; i < activations_.size(); i++) {
      const Activation& activation = graph->activations()[i];
      if (activation.state != ActivationState::kSuspended) continue;
      // Whoever has a generator may go on with it.
      const bool is_out_of_reach = activation.type == ActivationType::kGenerator
                                       ? !marker.IsMarked(activation.address)
                                       : !marker.IsExpanded(activation.address);
      // What it waits for may have been collected.
      const bool waits_for_nothing = activation.type == ActivationType::kAsyncFunction &&
                                     graph->knows_jobs() && !activation.queued;
      activations_[i] = is_out_of_reach && (activation.awaits != kNone
                                                ? static_cast<bool>(promises_[activation.awaits])
                                                : waits_for_nothing);
    }
  });
  if (!had_memory) reason = "there was no memory to mark the heap";
  if (!reason.empty()) promises_ = activations_ = {};
  return reason;
}

}  // namespace asynctb
