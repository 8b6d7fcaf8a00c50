// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "graph.h"

#include <algorithm>
#include <optional>
#include <unordered_set>

#include "reactions.h"

namespace asynctb {

// Takes down what an object says while it is in the cache; connecting comes after the walk.
class GraphVisitor {
 public:
  GraphVisitor(const EnvData& env, Graph* graph, SiteTable* sites)
      : env_(env), layout_(env.layout()), graph_(graph), sites_(sites) {}

  void Begin() { reactions_.emplace(env_); }

  void Visit(Address object, uint16_t type) {
    if (type == layout_.promise_type) {
      VisitPromise(object);
    } else if (type == layout_.async_function_type) {
      VisitAsyncFunction(object);
    } else if (type == layout_.async_generator_type) {
      VisitAsyncGenerator(object);
    }
  }

 private:
  void VisitPromise(Address promise) {
    if (!reactions_->IsPending(promise)) return;
    const uint32_t index = static_cast<uint32_t>(graph_->promises_.size());
    PromiseRecord record;
    record.address = promise;
    if (index >= kMostPromises || !graph_->promises_.push_back(record)) return;
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

  void VisitAsyncFunction(Address object) {
    Activation activation;
    if (!Begin(object, ActivationType::kAsyncFunction, false, &activation)) return;
    const Address promise = ReadWord(object, layout_.async_function_promise);
    if (HasType(promise, layout_.promise_type)) activation.KeepPromise(promise);
    graph_->activations_.push_back(activation);
  }

  void VisitAsyncGenerator(Address object) {
    Address request = ReadWord(object, layout_.async_generator_queue);
    // A closed one may still be waiting for what `return(promise)` was given.
    const bool queued = HasType(request, layout_.request_type);
    Activation activation;
    if (!Begin(object, ActivationType::kAsyncGenerator, queued, &activation)) return;
    const uint32_t index = static_cast<uint32_t>(graph_->activations_.size());
    if (!graph_->activations_.push_back(activation)) return;
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
};

bool Graph::Build(const EnvData& env, SiteTable* sites) {
  GraphVisitor visitor(env, this, sites);
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

void Graph::Connect(const EnvData& env) {
  // The awaiters first: a promise's record has room for them only until it gets its source.
  for (Activation& activation : activations_) {
    const Address promise = activation.TakePromise();
    if (promise != kNoAddress) activation.promise = FindPromise(promise);
  }
  for (uint32_t i = 0; i < promises_.size(); i++) {
    const Address awaiter = promises_[i].TakeAwaiter();
    if (awaiter != kNoAddress) SetAwaits(awaiter, i);
  }
  for (const Await& await : more_awaits_) SetAwaits(await.generator, await.promise);
  // V8 leaves an async function that has returned as if it were executing: what its promise
  // adopts, if anything, comes before it.
  for (uint32_t i = 0; i < activations_.size(); i++) {
    const Activation& activation = activations_[i];
    if (activation.state != ActivationState::kExecuting) {
      SetSource(activation.promise, SourceKind::kActivation, i);
    }
  }
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
        callbacks_.push_back({edge.from, edge.function});
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
  for (uint32_t i = 0; i < activations_.size(); i++) {
    if (activations_[i].state == ActivationState::kExecuting) {
      SetSource(activations_[i].promise, SourceKind::kActivation, i);
    }
  }
}

void Graph::SetAwaits(Address generator, uint32_t promise) {
  const uint32_t activation = FindActivation(generator);
  if (activation != kNone) activations_[activation].awaits = promise;
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
