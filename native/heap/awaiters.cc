// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "heap/awaiters.h"

#include <algorithm>

#include "base/record_array.h"
#include "heap/modules.h"
#include "heap/settlers.h"
#include "memory/address_set.h"

namespace asynctb {

namespace {

// So many promises are looked through between a target and who waits for it.
constexpr size_t kMostPassed = 4'000'000;

class Finder {
 public:
  Finder(const EnvData& env, SiteTable* sites, const AwaiterRange& range)
      : env_(env), sites_(sites), range_(range), reactions_(env), settlers_(env) {}

  AwaiterList Run(Address target) {
    const Layout& layout = env_.layout();
    const uint16_t type = InstanceType(target);
    if (type == layout.promise_type) {
      PassThrough(target);
    } else if (type == layout.async_generator_type) {
      // Only the first request is being worked on, but all of them wait for this generator.
      Address request = ReadWord(target, layout.async_generator_queue);
      constexpr int kMostRequests = 10'000'000;
      for (int i = 0; i < kMostRequests && HasType(request, layout.request_type); i++) {
        PassThrough(ReadWord(request, layout.request_promise));
        request = ReadWord(request, layout.request_next);
      }
    }
    for (size_t i = 0; i < passed_.size(); i++) {
      if (reactions_.IsPending(passed_[i])) ReadReactions(passed_[i]);
    }
    return std::move(list_);
  }

 private:
  void PassThrough(Address promise) {
    const Layout& layout = env_.layout();
    // What nobody waits for in turn, of which there may be many, need not be remembered.
    if (!HasType(promise, layout.promise_type) ||
        !HasType(ReadWord(promise, layout.promise_reactions), layout.reaction_type) ||
        !seen_.Insert(promise)) {
      return;
    }
    if (passed_.size() >= kMostPassed || !passed_.push_back(promise)) list_.is_whole = false;
  }

  // The list holds the newest reaction first, and the oldest are wanted: so many of late are kept
  // while it is read, and the rest is counted.
  void ReadReactions(Address promise) {
    const uint64_t end = range_.skip + range_.limit;
    const uint64_t room = end > list_.total ? end - list_.total : 0;
    uint64_t count = 0;
    kept_.clear();
    reactions_.ForEach(promise, [&](const Reaction& reaction) {
      if (!IsAwaiter(reaction)) return;
      if (kept_.size() < room) {
        kept_.push_back(reaction);
      } else if (room > 0) {
        kept_[count % room] = reaction;
      }
      count++;
    });
    const uint64_t first = range_.skip > list_.total ? range_.skip - list_.total : 0;
    for (uint64_t i = first; i < kept_.size(); i++) {
      // SAFETY of the index: of `count` reactions those of the last kept_.size() numbers are kept.
      list_.found.push_back(Make(kept_[(count - 1 - i) % kept_.size()]));
    }
    list_.total += count;
  }

  v8::Local<v8::Value> Handle(Address address) { return ToScriptValue(env_.isolate(), address); }

  // Whether it has a frame; what has none is looked through.
  bool IsAwaiter(const Reaction& reaction) {
    const Layout& layout = env_.layout();
    switch (reaction.kind) {
      case ReactionKind::kAdopt:
        PassThrough(reaction.target);
        return false;
      case ReactionKind::kResolve:
        // A promise that is given twice is one awaiter.
        return combined_.Insert(reaction.target);
      case ReactionKind::kModule:
        PassModule(reaction.target);
        return false;
      case ReactionKind::kAwait: {
        if (!HasType(reaction.target, layout.async_function_type) &&
            !HasType(reaction.target, layout.async_generator_type)) {
          return false;
        }
        const Address word = ReadWord(reaction.target, layout.generator_continuation);
        return IsSmi(word) && SmiValue(word) != kGeneratorClosed;
      }
      default:
        return !reaction.is_spare;
    }
  }

  Awaiter Make(const Reaction& reaction) {
    Awaiter awaiter;
    if (reaction.kind == ReactionKind::kAwait) {
      awaiter.entry = MakeActivationEntry(env_, sites_, reaction.target);
      const Address word = ReadWord(reaction.target, env_.layout().generator_continuation);
      if (settlers_.usable() && SmiValue(word) >= 0) AddSettled(reaction.target, &awaiter);
    } else if (reaction.kind == ReactionKind::kCombinator) {
      awaiter.entry.combinator = reaction.combinator;
      awaiter.entry.total = reaction.total;
      awaiter.entry.origin = Handle(reaction.target);
      awaiter.input_index = reaction.index;
    } else if (reaction.kind == ReactionKind::kResolve) {
      awaiter.entry.combinator =
          reaction.by_program ? CombinatorKind::kResolve : CombinatorKind::kRace;
      awaiter.entry.origin = Handle(reaction.target);
      awaiter.is_doubtful = true;
      awaiter.awaiting_site = SiteOfAwaiter(reaction.target);
    } else {
      awaiter.entry.origin = Handle(reaction.target);
      if (reaction.wasm) {
        AddWasm(reaction, &awaiter);
      } else {
        awaiter.entry.site =
            static_cast<int32_t>(sites_->ForFunction(reaction.function, FrameKind::kCallback));
        awaiter.entry.function = Handle(reaction.function);
      }
    }
    return awaiter;
  }

