// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

// What the walk has found, connected: from each promise to what is going to settle it.

#include <algorithm>

#include "heap/graph.h"
#include "heap/reactions.h"
#include "layout/microtasks.h"
#include "layout/running_frames.h"

namespace asynctb {

void Graph::SetActivation(uint32_t promise, uint32_t activation) {
  if (promises_[promise].kind() == SourceKind::kActivation) return;
  promises_[promise].set_source(SourceKind::kActivation, activation);
}

void Graph::SetSource(uint32_t promise, SourceKind kind, uint32_t index) {
  if (promise == kNone || promises_[promise].kind() != SourceKind::kUnknown) return;
  promises_[promise].set_source(kind, index);
  if (kind == SourceKind::kCallback || kind == SourceKind::kNewest) has_callbacks_ = true;
}

Callback Graph::CallbackOf(const PromiseRecord& promise) const {
  if (promise.kind() == SourceKind::kCallback) return callbacks_[promise.index()];
  Callback callback;
  callback.promise = promise.index();
  Reaction newest;
  if (reader_->ReadNewest(promises_[callback.promise].address, &newest)) {
    callback.function = newest.function;
  }
  return callback;
}

// In one pass over both arrays, side by side: they are larger than the caches, and what belongs
// together was mostly allocated together.
void Graph::ConnectActivations() {
  AddressIndex<PromiseRecord>::Trail last_promise, last_target;
  AddressIndex<Activation>::Trail last_activation;
  const auto link = [&](Activation* activation) {
    if (activation->linked) return;
    activation->linked = true;
    const Address promise = activation->TakePromise();
    if (promise != kNoAddress) {
      activation->promise = promise_index_.FindNext(promise, &last_promise);
    }
  };
  const auto set_awaits = [&](Address generator, uint32_t promise) {
    const uint32_t index = activation_index_.FindNext(generator, &last_activation);
    if (index == kNone) return false;
    link(&activations_[index]);
    activations_[index].awaits = promise;
    return true;
  };
  // A record's words are free for what settles it once what they hold is taken; and that in turn
  // is needed to say so of another record. So a chain is followed from one to the next. True when
  // an activation awaits `from` itself.
  const auto connect = [&](uint32_t first) {
    uint32_t from = first;
    Kept kept = promises_[from].Take();
    if (kept.kind == KeptKind::kElsewhere) return false;
    while (kept.address != kNoAddress) {
      if (kept.kind == KeptKind::kAwait) return set_awaits(kept.address, from) && from == first;
      const uint32_t target = promise_index_.FindNext(kept.address, &last_target);
      if (target == kNone || target == from) return false;
      const SourceKind source =
          kept.kind == KeptKind::kAdopt ? SourceKind::kPromise : SourceKind::kNewest;
      kept = promises_[target].Take();
      SetSource(target, source, from);
      if (kept.kind == KeptKind::kElsewhere) return false;
      from = target;
    }
    return false;
  };
  for (uint32_t i = 0; i < activations_.size(); i++) {
    Activation& activation = activations_[i];
    link(&activation);
    if (activation.promise == kNone) continue;
    const bool is_alone = promises_[activation.promise].is_alone();
    const bool is_awaited = connect(activation.promise);
    // V8 leaves an async function that has returned as if it were executing: what its promise
    // adopts, if anything, comes before it.
    const bool settles = activation.state != ActivationState::kExecuting;
    if (settles) SetActivation(activation.promise, i);
    // Of most that is all there is to find out.
    activation.awaited = is_awaited && settles;
    if (!activation.awaited && !is_alone) waited_for_++;
  }
  for (uint32_t i = 0; i < promises_.size(); i++) connect(i);
  waited_for_ += more_requests_.size();
  for (const Await& await : more_awaits_) set_awaits(await.generator, await.promise);
}

// Whoever runs a generator settles the promise of the whole when it is done.
void Graph::ConnectRuns() {
  for (const Run& run : runs_) {
    const uint32_t index = FindActivation(run.generator);
    const uint32_t promise = FindPromise(run.promise);
    if (index == kNone || promise == kNone || activations_[index].promise != kNone) continue;
    activations_[index].promise = promise;
    SetActivation(promise, index);
    waited_for_++;
  }
}

void Graph::Connect(const EnvData& env) {
  ConnectActivations();
  ConnectRuns();
  for (const Request& request : more_requests_) {
    const uint32_t promise = FindPromise(request.promise);
    if (promise != kNone) SetActivation(promise, request.activation);
  }
  std::vector<Input> inputs;
  for (const Edge& edge : edges_) {
    if (edge.kind == EdgeKind::kModule) continue;
    const uint32_t target = FindPromise(edge.target);
    if (target == kNone || target == edge.from) continue;
    switch (edge.kind) {
      case EdgeKind::kPromise:
        SetSource(target, SourceKind::kPromise, edge.from);
        break;
      case EdgeKind::kCallback:
      case EdgeKind::kSpareCallback:
      case EdgeKind::kCompiled:
      case EdgeKind::kWasm: {
        SetSource(target, SourceKind::kCallback, static_cast<uint32_t>(callbacks_.size()));
        const FrameKind kind = edge.kind == EdgeKind::kWasm       ? FrameKind::kWasm
                               : edge.kind == EdgeKind::kCompiled ? FrameKind::kAsyncFunction
                                                                  : FrameKind::kCallback;
        callbacks_.push_back(
            {edge.from, edge.function, kind, -1, edge.kind == EdgeKind::kSpareCallback});
        break;
      }
      case EdgeKind::kResolve:
        inputs.push_back({target, edge.from,
                          edge.index == 1 ? CombinatorKind::kResolve : CombinatorKind::kRace, -1,
                          0});
        break;
      default:
        inputs.push_back({target, edge.from, edge.combinator, edge.index, edge.total});
    }
  }
  ConnectModules(env, &inputs);
  ConnectInputs(&inputs);
  ConnectRunning(env);
  ConnectSettlers(env);
  MarkQueued(env);
}

// An async function that has returned, and whose promise waits for something that is not known (a
// thenable, say), looks like one that runs; but only that is on the stack.
void Graph::ConnectRunning(const EnvData& env) {
  std::vector<Address> running;  // functions, sorted
  bool scanned = false, known = false;
  for (const uint32_t i : executing_) {
    if (i >= activations_.size()) continue;  // there was no memory for it
    const Activation& activation = activations_[i];
    if (activation.promise == kNone ||
        promises_[activation.promise].kind() != SourceKind::kUnknown) {
      continue;
    }
    if (!scanned) {
      known = ScanRunningFunctions(&running);
      std::sort(running.begin(), running.end());
      scanned = true;
    }
    const Address function = ReadWord(activation.address, env.layout().generator_function);
    if (!known || std::binary_search(running.begin(), running.end(), function)) {
      SetSource(activation.promise, SourceKind::kActivation, i);
    }
  }
}

void Graph::ConnectInputs(std::vector<Input>* inputs) {
  std::stable_sort(inputs->begin(), inputs->end(), [](const Input& a, const Input& b) {
    return a.target != b.target ? a.target < b.target : a.index < b.index;
  });
  for (size_t begin = 0, end = 0; begin < inputs->size(); begin = end) {
    const Input& first = (*inputs)[begin];
    while (end < inputs->size() && (*inputs)[end].target == first.target) end++;
    // One promise may appear several times among the inputs, once an index.
    if (end - begin == 1 && first.kind == CombinatorKind::kModules) {
      SetSource(first.target, SourceKind::kPromise, first.from);
      continue;
    }
    if (end - begin == 1 &&
        (first.kind == CombinatorKind::kRace || first.kind == CombinatorKind::kResolve)) {
      // A thenable's or an executor's resolve function, handed on to one promise; or a race of one.
      SetSource(first.target, SourceKind::kHandedOn, first.from);
      continue;
    }
    SetSource(first.target, SourceKind::kCombinator, static_cast<uint32_t>(combinators_.size()));
    Combinator combinator;
    combinator.kind = first.kind;
    combinator.begin = static_cast<uint32_t>(inputs_.size());
    combinator.total = first.total;
    for (size_t i = begin; i < end; i++) {
      inputs_.push_back({(*inputs)[i].from, (*inputs)[i].index});
    }
    combinator.count = static_cast<uint32_t>(inputs_.size()) - combinator.begin;
    combinators_.push_back(combinator);
  }
}

void Graph::MarkQueued(const EnvData& env) {
  // What there was no memory for may be what is waited for.
  if (!env.Can("microtasks") || !complete()) return;
  const ReactionReader reader(env);
  ForEachReactionJob(env.layout(), [&](Address job) {
    const Address generator = reader.ResumedBy(job);
    const uint32_t index = generator == kNoAddress ? kNone : FindActivation(generator);
    if (index != kNone) activations_[index].queued = true;
  });
  knows_jobs_ = true;
}

void Graph::MarkAwaited() {
  // Each promise is passed once: what lies behind it is marked by whoever came first.
  std::vector<bool> passed(promises_.size());
  std::vector<uint32_t> pending;
  for (const Activation& activation : activations_) {
    if (waited_for_ == 0) break;
    for (uint32_t index = activation.awaits; index != kNone;) {
      const PromiseRecord& promise = promises_[index];
      const bool is_first = !passed[index];
      passed[index] = true;
      index = kNone;
      if (is_first && promise.kind() == SourceKind::kActivation) {
        // What that awaits is gone through by itself.
        Activation& awaited = activations_[promise.index()];
        if (!awaited.awaited) waited_for_--;
        awaited.awaited = true;
      } else if (is_first) {
        // Of several inputs all but the last have to wait.
        ForEachInput(promise, [&](uint32_t input) {
          if (index != kNone) pending.push_back(index);
          index = input;
        });
      }
      if (index == kNone && !pending.empty()) {
        index = pending.back();
        pending.pop_back();
      }
    }
  }
}

}  // namespace asynctb
