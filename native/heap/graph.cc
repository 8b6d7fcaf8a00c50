// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "heap/graph.h"

#include <optional>
#include <utility>

#include "heap/runners.h"
#include "heap/settlers.h"
#include "memory/address_set.h"
#include "v8/handle_address.h"

namespace asynctb {

// Takes down what an object says while it is in the cache; connecting comes after the walk.
class GraphVisitor {
 public:
  GraphVisitor(const EnvData& env, Graph* graph, SiteTable* sites, HolderCandidates* settling,
               const std::vector<v8::Local<v8::Value>>* targets, HolderGraph::Candidates* holders)
      : env_(env),
        layout_(env.layout()),
        promise_type_(layout_.promise_type),
        async_function_type_(layout_.async_function_type),
        async_generator_type_(layout_.async_generator_type),
        run_type_(sites != nullptr ? layout_.generator_type : Layout::kNoType),
        api_type_(sites != nullptr ? v8::internal::Internals::kFirstJSApiObjectType
                                   : Layout::kNoType),
        graph_(graph),
        sites_(sites),
        settling_(settling),
        targets_(targets),
        holders_(holders) {}

  void Begin() {
    reactions_.emplace(env_);
    resolvers_.emplace(env_);
    runners_.emplace(env_);
    settlers_.emplace(env_);
    knows_uses_ = settlers_->usable();
    if (sites_ != nullptr) sites_->ForgetAddresses();
    if (targets_ == nullptr) return;
    for (const v8::Local<v8::Value>& target : *targets_) {
      if (target->IsObject()) wanted_.Insert(ToAddress(target));
    }
  }
  void End() {
    for (uint32_t i = 0; i < kAhead; i++) Step(kNoAddress);
    for (uint32_t i = 0; i < kStage; i++) {
      VisitActivation(activations_[next_activation_++ % kStage]);
    }
  }

  // Called for each object of the heap: nearly all are told apart without a call.
  void Visit(Address object, uint16_t type) {
    if (holders_ != nullptr) holders_->Visit(object, type);
    if (type == promise_type_ || type == async_function_type_ || type == async_generator_type_ ||
        type == run_type_ || settling_ != nullptr || type == api_type_) {
      VisitWanted(object, type);
    }
  }

 private:
  // From a promise to who awaits it lie three objects, each a miss of the cache. So a promise is
  // visited some promises later, and what it leads to is fetched on the way, one object a stage.
  static constexpr uint32_t kStage = 4, kAhead = 16;

  [[gnu::noinline]] void VisitWanted(Address object, uint16_t type) {
    if (type == promise_type_) {
      if (reactions_->IsPending(object)) Defer(object);
    } else if (type == async_function_type_ || type == async_generator_type_ || type == run_type_) {
      // What is looked at lies in the object's second half.
      __builtin_prefetch(reinterpret_cast<void*>(object + layout_.generator_continuation));
      VisitActivation(std::exchange(activations_[next_activation_++ % kStage], object));
    } else if (type == api_type_) {
      constexpr size_t kMostApiObjects = 1'000'000;
      if (graph_->api_objects_.size() < kMostApiObjects) graph_->api_objects_.push_back(object);
    } else if (settling_ != nullptr && type == layout_.function_type) {
      VisitFunction(object);
    }
    if (settling_ != nullptr) settling_->Visit(object, type);
  }

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
    PromiseRecord* record = nullptr;
    uint32_t index = kNone;
    const auto add = [&] {
      index = static_cast<uint32_t>(graph_->promises_.size());
      record = graph_->AddPromise(promise);
      return record != nullptr;
    };
    if ((targets_ == nullptr || wanted_.Contains(promise)) && !add()) return;
    Kept kept;
    bool is_newest = true;
    // By reference: to copy what was written just before word by word holds the processor up.
    reactions_->ForEach(promise, [&](Reaction& reaction) {
      const bool is_first = std::exchange(is_newest, false);
      if (reaction.kind == ReactionKind::kCallback && reaction.on_fulfill != kNoAddress &&
          IsTold(&reaction)) {
        return;
      }
      if (targets_ != nullptr && !IsWanted(reaction)) return;
      if (record == nullptr && !add()) return;
      if (kept.address == kNoAddress && MayKeep(reaction, is_first, &kept)) return;
      if (reaction.kind == ReactionKind::kAwait) {
        graph_->more_awaits_.push_back({index, reaction.target});
        return;
      }
      Graph::Edge edge;
      edge.from = index;
      edge.kind = KindOf(reaction);
      edge.combinator = reaction.combinator;
      edge.index = reaction.index;
      edge.total = reaction.total;
      edge.target = reaction.target;
      edge.function = reaction.function;
      if (reaction.kind == ReactionKind::kResolve) edge.index = reaction.by_program ? 1 : 0;
      graph_->edges_.push_back(edge);
    });
    if (record == nullptr) return;
    if (kept.address == kNoAddress && !is_newest) kept = {KeptKind::kElsewhere, promise};
    record->Keep(kept);
  }

