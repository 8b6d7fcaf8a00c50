// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

// Who waits for what, as one walk of the heap found it: suspended activations, pending promises
// and the edges between them, turned around so that a promise leads to what will settle it.
//
// SAFETY: every address in here is good until the isolate allocates; see heap_read.h.
#pragma once

#include <cstdint>
#include <vector>

#include "activation.h"
#include "address_index.h"
#include "capture.h"
#include "env_data.h"
#include "heap_walk.h"
#include "holders.h"

namespace asynctb {

enum class ActivationType : uint8_t { kAsyncFunction, kAsyncGenerator };
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
};

// What is going to settle a pending promise.
enum class SourceKind : uint8_t {
  kUnknown,     // a leaf
  kActivation,  // index: activation
  kPromise,     // index: promise; adoption, and what stands in between without a frame
  kCallback,    // index: callback
  kCombinator,  // index: combinator
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
  // During the walk the two words hold the generator that awaits this promise.
  bool has_awaiter_to_take() const { return node != -1; }
  Address TakeAwaiter() {
    const Address awaiter = static_cast<Address>(static_cast<uint32_t>(node)) << 32 | source;
    source = 0;
    node = -1;
    return awaiter;
  }
  void KeepAwaiter(Address awaiter) {
    source = static_cast<uint32_t>(awaiter);
    node = static_cast<int32_t>(awaiter >> 32);
  }
};

// `promise.then(function)`: the derived promise waits for `promise`, then for the function. The
// same for WebAssembly that was suspended until `promise` settles.
struct Callback {
  uint32_t promise = kNone;
  Address function = kNoAddress;
  FrameKind kind = FrameKind::kCallback;  // or kWasm: the function is V8's own
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
  // hold them.
  bool Build(const EnvData& env, SiteTable* sites = nullptr, HolderCandidates* settling = nullptr);
  const WalkResult& walk() const { return walk_; }

  RecordArray<Activation>& activations() { return activations_; }
  RecordArray<PromiseRecord>& promises() { return promises_; }
  const std::vector<Callback>& callbacks() const { return callbacks_; }
  const std::vector<Combinator>& combinators() const { return combinators_; }
  const std::vector<CombinatorInput>& inputs() const { return inputs_; }

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

  // Marks the activations that others wait for; what stays unmarked is outermost.
  void MarkAwaited();

 private:
  friend class GraphVisitor;
  struct Await {
    uint32_t promise;
    Address generator;
  };
  struct Request {
    uint32_t activation;
    Address promise;
  };
  // An edge between promises, as it was found: `from` settles, then `target` does.
  enum class EdgeKind : uint8_t { kPromise, kCallback, kResolve, kModule, kCombinator };
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

  bool AddPromise(const PromiseRecord& promise);
  bool AddActivation(const Activation& activation);
  void Connect(const EnvData& env);
  void ConnectActivations();
  void ConnectModules(const EnvData& env, const Edge& edge, std::vector<Input>* inputs);
  void ConnectInputs(std::vector<Input>* inputs);
  void ConnectRunning(const EnvData& env);
  // The first answer wins: an activation is connected before anything between promises.
  void SetSource(uint32_t promise, SourceKind kind, uint32_t index);

  WalkResult walk_;
  RecordArray<Activation> activations_;
  RecordArray<PromiseRecord> promises_;
  std::vector<Callback> callbacks_;
  std::vector<Combinator> combinators_;
  std::vector<CombinatorInput> inputs_;
  AddressIndex<PromiseRecord> promise_index_;
  AddressIndex<Activation> activation_index_;
  std::vector<uint32_t> executing_;  // activations that run, or seem to
  // Raw findings. One await of a promise and one request of an activation, which is what nearly
  // all have, are kept in the record itself until they are connected.
  RecordArray<Await> more_awaits_;
  RecordArray<Request> more_requests_;
  RecordArray<Edge> edges_;
  RecordArray<Resolver> resolvers_;
};

}  // namespace asynctb
