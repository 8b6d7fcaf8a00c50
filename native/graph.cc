// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "graph.h"

#include <algorithm>
#include <optional>
#include <unordered_set>
#include <utility>

#include "reactions.h"
#include "running_frames.h"

namespace asynctb {

// Takes down what an object says while it is in the cache; connecting comes after the walk.
class GraphVisitor {
 public:
  GraphVisitor(const EnvData& env, Graph* graph, SiteTable* sites, HolderCandidates* settling)
      : env_(env),
        layout_(env.layout()),
        graph_(graph),
        sites_(sites),
        settling_(settling) {}

  void Begin() {
    reactions_.emplace(env_);
    resolvers_.emplace(env_);
  }
  void End() {
    for (uint32_t i = 0; i < kAhead; i++) Step(kNoAddress);
    for (uint32_t i = 0; i < kStage; i++) {
      VisitActivation(activations_[next_activation_++ % kStage]);
    }
  }

  void Visit(Address object, uint16_t type) {
    if (type == layout_.promise_type) {
      if (reactions_->IsPending(object)) Defer(object);
    } else if (type == layout_.async_function_type || type == layout_.async_generator_type) {
      // What is looked at lies in the object's second half.
      __builtin_prefetch(reinterpret_cast<void*>(object + layout_.generator_continuation));
      VisitActivation(std::exchange(activations_[next_activation_++ % kStage], object));
    } else if (settling_ != nullptr && type == layout_.function_type) {
      VisitFunction(object);
    }
    if (settling_ != nullptr) settling_->Visit(object, type);
  }

 private:
  // From a promise to who awaits it lie three objects, each a miss of the cache. So a promise is
  // visited some promises later, and what it leads to is fetched on the way, one object a stage.
  static constexpr uint32_t kStage = 4, kAhead = 16;

  void Defer(Address promise) {
    __builtin_prefetch(reinterpret_cast<void*>(ReadWord(promise, layout_.promise_reactions)));
    Step(promise);
  }

  void Step(Address promise) {
    Deferred& newest = deferred_[next_ % kAhead];
    if (newest.promise != kNoAddress) VisitPromise(newest.promise);
    newest = {promise, kNoAddress};
    Deferred& second = deferred_[(next_ - kStage) % kAhead];
    if (second.promise != kNoAddress) {
      const Address reaction = ReadWord(second.promise, layout_.promise_reactions);
      if (HasType(reaction, layout_.reaction_type)) {
        second.handler = ReadWord(reaction, layout_.reaction_fulfill);
        __builtin_prefetch(reinterpret_cast<void*>(second.handler));
      }
    }
    const Deferred& third = deferred_[(next_ - 2 * kStage) % kAhead];
    if (HasType(third.handler, layout_.function_type)) {
      __builtin_prefetch(
          reinterpret_cast<void*>(ReadWord(third.handler, layout_.function_context)));
    }
    next_++;
  }

  void VisitPromise(Address promise) {
    const uint32_t index = static_cast<uint32_t>(graph_->promises_.size());
    PromiseRecord record;
    record.address = promise;
    if (index >= kMostPromises || !graph_->AddPromise(record)) return;
    Address awaiter = kNoAddress;
    reactions_->ForEach(promise, [&](const Reaction& reaction) {
      if (reaction.kind == ReactionKind::kAwait) {
        if (awaiter == kNoAddress) {
          awaiter = reaction.target;
        } else {
          graph_->more_awaits_.push_back({index, reaction.target});
        }
        return;
      }
      Graph::Edge edge;
      edge.from = index;
      edge.kind = KindOf(reaction.kind);
      edge.combinator = reaction.combinator;
      edge.index = reaction.index;
      edge.total = reaction.total;
      edge.target = reaction.target;
      edge.function = reaction.function;
      if (reaction.kind == ReactionKind::kResolve) edge.index = reaction.by_program ? 1 : 0;
      if (reaction.kind == ReactionKind::kCallback) edge.index = reaction.wasm ? 1 : 0;
      graph_->edges_.push_back(edge);
    });
    graph_->promises_[index].KeepAwaiter(awaiter);
  }

  static Graph::EdgeKind KindOf(ReactionKind kind) {
    switch (kind) {
      case ReactionKind::kCallback:
        return Graph::EdgeKind::kCallback;
      case ReactionKind::kCombinator:
        return Graph::EdgeKind::kCombinator;
      case ReactionKind::kResolve:
        return Graph::EdgeKind::kResolve;
      case ReactionKind::kModule:
        return Graph::EdgeKind::kModule;
      default:
        return Graph::EdgeKind::kPromise;
    }
  }

  void VisitFunction(Address function) {
    const Address promise = resolvers_->PromiseOf(function);
    if (promise == kNoAddress || graph_->resolvers_.size() >= kMostResolvers) return;
    graph_->resolvers_.push_back({promise, function});
  }