  // Makes of a callback that resumes a generator an await of that, and of one that goes on with
  // something else a callback of the promise that stands for it. True for what was told already: a
  // reaction of which two are made.
  [[gnu::noinline]] bool IsTold(Reaction* reaction) {
    const Run run = runners_->Read(reaction->on_fulfill, reaction->on_reject);
    if (run.generator != kNoAddress) {
      if (run_type_ == Layout::kNoType) return false;
      const Address last = graph_->runs_.empty() ? kNoAddress : graph_->runs_.back().generator;
      if (last == run.generator) return true;
      graph_->runs_.push_back(run);
      reaction->kind = ReactionKind::kAwait;
      reaction->target = run.generator;
    } else if (run.promise != kNoAddress && reactions_->IsPending(run.promise)) {
      if (run_type_ == Layout::kNoType && run.body == kNoAddress) return false;
      const bool is_known = IsAwaited(run.promise) || run.body != kNoAddress;
      if (is_known && !IsAwaited(reaction->target)) reaction->target = run.promise;
      if (run.body != kNoAddress) {
        reaction->function = run.body;
        reaction->goes_on = true;
      }
    }
    return false;
  }

  bool IsAwaited(Address promise) const {
    return HasType(promise, promise_type_) &&
           HasType(ReadWord(promise, layout_.promise_reactions), layout_.reaction_type);
  }

  // Whether a target may wait for a promise: it is one, or somebody waits for it.
  bool IsWantedPromise(Address promise) const {
    return !HasType(promise, promise_type_) ||
           HasType(ReadWord(promise, layout_.promise_reactions), layout_.reaction_type) ||
           wanted_.Contains(promise);
  }

  bool IsWanted(const Reaction& reaction) const {
    switch (reaction.kind) {
      case ReactionKind::kModule:
        return true;
      case ReactionKind::kAwait:
        return !HasType(reaction.target, async_function_type_) || IsWantedFunction(reaction.target);
      default:
        return IsWantedPromise(reaction.target);
    }
  }

  // The same of an async function, which may also settle a promise that is waited for. Not inlined:
  // a dump never asks.
  [[gnu::noinline]] bool IsWantedFunction(Address activation) const {
    if (IsWantedPromise(ReadWord(activation, layout_.async_function_promise))) return true;
    const Address word = ReadWord(activation, layout_.generator_continuation);
    return settlers_->usable() && IsSmi(word) && SmiValue(word) >= 0 &&
           !settlers_->Read(activation, SettlerReader::kNoSite).empty();
  }

  // Whether the promise's own record can hold this. `is_first`: of its newest reaction.
  static bool MayKeep(const Reaction& reaction, bool is_first, Kept* kept) {
    if (reaction.kind == ReactionKind::kAwait) {
      *kept = {KeptKind::kAwait, reaction.target};
    } else if (reaction.kind == ReactionKind::kAdopt) {
      *kept = {KeptKind::kAdopt, reaction.target};
    } else if (reaction.kind == ReactionKind::kCallback && is_first && !reaction.wasm &&
               !reaction.is_spare && !reaction.goes_on) {
      *kept = {KeptKind::kCallback, reaction.target};
    } else {
      return false;
    }
    return true;
  }

