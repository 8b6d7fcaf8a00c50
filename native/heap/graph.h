// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

// Who waits for what, as one walk of the heap found it: suspended activations, pending promises
// and the edges between them, turned around so that a promise leads to what will settle it.
//
// SAFETY: every address in here is good until the isolate allocates; see heap_read.h.
#pragma once

#include <v8.h>

#include <cstdint>
#include <optional>
#include <vector>

#include "base/capture.h"
#include "heap/heap_walk.h"
#include "heap/holder_graph.h"
#include "heap/holders.h"
#include "heap/reactions.h"
#include "heap/runners.h"
#include "layout/env_data.h"
#include "memory/address_index.h"
#include "sites/activation.h"

namespace asynctb {

// kGenerator: one that something runs in the place of an async function; see runners.h.
enum class ActivationType : uint8_t { kAsyncFunction, kAsyncGenerator, kGenerator };
enum class ActivationState : uint8_t { kSuspended, kNotStarted, kExecuting, kClosed };

// A suspended or executing async function or async generator.
struct Activation {
  Address address = kNoAddress;
  uint32_t promise = kNone;  // the promise that it settles (async generator: its first request)
  uint32_t awaits = kNone;   // the pending promise that it waits for
  uint32_t site = kNone;     // when the graph was built with a site table
  ActivationType type = ActivationType::kAsyncFunction;
  ActivationState state = ActivationState::kSuspended;
  // During the walk the two indices hold the promise's address.
  Address TakePromise() {
    const Address address_of_promise = static_cast<Address>(awaits) << 32 | promise;
    promise = awaits = kNone;
    return address_of_promise;
  }
  void KeepPromise(Address address_of_promise) {
    promise = static_cast<uint32_t>(address_of_promise);
    awaits = static_cast<uint32_t>(address_of_promise >> 32);
  }
  bool awaited : 1 = false;  // some other activation waits for it, directly or through promises
  bool reached : 1 = false;  // used by who builds stacks
  bool linked : 1 = false;   // the two indices are indices
  bool queued : 1 = false;   // a microtask that resumes it waits for its turn
};

// What is going to settle a pending promise.
enum class SourceKind : uint8_t {
  kUnknown,     // a leaf
  kActivation,  // index: activation
  kPromise,     // index: promise; adoption, and what stands in between without a frame
  kCallback,    // index: callback
  kNewest,      // index: promise; the newest of its reactions is the callback, one of the program's
  kCombinator,  // index: combinator
  kHandedOn,    // index: promise; the only one that was given this one's `resolve` function
};

// What a promise's record keeps of its newest reactions during the walk.
enum class KeptKind : uint8_t {
  kAwait,      // the generator that awaits it
  kCallback,   // the promise that comes of its newest reaction's callback
  kAdopt,      // the promise that adopts it
  kElsewhere,  // something that was taken down elsewhere; the address says nothing
};
struct Kept {
  KeptKind kind = KeptKind::kAwait;
  Address address = kNoAddress;
};

// PromiseRecord::source has this much room for an index.
inline constexpr uint32_t kMostPromises = 1u << 29;

struct PromiseRecord {
  Address address = kNoAddress;
  uint32_t source = 0;  // SourceKind in the low 3 bits, then the index
  int32_t node = -1;    // used by who builds stacks