  void AddWasm(const Reaction& reaction, Awaiter* awaiter) {
    for (const uint32_t site : sites_->ForSuspendedWasm(reaction.function)) {
      ChainEntry frame = awaiter->entry;
      frame.site = static_cast<int32_t>(site);
      awaiter->inner.push_back(std::move(frame));
    }
    awaiter->entry = awaiter->inner.front();
    awaiter->inner.erase(awaiter->inner.begin());
  }

  void AddSettled(Address activation, Awaiter* awaiter) {
    for (const Settled& settled : settlers_.Read(activation, SettlerReader::kNoSite)) {
      if (reactions_.IsPending(settled.promise) && !Waits(activation, settled.promise)) {
        awaiter->settles.push_back(Handle(settled.promise));
      }
    }
  }

  // Whether an activation waits for a promise, directly or through others; true where that takes
  // too many steps to tell.
  bool Waits(Address activation, Address promise) {
    constexpr size_t kMostSteps = 200;
    std::vector<Address> todo = {promise};
    std::unordered_set<Address> met = {promise};
    bool found = false;
    const auto add = [&](Address next) {
      if (HasType(next, env_.layout().promise_type) && met.insert(next).second)
        todo.push_back(next);
    };
    for (size_t i = 0; i < todo.size() && !found; i++) {
      if (i == kMostSteps) return true;
      if (!reactions_.IsPending(todo[i])) continue;
      size_t left = kMostSteps;
      reactions_.ForEach(todo[i], [&](const Reaction& reaction) {
        if (left == 0 || reaction.kind == ReactionKind::kModule) return;
        left--;
        if (reaction.kind != ReactionKind::kAwait) {
          add(reaction.target);
        } else if (reaction.target == activation) {
          found = true;
        } else if (HasType(reaction.target, env_.layout().async_function_type)) {
          add(ReadWord(reaction.target, env_.layout().async_function_promise));
        }
      });
    }
    return found;
  }

  // Where a promise is awaited by an activation directly; -1 when it is not.
  int32_t SiteOfAwaiter(Address promise) {
    int32_t site = -1;
    if (!reactions_.IsPending(promise)) return site;
    reactions_.ForEach(promise, [&](const Reaction& reaction) {
      if (site >= 0 || reaction.kind != ReactionKind::kAwait ||
          (!HasType(reaction.target, env_.layout().async_function_type) &&
           !HasType(reaction.target, env_.layout().async_generator_type))) {
        return;
      }
      site = static_cast<int32_t>(sites_->ForActivation(reaction.target));
    });
    return site;
  }

  // A module's evaluation promise, and the modules that import it, which have not begun: those that
  // were evaluated by themselves are who waits, with the modules between as their inner frames.
  void PassModule(Address first) {
    const Layout& layout = env_.layout();
    if (!HasType(first, layout.module_type) || !seen_.Insert(first)) return;
    PassThrough(EvaluationPromise(layout, first));
    struct Way {
      Address module;
      std::vector<ChainEntry> frames;  // innermost first
    };
    std::vector<Way> todo = {{first, {}}};
    while (!todo.empty()) {
      const Way way = std::move(todo.back());
      todo.pop_back();
      ForEachParent(layout, way.module, [&](Address parent) {
        if (!seen_.Insert(parent)) return;
        Way next = {parent, way.frames};
        const std::vector<ModuleStep> path = ImportPath(layout, parent, way.module);
        for (auto step = path.rbegin(); step != path.rend(); ++step) {
          ChainEntry entry;
          entry.site = static_cast<int32_t>(sites_->ForModule(step->module, step->request));
          next.frames.push_back(std::move(entry));
        }
        AddModule(EvaluationPromise(layout, parent), next.frames);
        todo.push_back(std::move(next));
      });
    }
  }

  void AddModule(Address promise, const std::vector<ChainEntry>& frames) {
    if (promise == kNoAddress) return;
    if (list_.total++ < range_.skip || list_.found.size() >= range_.limit) return;
    Awaiter awaiter;
    awaiter.entry = frames.back();
    awaiter.entry.origin = Handle(promise);
    awaiter.inner.assign(frames.rbegin() + 1, frames.rend());
    list_.found.push_back(std::move(awaiter));
  }

  const EnvData& env_;
  SiteTable* sites_;
  const AwaiterRange range_;
  ReactionReader reactions_;
  SettlerReader settlers_;
  RecordArray<Address> passed_;  // promises whose reactions are to be read
  AddressSet seen_, combined_;
  std::vector<Reaction> kept_;  // of one promise: a ring of those that were read last
  AwaiterList list_;
};

}  // namespace

std::vector<v8::Local<v8::Value>> FindCombined(const EnvData& env, size_t most) {
  std::vector<v8::Local<v8::Value>> found;
  Graph graph;
  if (!env.Can("heapWalk") || !env.Can("resolvers") || !graph.Build(env)) return found;
  for (const PromiseRecord& promise : graph.promises()) {
    if (promise.kind() != SourceKind::kCombinator || found.size() >= most) continue;
    const CombinatorKind kind = graph.combinators()[promise.index()].kind;
    if (kind != CombinatorKind::kRace && kind != CombinatorKind::kResolve) continue;
    found.push_back(ToScriptValue(env.isolate(), promise.address));
  }
  return found;
}

AwaiterList FindAwaiters(const EnvData& env, SiteTable* sites, Address target,
                         const AwaiterRange& range) {
  return Finder(env, sites, range).Run(target);
}

}  // namespace asynctb
