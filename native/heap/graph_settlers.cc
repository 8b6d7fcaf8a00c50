// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

// Promises of which nothing is known but who can settle them: suspended activations that hold their
// `resolve` or `reject`.

#include <algorithm>

#include "heap/graph.h"
#include "heap/settlers.h"

namespace asynctb {

// Of a promise, the activations that can settle it.
class SettlerFinder {
 public:
  SettlerFinder(const EnvData& env, Graph* graph)
      : layout_(env.layout()), graph_(*graph), reader_(env) {}

  void Run() {
    if (!reader_.usable()) return;
    for (const uint32_t i : graph_.users_) {
      if (i >= graph_.activations_.size()) continue;  // there was no memory for it
      const Activation& activation = graph_.activations_[i];
      for (const Settled& settled : reader_.Read(activation.address, activation.site)) {
        const uint32_t promise = graph_.FindPromise(settled.promise);
        if (promise == kNone || graph_.promises_[promise].kind() != SourceKind::kUnknown) continue;
        if (HasPromise(i)) claims_.push_back({promise, i, settled.shared});
      }
    }
    std::sort(claims_.begin(), claims_.end(), [](const Claim& a, const Claim& b) {
      return a.promise != b.promise ? a.promise < b.promise : a.activation < b.activation;
    });
    RemoveWaiters();
    for (size_t begin = 0, end = 0; begin < claims_.size(); begin = end) {
      while (end < claims_.size() && claims_[end].promise == claims_[begin].promise) end++;
      Connect(begin, end);
    }
  }

 private:
  struct Claim {
    uint32_t promise, activation;
    bool shared;
  };

  // The promise of a function that nobody awaits was not taken down where only targets are wanted.
  bool HasPromise(uint32_t index) {
    Activation& activation = graph_.activations_[index];
    if (activation.promise != kNone) return true;
    PromiseRecord record;
    if (activation.type == ActivationType::kAsyncFunction) {
      record.address = ReadWord(activation.address, layout_.async_function_promise);
    } else {
      const Address request = ReadWord(activation.address, layout_.async_generator_queue);
      if (!HasType(request, layout_.request_type)) return false;
      record.address = ReadWord(request, layout_.request_promise);
    }
    record.set_source(SourceKind::kActivation, index);
    if (!HasType(record.address, layout_.promise_type) || !graph_.promises_.push_back(record)) {
      return false;
    }
    activation.promise = static_cast<uint32_t>(graph_.promises_.size() - 1);
    return true;
  }

  // Who waits for a promise settles it no sooner than somebody else does. Before any of these edges
  // is made: a ring of them is one.
  void RemoveWaiters() {
    const auto waits = [this](const Claim& claim) {
      return Waits(claim.activation, claim.promise);
    };
    claims_.erase(std::remove_if(claims_.begin(), claims_.end(), waits), claims_.end());
  }

  void Connect(size_t begin, size_t end) {
    // What so many share is everybody's.
    constexpr size_t kMostSharing = 8, kMostSettlers = 100;
    std::vector<uint32_t> settlers;
    const size_t sharing = std::count_if(claims_.begin() + begin, claims_.begin() + end,
                                         [](const Claim& claim) { return claim.shared; });
    for (size_t i = begin; i < end; i++) {
      if (claims_[i].shared && sharing > kMostSharing) continue;
      settlers.push_back(graph_.activations_[claims_[i].activation].promise);
    }
    const uint32_t promise = claims_[begin].promise;
    if (settlers.empty() || settlers.size() > kMostSettlers) return;
    graph_.waited_for_ += settlers.size();
    if (settlers.size() == 1) {
      graph_.SetSource(promise, SourceKind::kPromise, settlers[0]);
      return;
    }
    graph_.SetSource(promise, SourceKind::kCombinator,
                     static_cast<uint32_t>(graph_.combinators_.size()));
    Combinator combinator;
    combinator.kind = CombinatorKind::kSettlers;
    combinator.begin = static_cast<uint32_t>(graph_.inputs_.size());
    combinator.count = static_cast<uint32_t>(settlers.size());
    for (const uint32_t settler : settlers) graph_.inputs_.push_back({settler, -1});
    graph_.combinators_.push_back(combinator);
  }