  SourceKind kind() const { return static_cast<SourceKind>(source & 7); }
  uint32_t index() const { return source >> 3; }
  void set_source(SourceKind kind, uint32_t index) {
    source = index << 3 | static_cast<uint32_t>(kind);
  }
  // During the walk the two words hold what waits for this promise; addresses have 48 bits. Once
  // that was taken it is nothing, and the words are free for what settles the promise.
  Kept Take() {
    if (node == -1) return Kept();
    const uint32_t high = static_cast<uint32_t>(node);
    const Kept kept = {static_cast<KeptKind>(high >> 16),
                       static_cast<Address>(high & 0xffff) << 32 | source};
    source = 0;
    node = -1;
    return kept;
  }
  // Whether nothing waits for it; for before Take.
  bool is_alone() const { return source == 0 && node == 0; }
  void Keep(const Kept& kept) {
    source = static_cast<uint32_t>(kept.address);
    node = static_cast<int32_t>(static_cast<uint32_t>(kept.kind) << 16 |
                                static_cast<uint32_t>(kept.address >> 32));
  }
};

// `promise.then(function)`: the derived promise waits for `promise`, then for the function. The
// same for WebAssembly that was suspended until `promise` settles.
struct Callback {
  uint32_t promise = kNone;
  Address function = kNoAddress;
  // Or kAsyncFunction: a compiled one, which has begun; or kWasm: the function is V8's own; or
  // kModule: it is a module that has not begun.
  FrameKind kind = FrameKind::kCallback;
  bool IsOfProgram() const {
    return kind == FrameKind::kCallback || kind == FrameKind::kAsyncFunction;
  }
  int32_t request = -1;   // of a module: which of its imports it waits for
  bool is_spare = false;  // see Reaction
};

struct CombinatorInput {
  uint32_t promise = kNone;
  int32_t index = -1;
};

struct Combinator {
  CombinatorKind kind = CombinatorKind::kAll;
  uint32_t begin = 0, count = 0;  // into inputs()
  int32_t total = 0;              // 0: unknown
};

// A `resolve` or `reject` function.
struct Resolver {
  Address promise = kNoAddress;
  Address function = kNoAddress;
};
inline constexpr size_t kMostResolvers = 4'000'000;

class Graph {
 public:
  // Walks the heap once. False with a reason when that cannot be done. `sites`: enter the site of
  // each suspended activation, while it is in the cache. `settling`: take the functions that settle
  // promises down too, of which a program may have made two for each promise, and there what may
  // hold them. `targets`: only what these may wait for is wanted. What nobody waits for is not
  // taken down then, which is most of a heap with a million tasks. `holders`: take down what may
  // hold anything, too.
  bool Build(const EnvData& env, SiteTable* sites = nullptr, HolderCandidates* settling = nullptr,
             const std::vector<v8::Local<v8::Value>>* targets = nullptr,
             HolderGraph::Candidates* holders = nullptr);
  const WalkResult& walk() const { return walk_; }

  RecordArray<Activation>& activations() { return activations_; }
  RecordArray<PromiseRecord>& promises() { return promises_; }
  const Activation& activation(uint32_t index) const { return activations_[index]; }
  const PromiseRecord& promise(uint32_t index) const { return promises_[index]; }
  // Of a promise that a callback settles. The function is read anew where it was not taken down.
  Callback CallbackOf(const PromiseRecord& promise) const;
  size_t activation_count() const { return activations_.size(); }
  // Suspended activations whose code goes on to use something that they hold.
  const std::vector<uint32_t>& users() const { return users_; }
  const std::vector<Combinator>& combinators() const { return combinators_; }
  const std::vector<CombinatorInput>& inputs() const { return inputs_; }

  // Promises that were found, without the records that stand for modules.
  size_t promise_count() const { return promises_.size() - module_records_; }

  // Objects that native code has made, such as handles of libuv; only with a site table.
  const std::vector<Address>& api_objects() const { return api_objects_; }

  // At most `kMostResolvers` of them, in the order of the heap.
  const RecordArray<Resolver>& resolvers() const { return resolvers_; }

  uint32_t FindPromise(Address address) const { return promise_index_.Find(address); }
  uint32_t FindActivation(Address address) const { return activation_index_.Find(address); }

  // Whether there was memory for everything that was found.
  bool complete() const {
    return !activations_.exhausted() && !promises_.exhausted() && !edges_.exhausted() &&
           !more_awaits_.exhausted() && !more_requests_.exhausted() &&
           !promise_index_.exhausted() && !activation_index_.exhausted() &&
           promises_.size() < kMostPromises;
  }

  // Calls `visit(uint32_t promise)` for each promise that this one waits for directly.
  template <typename Visit>
  void ForEachInput(const PromiseRecord& promise, Visit visit) const {
    switch (promise.kind()) {
      case SourceKind::kUnknown:
        break;
      case SourceKind::kActivation:
        if (activations_[promise.index()].awaits != kNone) {
          visit(activations_[promise.index()].awaits);
        }
        break;
      case SourceKind::kPromise:
      case SourceKind::kHandedOn:
      case SourceKind::kNewest:
        visit(promise.index());
        break;
      case SourceKind::kCallback:
        visit(callbacks_[promise.index()].promise);
        break;
      case SourceKind::kCombinator: {
        const Combinator& combinator = combinators_[promise.index()];
        for (uint32_t i = 0; i < combinator.count; i++)
          visit(inputs_[combinator.begin + i].promise);
        break;
      }
    }
  }
  // Whether some promise is settled by a callback.
  bool has_callbacks() const { return has_callbacks_; }