  static Graph::EdgeKind KindOf(const Reaction& reaction) {
    switch (reaction.kind) {
      case ReactionKind::kCallback:
        return reaction.wasm       ? Graph::EdgeKind::kWasm
               : reaction.goes_on  ? Graph::EdgeKind::kCompiled
               : reaction.is_spare ? Graph::EdgeKind::kSpareCallback
                                   : Graph::EdgeKind::kCallback;
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

  [[gnu::noinline]] void VisitFunction(Address function) {
    const Address promise = resolvers_->PromiseOf(function);
    if (promise == kNoAddress || graph_->resolvers_.size() >= kMostResolvers) return;
    graph_->resolvers_.push_back({promise, function});
  }

  // An async function has no place before its first await, but a module's body has.
  bool IsModule(Address activation) const {
    if (layout_.async_module_kind < 0) return false;
    const Address function = ReadWord(activation, layout_.generator_function);
    return HasType(function, layout_.function_type) &&
           FunctionKindOf(layout_, ReadWord(function, layout_.function_shared)) ==
               layout_.async_module_kind;
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
    if (continuation == 0 && (type != ActivationType::kAsyncFunction || IsModule(object))) {
      activation->state = ActivationState::kNotStarted;
    }
    if (sites_ != nullptr) activation->site = sites_->ForActivation(object);
    return true;
  }

  void VisitActivation(Address object) {
    if (object == kNoAddress) return;
    const uint16_t type = InstanceType(object);
    if (type == async_function_type_) {
      VisitAsyncFunction(object);
    } else if (type == run_type_) {
      VisitGenerator(object);
    } else {
      VisitAsyncGenerator(object);
    }
  }

  void VisitAsyncFunction(Address object) {
    Activation activation;
    if (!Begin(object, ActivationType::kAsyncFunction, false, &activation)) return;
    // Whether it is a pending promise shows when it is looked up.
    const Address promise = ReadWord(object, layout_.async_function_promise);
    if (targets_ != nullptr && !IsWantedFunction(object)) return;
    activation.KeepPromise(promise);
    Add(activation);
  }

  bool Add(const Activation& activation) {
    if (activation.state == ActivationState::kSuspended && knows_uses_ &&
        settlers_->MaySettle(activation.address, activation.site)) {
      graph_->users_.push_back(static_cast<uint32_t>(graph_->activations_.size()));
    }
    return graph_->AddActivation(activation);
  }

  // Whether anything runs it shows when a promise is found that it waits for.
  void VisitGenerator(Address object) {
    Activation activation;
    if (Begin(object, ActivationType::kGenerator, false, &activation) &&
        activation.state == ActivationState::kSuspended) {
      graph_->AddActivation(activation);
    }
  }

  void VisitAsyncGenerator(Address object) {
    Address request = ReadWord(object, layout_.async_generator_queue);
    // A closed one may still be waiting for what `return(promise)` was given.
    const bool queued = HasType(request, layout_.request_type);
    Activation activation;
    if (!Begin(object, ActivationType::kAsyncGenerator, queued, &activation)) return;
    const uint32_t index = static_cast<uint32_t>(graph_->activations_.size());
    if (!Add(activation)) return;
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
  const uint16_t promise_type_, async_function_type_, async_generator_type_;
  const uint16_t
      run_type_;  // of generators that something may run; kNoType where glue tells of them
  std::optional<ReactionReader> reactions_;
  const uint16_t api_type_;  // of what native code has made
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
  const std::vector<v8::Local<v8::Value>>* targets_;  // null: everything is wanted
  HolderGraph::Candidates* holders_;                  // null: nobody asks who holds what
  AddressSet wanted_;
  std::optional<ResolverReader> resolvers_;
  std::optional<RunnerReader> runners_;
  mutable std::optional<SettlerReader> settlers_;
  bool knows_uses_ = false;
};

bool Graph::Build(const EnvData& env, SiteTable* sites, HolderCandidates* settling,
                  const std::vector<v8::Local<v8::Value>>* targets,
                  HolderGraph::Candidates* holders) {
  GraphVisitor visitor(env, this, sites, settling, targets, holders);
  walk_ = WalkHeap(env, &visitor);
  if (!walk_.ok) return false;
  promise_index_.Build(promises_);
  activation_index_.Build(activations_);
  reader_.emplace(env);
  Connect(env);
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

}  // namespace asynctb