  // Whether an activation waits for a promise, directly or through others. Beyond a bound it is
  // taken for granted: then nothing is said.
  bool Waits(uint32_t activation, uint32_t promise) {
    constexpr size_t kMostSteps = 200;
    const uint32_t awaits = graph_.activations_[activation].awaits;
    if (awaits == kNone) return false;
    std::vector<uint32_t> todo = {EndOf(awaits)};
    for (size_t i = 0; i < todo.size(); i++) {
      if (todo[i] == promise || i > kMostSteps) return true;
      const PromiseRecord& record = graph_.promises_[todo[i]];
      // What waits for the code that runs, and asks, is no answer to it.
      if (record.kind() == SourceKind::kActivation &&
          graph_.activations_[record.index()].state == ActivationState::kExecuting) {
        return true;
      }
      if (record.kind() != SourceKind::kCombinator) continue;
      const Combinator& combinator = graph_.combinators_[record.index()];
      for (uint32_t k = 0; k < combinator.count; k++) {
        if (todo.size() > kMostSteps) return true;
        const uint32_t input = EndOf(graph_.inputs_[combinator.begin + k].promise);
        if (std::find(todo.begin(), todo.end(), input) == todo.end()) todo.push_back(input);
      }
    }
    return false;
  }

  // The promise at which a chain without branches ends. Each promise is passed once.
  uint32_t EndOf(uint32_t promise) {
    if (ends_.empty()) ends_.resize(graph_.promises_.size(), kNone);
    path_.clear();
    uint32_t end = promise;
    for (uint32_t next = promise; next != kNone; next = NextOf(end)) {
      end = next;
      if (ends_[end] != kNone) {
        end = ends_[end];
        break;
      }
      ends_[end] = end;  // for now: a ring ends where it is met again
      path_.push_back(end);
    }
    for (const uint32_t passed : path_) ends_[passed] = end;
    return end;
  }

  uint32_t NextOf(uint32_t promise) const {
    const PromiseRecord& record = graph_.promises_[promise];
    switch (record.kind()) {
      case SourceKind::kPromise:
      case SourceKind::kNewest:
        return record.index();
      case SourceKind::kCallback:
        return graph_.callbacks_[record.index()].promise;
      case SourceKind::kActivation:
        return graph_.activations_[record.index()].awaits;
      default:
        return kNone;
    }
  }

  const Layout& layout_;
  Graph& graph_;
  SettlerReader reader_;
  std::vector<Claim> claims_;
  std::vector<uint32_t> ends_, path_;  // by promise; only where somebody can settle one
};

std::vector<Address> Graph::SettledThroughHolding(const EnvData& env, uint32_t activation) const {
  SettlerReader reader(env);
  const Activation& settler = activations_[activation];
  std::vector<Address> found;
  if (!reader.usable() || settler.state != ActivationState::kSuspended ||
      settler.promise == kNone) {
    return found;
  }
  for (const Settled& settled : reader.Read(settler.address, SettlerReader::kNoSite)) {
    const uint32_t promise = FindPromise(settled.promise);
    if (promise == kNone) {  // what only others wait for was not taken down
      found.push_back(settled.promise);
      continue;
    }
    const PromiseRecord& record = promises_[promise];
    bool is_settled = record.kind() == SourceKind::kPromise && record.index() == settler.promise;
    if (record.kind() == SourceKind::kCombinator) {
      const Combinator& combinator = combinators_[record.index()];
      for (uint32_t i = 0; i < combinator.count && combinator.kind == CombinatorKind::kSettlers;
           i++) {
        is_settled = is_settled || inputs_[combinator.begin + i].promise == settler.promise;
      }
    }
    if (is_settled) found.push_back(settled.promise);
  }
  return found;
}

void Graph::ConnectSettlers(const EnvData& env) { SettlerFinder(env, this).Run(); }

}  // namespace asynctb
