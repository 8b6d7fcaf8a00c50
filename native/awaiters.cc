// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "awaiters.h"

#include <algorithm>
#include <unordered_set>

namespace asynctb {

namespace {

class Finder {
 public:
  Finder(const EnvData& env, SiteTable* sites) : env_(env), sites_(sites), reactions_(env) {}

  std::vector<Awaiter> Run(Address target) {
    const Layout& layout = env_.layout();
    const uint16_t type = InstanceType(target);
    if (type == layout.promise_type) {
      PassThrough(target);
    } else if (type == layout.async_generator_type) {
      // Only the first request is being worked on, but all of them wait for this generator.
      Address request = ReadWord(target, layout.async_generator_queue);
      constexpr int kMostRequests = 100'000;
      for (int i = 0; i < kMostRequests && HasType(request, layout.request_type); i++) {
        PassThrough(ReadWord(request, layout.request_promise));
        request = ReadWord(request, layout.request_next);
      }
    }
    for (size_t i = 0; i < passed_.size(); i++) {
      if (!reactions_.IsPending(passed_[i])) continue;
      const size_t first = found_.size();
      reactions_.ForEach(passed_[i], [this](const Reaction& reaction) { Take(reaction); });
      // The list holds the newest reaction first.
      std::reverse(found_.begin() + static_cast<ptrdiff_t>(first), found_.end());
    }
    return std::move(found_);
  }

 private:
  void PassThrough(Address promise) {
    if (!HasType(promise, env_.layout().promise_type)) return;
    if (seen_.insert(promise).second) passed_.push_back(promise);
  }

  v8::Local<v8::Value> Handle(Address address) {
    return ToScriptValue(env_.isolate(), address);
  }

  void Take(const Reaction& reaction) {
    const Layout& layout = env_.layout();
    Awaiter awaiter;
    switch (reaction.kind) {
      case ReactionKind::kAdopt:
      case ReactionKind::kResolve:
        PassThrough(reaction.target);
        return;
      case ReactionKind::kModule:
        PassModule(reaction.target);
        return;
      case ReactionKind::kAwait: {
        if (!HasType(reaction.target, layout.async_function_type) &&
            !HasType(reaction.target, layout.async_generator_type)) {
          return;
        }
        const Address word = ReadWord(reaction.target, layout.generator_continuation);
        if (!IsSmi(word) || SmiValue(word) == kGeneratorClosed) return;
        awaiter.entry = MakeActivationEntry(env_, sites_, reaction.target);
        break;
      }
      case ReactionKind::kCallback:
        awaiter.entry.origin = Handle(reaction.target);
        if (reaction.wasm) {
          for (const uint32_t site : sites_->ForSuspendedWasm(reaction.function)) {
            ChainEntry frame = awaiter.entry;
            frame.site = static_cast<int32_t>(site);
            awaiter.inner.push_back(std::move(frame));
          }
          awaiter.entry = awaiter.inner.front();
          awaiter.inner.erase(awaiter.inner.begin());
        } else {
          awaiter.entry.site = static_cast<int32_t>(
              sites_->ForFunction(reaction.function, FrameKind::kCallback));
          awaiter.entry.function = Handle(reaction.function);
        }
        break;
      case ReactionKind::kCombinator:
        awaiter.entry.combinator = reaction.combinator;
        awaiter.entry.total = reaction.total;
        awaiter.entry.origin = Handle(reaction.target);
        awaiter.input_index = reaction.index;
        break;
    }
    found_.push_back(std::move(awaiter));
  }

  // A module's evaluation promise, and those of the modules that import it.
  void PassModule(Address first) {
    const Layout& layout = env_.layout();
    std::vector<Address> todo = {first};
    while (!todo.empty()) {
      const Address module = todo.back();
      todo.pop_back();
      if (!HasType(module, layout.module_type) || !seen_.insert(module).second) continue;
      PassThrough(ReadWord(module, layout.module_capability));
      const Address parents = ReadWord(module, layout.module_parents);
      if (!HasType(parents, layout.module_parents_type)) continue;
      for (int i = 0; i < ReadLength(parents); i++) todo.push_back(ReadWord(parents, 16 + 8 * i));
    }
  }

  const EnvData& env_;
  SiteTable* sites_;
  ReactionReader reactions_;
  std::vector<Address> passed_;  // promises whose reactions are to be read
  std::unordered_set<Address> seen_;
  std::vector<Awaiter> found_;
};

}  // namespace

std::vector<Awaiter> FindAwaiters(const EnvData& env, SiteTable* sites, Address target) {
  return Finder(env, sites).Run(target);
}

}  // namespace asynctb