  // False for one that is over.
  bool Begin(Address object, ActivationType type, bool keep_closed, Activation* activation) {
    const Address word = ReadWord(object, layout_.generator_continuation);
    if (!IsSmi(word)) return false;
    const int continuation = SmiValue(word);
    activation->address = object;
    activation->type = type;
    activation->KeepPromise(kNoAddress);
    if (continuation == kGeneratorExecuting) {
      activation->state = ActivationState::kExecuting;
      return true;
    }
    if (continuation < 0) {
      activation->state = ActivationState::kClosed;
      return keep_closed;
    }
    if (continuation == 0 && type == ActivationType::kAsyncGenerator) {
      activation->state = ActivationState::kNotStarted;
    }
    if (sites_ != nullptr) activation->site = sites_->ForActivation(object);
    return true;
  }

  void VisitActivation(Address object) {
    if (object == kNoAddress) return;
    if (InstanceType(object) == layout_.async_function_type) {
      VisitAsyncFunction(object);
    } else {
      VisitAsyncGenerator(object);
    }
  }

  void VisitAsyncFunction(Address object) {
    Activation activation;
    if (!Begin(object, ActivationType::kAsyncFunction, false, &activation)) return;
    // Whether it is a pending promise shows when it is looked up.
    activation.KeepPromise(ReadWord(object, layout_.async_function_promise));
    graph_->AddActivation(activation);
  }

  void VisitAsyncGenerator(Address object) {
    Address request = ReadWord(object, layout_.async_generator_queue);
    // A closed one may still be waiting for what `return(promise)` was given.
    const bool queued = HasType(request, layout_.request_type);
    Activation activation;
    if (!Begin(object, ActivationType::kAsyncGenerator, queued, &activation)) return;
    const uint32_t index = static_cast<uint32_t>(graph_->activations_.size());
    if (!graph_->AddActivation(activation)) return;
    constexpr int kMostRequests = 1'000'000;
    for (int i = 0; i < kMostRequests && HasType(request, layout_.request_type); i++) {
      const Address promise = ReadWord(request, layout_.request_promise);
      if (HasType(promise, layout_.promise_type)) {
        if (i == 0) {
          graph_->activations_[index].KeepPromise(promise);
        } else {
          graph_->more_requests_.push_back({index, promise});
        }
      }
      request = ReadWord(request, layout_.request_next);
    }
  }

