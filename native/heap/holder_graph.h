// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

// Who holds the functions that settle a promise, and who holds those, upward to what has a name.
// The heap is walked only once: what may hold something is noted then, and gone through again for
// each level, of which only those parts that lead to what is looked for.
//
// SAFETY: addresses in, addresses out, no allocation in the isolate; see heap_read.h.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <unordered_set>
#include <vector>

#include "heap/holder_leads.h"
#include "heap/reactions.h"
#include "layout/env_data.h"
#include "layout/holder_layout.h"
#include "memory/address_set.h"

namespace asynctb {

// A step between a value and what holds it.
struct HolderEdge {
  int32_t parent = -1;
  int32_t next = -1;   // of the same child
  int32_t offset = 0;  // in the parent, in bytes
};

enum class HolderNodeKind : uint8_t {
  kPromise,  // a leaf, or one that waits in a reaction's place
  kResolverScope,
  kResolver,
  kObject,
  kFunction,
  kActivation,
  kContext,
  kStore,
  kCell,
  kReaction,
  kCapability,
};

struct HolderNode {
  Address address = kNoAddress;
  int32_t first_edge = -1;
  uint16_t parents = 0;
  uint8_t depth = 0;  // steps from the leaf
  uint8_t named = 0;  // objects of a class below
  HolderNodeKind kind = HolderNodeKind::kPromise;
  bool is_open = true;     // what holds it is looked for
  bool is_hub = false;     // more hold it than were taken down
  bool rejects = false;    // of a resolver: its promise's `reject`
  bool is_native = false;  // Node's or an addon's own, which may be held from outside of the heap
  bool is_named = false;   // an object of a class
  bool counts = false;     // such an object, and no mere part of what is below
  bool of_leaf = false;    // further fields with a promise, which count for what is native only
  uint16_t pass = 0;       // in which it was found
};

// How far a search may go.
struct HolderLimits {
  int most_parents = 40;
  int most_steps = 24;
  int most_named = 3;
  size_t most_nodes = 20'000;
  std::chrono::nanoseconds time = std::chrono::milliseconds(50);  // of this thread
};

class HolderGraph {
 public:
  // Call for each object of the heap, during the walk.
  class Candidates {
   public:
    explicit Candidates(const EnvData& env);
    void Visit(Address object, uint16_t type) {
      if (types_[type] != HolderType::kNone) objects_.Insert(object);
    }
    const AddressSet& objects() const { return objects_; }

   private:
    const HolderType* types_;
    AddressSet objects_;
  };

  HolderGraph(const EnvData& env, const Candidates& candidates, const HolderLimits& limits);

  // An object, and the store of a list, that is no part of what is looked at, though it holds some
  // of it.
  void Ignore(Address object);

  // A promise whose settlers are looked for. The same one again is the same node.
  int32_t AddLeaf(Address promise);
  // False when the time was over before all was found.
  bool Search();

  // -1: it is none of the nodes.
  int32_t Find(Address address) const {
    return address == kNoAddress ? -1 : index_.FindAny(address);
  }

  // Whether the walk has noted an object there, of a type that may hold something. Some objects
  // have words that only look like an address.
  bool IsNoted(Address address) const { return candidates_.objects().Contains(address); }

  const std::vector<HolderNode>& nodes() const { return nodes_; }
  const std::vector<HolderEdge>& edges() const { return edges_; }

 private:
  // Addresses of nodes.
  class Index {
   public:
    Index() : slots_(1024) {}
    void Add(Address key, int32_t node);
    // Nearly every word of a heap is missing.
    int32_t Find(Address key) const {
      const uint64_t hash = Hash(key);
      if ((bits_[hash >> (64 - kBits + 6)] >> (hash >> (64 - kBits) & 63) & 1) == 0) return -1;
      return FindAny(key);
    }
    int32_t FindAny(Address key) const;

   private:
    struct Slot {
      Address key = kNoAddress;
      int32_t node = -1;
    };
    static constexpr int kBits = 18;
    static uint64_t Hash(Address key) { return (key >> 3) * 0x9e3779b97f4a7c15u; }
    void Put(Address key, int32_t node);
    std::vector<Slot> slots_;
    size_t count_ = 0;
    std::vector<uint64_t> bits_ = std::vector<uint64_t>((size_t{1} << kBits) / 64);
  };

  std::vector<size_t> InOrder() const;
  void Visit(Address object);
  void VisitWords(Address object, int from, int to, HolderNodeKind kind);
  void VisitWord(Address object, int offset, HolderNodeKind kind);
  void VisitFunction(Address function);
  void VisitActivation(Address activation);
  void VisitPromise(Address promise);
  void VisitObject(Address object);
  bool MayHold(const HolderNode& child, HolderNodeKind kind, Address object, int offset) const;
  int MostParentsOf(const HolderNode& child) const;
  void Shorten(int32_t child_index, int32_t parent_index);
  void Found(int32_t child, Address object, int offset, HolderNodeKind kind);
  bool IsNative(uint16_t type) const;
  bool IsNamed(Address object) const;
  bool IsPart(Address object, int offset) const;

  const EnvData& env_;
  const Layout& layout_;
  const HolderLayout& types_;
  const Candidates& candidates_;
  const HolderLimits limits_;
  ResolverReader resolvers_;
  Index index_;
  std::vector<HolderNode> nodes_;
  std::vector<HolderEdge> edges_;
  std::unordered_set<Address> ignored_;
  int passes_ = 0;
};

}  // namespace asynctb
