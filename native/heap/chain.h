// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

// The stacks of single targets, with the live objects that stand for their frames.
#pragma once

#include <v8.h>

#include <vector>

#include "heap/graph.h"
#include "sites/activation.h"

namespace asynctb {

struct ChainEntry {
  int32_t site = -1;  // -1: a combinator
  CombinatorKind combinator = CombinatorKind::kAll;
  int32_t total = 0;  // of a combinator's inputs, or kPerhapsRace
  v8::Local<v8::Value> function, receiver;
  v8::Local<v8::Value> origin;       // the generator, or the promise of an async function
  v8::Local<v8::Object> activation;  // never shown to scripts: to read locals from
  std::vector<std::pair<int32_t, uint32_t>> branches;  // index of the input, chain
};

// The entry of one activation. Makes handles but does not allocate.
ChainEntry MakeActivationEntry(const EnvData& env, SiteTable* sites, Address generator);

struct Chain {
  std::vector<ChainEntry> entries;
  ChainEnd end = ChainEnd::kNothing;
  v8::Local<v8::Value> leaf;
  // Of a leaf that is a promise: what was found of the functions that settle it.
  std::vector<v8::Local<v8::Value>> resolvers;
  // Promises on the way, each with the number of entries before it and what was found of the
  // functions that settle it: others may hold those as well.
  struct Passed {
    size_t entries;
    v8::Local<v8::Value> promise;
    std::vector<v8::Local<v8::Value>> resolvers;
  };
  std::vector<Passed> passed;
  // Of a chain that ends in a running frame: how many activations of its function are on the
  // stack, and which of them it is, the innermost being 0; -1 when it is none that can be told.
  int32_t activations = 0;
  int32_t activation_index = -1;
};

class ChainBuilder {
 public:
  // The caller's HandleScope must outlive it.
  ChainBuilder(const EnvData& env, SiteTable* sites, uint32_t max_frames)
      : env_(env), sites_(sites), max_frames_(max_frames) {}

  // Chains of the targets first, in their order, then those of branches; a branch's chain always
  // comes after the chain that it belongs to.
  const std::vector<Chain>& chains() const { return chains_; }

  // A sync generator, or an async one that waits for no promise: follows `yield*` through the
  // register files. Allocates.
  void AddGenerator(v8::Local<v8::Object> generator);
  // A pending promise or an awaiting async generator.
  // SAFETY: reads the graph's addresses; makes handles but does not allocate in the isolate.
  void AddFromGraph(Graph* graph, Address target);
  // Gives each chain that ends at a promise or passes some their functions. Makes handles but does
  // not allocate.
  void AddResolvers(const RecordArray<Resolver>& resolvers);
  // Looks for the frames of chains that end running. Makes no handles and does not allocate.
  void FindRunning();

 private:
  struct Step {
    enum { kEnter, kLeave } action;
    uint32_t promise;
    uint32_t chain;
    size_t marks;
  };

  ChainEntry EntryOf(Address generator) { return MakeActivationEntry(env_, sites_, generator); }
  v8::Local<v8::Value> Handle(Address address) const;
  void Follow(Graph* graph, uint32_t promise, uint32_t chain);
  void Unmark(Graph* graph, size_t down_to);
  void Pass(Chain* chain);
  bool PastLimit(Chain* chain);
  // The iterator that a generator standing at `yield*` delegates to; empty when there is none.
  v8::Local<v8::Object> DelegateOf(v8::Local<v8::Object> generator) const;

  const EnvData& env_;
  SiteTable* sites_;
  const uint32_t max_frames_;
  uint32_t frames_ = 0;
  std::vector<Chain> chains_;
  std::vector<Step> steps_;
  std::vector<uint32_t> marks_;
};

}  // namespace asynctb