  // The promises of which an activation is one of those that settle them, found by what it holds;
  // see settlers.h.
  std::vector<Address> SettledThroughHolding(const EnvData& env, uint32_t activation) const;

  // Whether a promise that was handed another one's outcome may be a race of one. Where the other
  // one is a race itself, it is that one that the text speaks of.
  bool MayBeRaceOfOne(const PromiseRecord& promise) const {
    if (promise.kind() != SourceKind::kHandedOn) return false;
    const PromiseRecord& from = promises_[promise.index()];
    return from.kind() != SourceKind::kCombinator ||
           combinators_[from.index()].kind != CombinatorKind::kRace;
  }

  // Whether what is suspended, and waits for no promise, is known to be queued or not.
  bool knows_jobs() const { return knows_jobs_; }

  // Marks the activations that others wait for; what stays unmarked is outermost.
  void MarkAwaited();

 private:
  friend class GraphVisitor;
  friend class SettlerFinder;
  friend class ModuleConnector;
  struct Await {
    uint32_t promise;
    Address generator;
  };
  struct Request {
    uint32_t activation;
    Address promise;
  };
  // An edge between promises, as it was found: `from` settles, then `target` does.
  enum class EdgeKind : uint8_t {
    kPromise,
    kCallback,
    kSpareCallback,
    kCompiled,
    kWasm,
    kResolve,
    kModule,
    kCombinator,
  };
  struct Edge {
    uint32_t from = kNone;
    EdgeKind kind = EdgeKind::kPromise;
    CombinatorKind combinator = CombinatorKind::kAll;
    int32_t index = -1;
    int32_t total = 0;
    Address target = kNoAddress;
    Address function = kNoAddress;
  };
  struct Input {
    uint32_t target;
    uint32_t from;
    CombinatorKind kind;
    int32_t index;
    int32_t total;
  };

  // Null when there is no room. Inline: it is called once a pending promise.
  PromiseRecord* AddPromise(Address promise) {
    PromiseRecord record;
    record.address = promise;
    if (promises_.size() >= kMostPromises || !promises_.push_back(record)) return nullptr;
    promise_index_.Add(promise);
    return &promises_.back();
  }
  bool AddActivation(const Activation& activation);
  void Connect(const EnvData& env);
  void ConnectActivations();
  void ConnectRuns();
  void ConnectModules(const EnvData& env, std::vector<Input>* inputs);
  void ConnectInputs(std::vector<Input>* inputs);
  void ConnectRunning(const EnvData& env);
  void ConnectSettlers(const EnvData& env);
  void MarkQueued(const EnvData& env);
  // The first answer wins, but that an activation goes before anything between promises.
  void SetSource(uint32_t promise, SourceKind kind, uint32_t index);
  void SetActivation(uint32_t promise, uint32_t activation);

  WalkResult walk_;
  bool knows_jobs_ = false, has_callbacks_ = false;
  size_t module_records_ = 0;  // the last ones of promises_
  RecordArray<Activation> activations_;
  RecordArray<PromiseRecord> promises_;
  std::vector<Callback> callbacks_;
  std::vector<Combinator> combinators_;
  std::vector<CombinatorInput> inputs_;
  AddressIndex<PromiseRecord> promise_index_;
  AddressIndex<Activation> activation_index_;
  size_t waited_for_ = 0;            // at most so many activations may be awaited by others
  std::vector<uint32_t> executing_;  // activations that run, or seem to
  std::vector<uint32_t> users_;      // suspended ones whose code goes on to use what it holds
  // Reads what kNewest leads to. Good as long as the addresses are.
  std::optional<ReactionReader> reader_;
  // Raw findings. What waits for a promise and one request of an activation, of which nearly all
  // have only one, are kept in the record itself until they are connected.
  RecordArray<Await> more_awaits_;
  RecordArray<Request> more_requests_;
  std::vector<Run> runs_;  // of generators
  RecordArray<Edge> edges_;
  RecordArray<Resolver> resolvers_;
  std::vector<Address> api_objects_;
};

}  // namespace asynctb