  const EnvData& env_;
  const Layout& layout_;
  std::optional<ReactionReader> reactions_;
  Graph* graph_;
  SiteTable* sites_;
  struct Deferred {
    Address promise = kNoAddress, handler = kNoAddress;
  };
  Deferred deferred_[kAhead];
  uint32_t next_ = 0;
  Address activations_[kStage] = {};
  uint32_t next_activation_ = 0;
  HolderCandidates* settling_;
  std::optional<ResolverReader> resolvers_;
};

bool Graph::Build(const EnvData& env, SiteTable* sites, HolderCandidates* settling) {
  GraphVisitor visitor(env, this, sites, settling);
  walk_ = WalkHeap(env, &visitor);
  if (!walk_.ok) return false;
  promise_index_.Build(promises_);
  activation_index_.Build(activations_);
  Connect(env);
  return true;
}

void Graph::SetSource(uint32_t promise, SourceKind kind, uint32_t index) {
  if (promise == kNone || promises_[promise].kind() != SourceKind::kUnknown) return;
  promises_[promise].set_source(kind, index);
}

bool Graph::AddPromise(const PromiseRecord& promise) {
  if (!promises_.push_back(promise)) return false;
  promise_index_.Add(promise.address);
  return true;
}

bool Graph::AddActivation(const Activation& activation) {
  if (activation.state == ActivationState::kExecuting) {
    executing_.push_back(static_cast<uint32_t>(activations_.size()));
  }
  if (!activations_.push_back(activation)) return false;
  activation_index_.Add(activation.address);
  return true;
}

// In one pass over both arrays, side by side: they are larger than the caches, and what belongs
// together was mostly allocated together.
void Graph::ConnectActivations() {
  AddressIndex<PromiseRecord>::Trail last_promise;
  AddressIndex<Activation>::Trail last_activation;
  const auto link = [&](Activation* activation) {
    if (activation->linked) return;
    activation->linked = true;
    const Address promise = activation->TakePromise();
    if (promise != kNoAddress) activation->promise = promise_index_.FindNext(promise, &last_promise);
  };
  const auto set_awaits = [&](Address generator, uint32_t promise) {
    const uint32_t index = activation_index_.FindNext(generator, &last_activation);
    if (index == kNone) return;
    link(&activations_[index]);
    activations_[index].awaits = promise;
  };
  const auto take_awaiter = [&](uint32_t index) {
    if (!promises_[index].has_awaiter_to_take()) return;
    const Address awaiter = promises_[index].TakeAwaiter();
    if (awaiter != kNoAddress) set_awaits(awaiter, index);
  };
  for (uint32_t i = 0; i < activations_.size(); i++) {
    Activation& activation = activations_[i];
    link(&activation);
    if (activation.promise == kNone) continue;
    take_awaiter(activation.promise);
    // V8 leaves an async function that has returned as if it were executing: what its promise
    // adopts, if anything, comes before it.
    if (activation.state != ActivationState::kExecuting) {
      SetSource(activation.promise, SourceKind::kActivation, i);
    }
  }
  for (uint32_t i = 0; i < promises_.size(); i++) take_awaiter(i);
  for (const Await& await : more_awaits_) set_awaits(await.generator, await.promise);
}

void Graph::Connect(const EnvData& env) {
  ConnectActivations();
  for (const Request& request : more_requests_) {
    SetSource(FindPromise(request.promise), SourceKind::kActivation, request.activation);
  }
  std::vector<Input> inputs;
  for (const Edge& edge : edges_) {
    if (edge.kind == EdgeKind::kModule) {
      ConnectModules(env, edge, &inputs);
      continue;
    }
    const uint32_t target = FindPromise(edge.target);
    if (target == kNone || target == edge.from) continue;
    switch (edge.kind) {
      case EdgeKind::kPromise:
        SetSource(target, SourceKind::kPromise, edge.from);
        break;
      case EdgeKind::kCallback:
        SetSource(target, SourceKind::kCallback, static_cast<uint32_t>(callbacks_.size()));
        callbacks_.push_back({edge.from, edge.function,
                              edge.index == 1 ? FrameKind::kWasm : FrameKind::kCallback});
        break;
      case EdgeKind::kResolve:
        inputs.push_back({target, edge.from,
                          edge.index == 1 ? CombinatorKind::kResolve : CombinatorKind::kRace, -1,
                          0});
        break;
      default:
        inputs.push_back({target, edge.from, edge.combinator, edge.index, edge.total});
    }
  }
  ConnectInputs(&inputs);
  ConnectRunning(env);
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

// A module's evaluation settles the evaluation promises of all modules that wait for it: those
// up its chain of parents that were evaluated by themselves.
void Graph::ConnectModules(const EnvData& env, const Edge& edge, std::vector<Input>* inputs) {
  const Layout& layout = env.layout();
  std::unordered_set<Address> seen;
  std::vector<Address> todo = {edge.target};
  while (!todo.empty()) {
    const Address module = todo.back();
    todo.pop_back();
    if (!HasType(module, layout.module_type) || !seen.insert(module).second) continue;
    const Address promise = ReadWord(module, layout.module_capability);
    if (HasType(promise, layout.promise_type)) {
      const uint32_t target = FindPromise(promise);
      if (target != kNone) {
        inputs->push_back({target, edge.from, CombinatorKind::kModules, -1, 0});
      }
    }
    const Address parents = ReadWord(module, layout.module_parents);
    if (!HasType(parents, layout.module_parents_type)) continue;
    for (int k = 0; k < ReadLength(parents); k++) todo.push_back(ReadWord(parents, 16 + 8 * k));
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
    if (end - begin == 1 && (first.kind == CombinatorKind::kRace ||
                             first.kind == CombinatorKind::kResolve ||
                             first.kind == CombinatorKind::kModules)) {
      // A thenable's or an executor's resolve function, handed on to one promise.
      SetSource(first.target, SourceKind::kPromise, first.from);
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

void Graph::MarkAwaited() {
  // Each promise is passed once: what lies behind it is marked by whoever came first.
  std::vector<bool> passed(promises_.size());
  std::vector<uint32_t> pending;
  for (const Activation& activation : activations_) {
    if (activation.awaits != kNone) pending.push_back(activation.awaits);
    while (!pending.empty()) {
      const uint32_t index = pending.back();
      pending.pop_back();
      if (passed[index]) continue;
      passed[index] = true;
      const PromiseRecord& promise = promises_[index];
      switch (promise.kind()) {
        case SourceKind::kUnknown:
          break;
        case SourceKind::kActivation:
          activations_[promise.index()].awaited = true;
          break;
        case SourceKind::kPromise:
          pending.push_back(promise.index());
          break;
        case SourceKind::kCallback:
          pending.push_back(callbacks_[promise.index()].promise);
          break;
        case SourceKind::kCombinator: {
          const Combinator& combinator = combinators_[promise.index()];
          for (uint32_t i = 0; i < combinator.count; i++) {
            pending.push_back(inputs_[combinator.begin + i].promise);
          }
          break;
        }
      }
    }
  }
}

}  // namespace asynctb
