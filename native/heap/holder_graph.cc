// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "heap/holder_graph.h"

#include <algorithm>

#include "layout/holder_names.h"
#include "v8/handle_address.h"

namespace asynctb {

namespace {

constexpr int kFirstField = 8;

// The kind of node that an object of this type becomes.
HolderNodeKind KindOf(HolderType type) {
  switch (type) {
    case HolderType::kObject:
      return HolderNodeKind::kObject;
    case HolderType::kFunction:
      return HolderNodeKind::kFunction;
    case HolderType::kActivation:
      return HolderNodeKind::kActivation;
    case HolderType::kContext:
      return HolderNodeKind::kContext;
    case HolderType::kCell:
      return HolderNodeKind::kCell;
    case HolderType::kReaction:
      return HolderNodeKind::kReaction;
    case HolderType::kPromise:
      return HolderNodeKind::kPromise;
    case HolderType::kCapability:
      return HolderNodeKind::kCapability;
    default:
      return HolderNodeKind::kStore;
  }
}

}  // namespace

HolderGraph::Candidates::Candidates(const EnvData& env) : types_(env.layout().holders.types) {}

void HolderGraph::Index::Put(Address key, int32_t node) {
  size_t at = Hash(key) & (slots_.size() - 1);
  while (slots_[at].key != kNoAddress) at = (at + 1) & (slots_.size() - 1);
  slots_[at] = {key, node};
}

void HolderGraph::Index::Add(Address key, int32_t node) {
  if ((count_ + 1) * 2 > slots_.size()) {
    std::vector<Slot> old(slots_.size() * 2);
    old.swap(slots_);
    for (const Slot& slot : old) {
      if (slot.key != kNoAddress) Put(slot.key, slot.node);
    }
  }
  const uint64_t bit = Hash(key) >> (64 - kBits);
  bits_[bit / 64] |= uint64_t{1} << (bit % 64);
  Put(key, node);
  count_++;
}

int32_t HolderGraph::Index::FindAny(Address key) const {
  for (size_t at = Hash(key) & (slots_.size() - 1);; at = (at + 1) & (slots_.size() - 1)) {
    if (slots_[at].key == key) return slots_[at].node;
    if (slots_[at].key == kNoAddress) return -1;
  }
}

HolderGraph::HolderGraph(const EnvData& env, const Candidates& candidates,
                         const HolderLimits& limits)
    : env_(env),
      layout_(env.layout()),
      types_(layout_.holders),
      candidates_(candidates),
      limits_(limits),
      resolvers_(env) {}

void HolderGraph::Ignore(Address object) {
  ignored_.insert(object);
  const uint16_t type = InstanceType(object);
  const bool is_collection = type == types_.map_type || type == types_.set_type;
  if (is_collection) ignored_.insert(ReadWord(object, types_.collection_table));
  if (type == types_.array_type) ignored_.insert(ReadWord(object, types_.elements));
}

int32_t HolderGraph::AddLeaf(Address promise) {
  const int32_t known = index_.FindAny(promise);
  if (known >= 0) return known;
  HolderNode node;
  node.address = promise;
  index_.Add(promise, static_cast<int32_t>(nodes_.size()));
  nodes_.push_back(node);
  return static_cast<int32_t>(nodes_.size() - 1);
}

void HolderGraph::Visit(Address object) {
  const uint16_t type = InstanceType(object);
  switch (types_.Of(type)) {
    case HolderType::kNone:
      return;
    case HolderType::kFunction:
      return VisitFunction(object);
    case HolderType::kActivation:
      return VisitActivation(object);
    case HolderType::kPromise:
      return VisitPromise(object);
    case HolderType::kObject:
      return VisitWords(object, kFirstField, SizeOf(layout_, object), HolderNodeKind::kObject);
    case HolderType::kContext:
      return VisitWords(object, kContextPrevious,
                        kContextSlots + 8 * LengthOfStore(layout_, object),
                        HolderNodeKind::kContext);
    case HolderType::kFields:
    case HolderType::kDictionary:
    case HolderType::kElements:
      return VisitWords(object, kContextSlots, kContextSlots + 8 * LengthOfStore(layout_, object),
                        HolderNodeKind::kStore);
    case HolderType::kReaction:
      for (const int field : {layout_.reaction_fulfill, layout_.reaction_reject,
                              layout_.reaction_next, layout_.reaction_target}) {
        VisitWord(object, field, HolderNodeKind::kReaction);
      }
      return;
    case HolderType::kCell:
    case HolderType::kCapability:
      return VisitWords(object, kFirstField, SizeOf(layout_, object), KindOf(types_.Of(type)));
  }
}

inline void HolderGraph::VisitWord(Address object, int offset, HolderNodeKind kind) {
  const Address word = ReadWord(object, offset);
  if (!IsHeapObject(word)) return;
  const int32_t child = index_.Find(word);
  if (child >= 0 && MayHold(nodes_[static_cast<size_t>(child)], kind, object, offset)) {
    Found(child, object, offset, kind);
  }
}

inline void HolderGraph::VisitWords(Address object, int from, int to, HolderNodeKind kind) {
  for (int offset = from; offset < to; offset += 8) VisitWord(object, offset, kind);
}

// All functions of a scope refer to it. Fields of a function of their own stand behind V8's.
void HolderGraph::VisitFunction(Address function) {
  constexpr int kStores = 24, kOwnFields = 64;
  VisitWords(function, kFirstField, kStores, HolderNodeKind::kFunction);
  VisitWord(function, layout_.function_context, HolderNodeKind::kFunction);
  VisitWords(function, kOwnFields, SizeOf(layout_, function), HolderNodeKind::kFunction);
}

void HolderGraph::VisitActivation(Address activation) {
  const Address word = ReadWord(activation, layout_.generator_continuation);
  if (!IsSmi(word) || SmiValue(word) < 0) return;
  for (const int field :
       {layout_.generator_registers, layout_.generator_context, layout_.generator_receiver}) {
    if (field > 0) VisitWord(activation, field, HolderNodeKind::kActivation);
  }
}

void HolderGraph::VisitPromise(Address promise) {
  const Address flags = ReadWord(promise, layout_.promise_flags);
  if (!IsSmi(flags) || (SmiValue(flags) & kPromiseStatusMask) != kPromisePending) return;
  VisitWord(promise, layout_.promise_reactions, HolderNodeKind::kPromise);
}

bool HolderGraph::IsNative(uint16_t type) const {
  return type == types_.api_type || type == types_.special_api_type;
}

// The prototype of object literals is the end of its chain.
bool HolderGraph::IsNamed(Address object) const {
  const uint16_t type = InstanceType(object);
  if (type == types_.array_type || type == types_.map_type || type == types_.set_type ||
      type == layout_.resources.bound_type) {
    return false;
  }
  if (layout_.map_prototype < 0) return false;
  const Address prototype = ReadWord(MapOf(object), layout_.map_prototype);
  if (!IsHeapObject(prototype) || HasType(prototype, types_.oddball_type)) return false;
  return !HasType(ReadWord(MapOf(prototype), layout_.map_prototype), types_.oddball_type);
}

// Each of Node's classes of web streams has one object with all that it knows, and that leads to
// the next: reader, stream, controller. And a list that is made of objects is one of its owner's.
bool HolderGraph::IsPart(Address object, int offset) const {
  std::string name;
  if (!ReadKey(layout_, KeyOfField(layout_, object, offset), &name)) return false;
  return name == "kState" || name == "list" || name == "head" || name == "tail" || name == "next";
}

bool HolderGraph::MayHold(const HolderNode& child, HolderNodeKind kind, Address object,
                          int offset) const {
  if (!child.is_open || child.depth >= limits_.most_steps) return false;
  switch (child.kind) {
    case HolderNodeKind::kPromise:
      // A promise is settled by its functions, or by what is native and has it. Whatever else has
      // it only waits.
      if (kind == HolderNodeKind::kContext) {
        // The last slot of a context may be the last word of a page.
        return offset == resolvers_.slot() &&
               offset + 8 < kContextSlots + 8 * LengthOfStore(layout_, object) &&
               HasType(ReadWord(object, offset + 8), types_.oddball_type);
      }
      if (kind == HolderNodeKind::kStore) {
        return types_.Of(InstanceType(object)) == HolderType::kFields;
      }
      return kind == HolderNodeKind::kObject && IsNative(InstanceType(object));
    case HolderNodeKind::kResolverScope:
      return kind == HolderNodeKind::kFunction && offset == layout_.function_context &&
             HasType(object, layout_.function_type) &&
             resolvers_.PromiseOf(object) == ReadWord(child.address, resolvers_.slot());
    case HolderNodeKind::kStore:
      if (child.of_leaf) return kind == HolderNodeKind::kObject && IsNative(InstanceType(object));
      return true;
    case HolderNodeKind::kReaction:
      return kind == HolderNodeKind::kPromise ||
             (kind == HolderNodeKind::kReaction && offset == layout_.reaction_next);
    case HolderNodeKind::kCapability:
      return true;
    default:
      return kind != HolderNodeKind::kReaction || offset != layout_.reaction_target;
  }
}

// A node that was found by a longer way first, perhaps from another leaf, may go on after all, and
// so may those that hold it.
void HolderGraph::Shorten(int32_t child_index, int32_t parent_index) {
  std::vector<std::pair<int32_t, int32_t>> steps{{child_index, parent_index}};
  while (!steps.empty()) {
    const HolderNode& child = nodes_[static_cast<size_t>(steps.back().first)];
    const int32_t index = steps.back().second;
    HolderNode& node = nodes_[static_cast<size_t>(index)];
    steps.pop_back();
    const auto named = static_cast<uint8_t>(child.named + (node.counts ? 1 : 0));
    if (named >= node.named) continue;
    node.named = named;
    node.depth = std::min<uint8_t>(node.depth, static_cast<uint8_t>(child.depth + 1));
    if (node.kind == HolderNodeKind::kObject && !node.is_native && !node.is_open &&
        named < limits_.most_named) {
      node.is_open = true;
      node.pass = static_cast<uint16_t>(passes_);
    }
    for (int32_t edge = node.first_edge; edge >= 0; edge = edges_[static_cast<size_t>(edge)].next) {
      steps.emplace_back(index, edges_[static_cast<size_t>(edge)].parent);
    }
  }
}

// All functions of a scope hold it, and it may be a single one of them that has to do with what is
// looked for.
int HolderGraph::MostParentsOf(const HolderNode& child) const {
  constexpr int kFunctions = 3;
  return child.kind == HolderNodeKind::kContext ? kFunctions * limits_.most_parents
                                                : limits_.most_parents;
}

void HolderGraph::Found(int32_t child_index, Address object, int offset, HolderNodeKind kind) {
  if (!ignored_.empty() && ignored_.contains(object)) return;
  HolderNode& child = nodes_[static_cast<size_t>(child_index)];
  int32_t parent = index_.FindAny(object);
  if (parent == child_index) return;
  if (parent >= 0) Shorten(child_index, parent);
  for (int32_t edge = child.first_edge; edge >= 0; edge = edges_[static_cast<size_t>(edge)].next) {
    if (edges_[static_cast<size_t>(edge)].parent == parent) return;
  }
  if (child.parents >= MostParentsOf(child) || nodes_.size() >= limits_.most_nodes) {
    child.is_hub = true;
    return;
  }
  const HolderNodeKind child_kind = child.kind;
  child.parents++;
  const auto edge = static_cast<int32_t>(edges_.size());
  if (parent < 0) parent = static_cast<int32_t>(nodes_.size());
  edges_.push_back({parent, child.first_edge, offset});
  child.first_edge = edge;
  if (static_cast<size_t>(parent) < nodes_.size()) return;
  HolderNode node;
  node.address = object;
  node.kind = kind;
  node.depth = static_cast<uint8_t>(child.depth + 1);
  node.named = child.named;
  node.pass = static_cast<uint16_t>(passes_);
  if (child_kind == HolderNodeKind::kPromise) {
    if (kind == HolderNodeKind::kContext) node.kind = HolderNodeKind::kResolverScope;
    node.of_leaf = kind == HolderNodeKind::kStore;
  } else if (child_kind == HolderNodeKind::kResolverScope) {
    node.kind = HolderNodeKind::kResolver;
    node.rejects = resolvers_.Rejects(object);
  }
  if (kind == HolderNodeKind::kObject) {
    node.is_native = IsNative(InstanceType(object));
    node.is_named = node.is_native || IsNamed(object);
    node.counts = node.is_named && !IsPart(object, offset);
    if (node.counts) node.named++;
    node.is_open = !node.is_native && node.named < limits_.most_named;
  } else if (kind == HolderNodeKind::kActivation) {
    node.is_open = false;
  } else if (kind == HolderNodeKind::kCell && HasType(object, types_.property_cell_type)) {
    // A global variable is everybody's: above it stands the global object, which is many a `this`.
    node.is_open = false;
  }
  index_.Add(object, parent);
  nodes_.push_back(node);
}

}  // namespace asynctb
