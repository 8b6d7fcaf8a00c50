// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "heap/evidence.h"

#include <algorithm>

#include "base/platform/thread_clock.h"
#include "heap/heap_walk.h"
#include "layout/holder_names.h"
#include "text/shorten.h"
#include "v8/handle_address.h"

namespace asynctb {

using v8::Isolate;
using v8::Local;
using v8::Object;
using v8::Value;

namespace {

// So much is written of each leaf: of few of them more than of many; and of all.
constexpr size_t kMostOfLeaf = 160, kLeastOfLeaf = 40, kMostOfLeaves = 2'400, kMostThings = 4'000,
                 kMostEdges = 20'000;
constexpr int kMostDepth = 16, kMostFunctions = 120, kCrowd = 24;

}  // namespace

void EvidenceWriter::Find(const HolderGraph::Candidates& candidates,
                          const std::vector<LeafPlace>& leaves, const HolderLimits& limits,
                          const std::vector<Address>& ignored) {
  if (leaves.empty()) return;
  graph_.emplace(env_, candidates, limits);
  HolderGraph& graph = *graph_;
  leaves_ = leaves;
  most_of_leaf_ = std::clamp(kMostOfLeaves / leaves.size(), kLeastOfLeaf, kMostOfLeaf);
  for (const Address object : ignored) graph.Ignore(object);
  std::vector<int32_t> nodes;
  for (const LeafPlace& leaf : leaves) nodes.push_back(graph.AddLeaf(leaf.promise));
  is_complete_ = graph.Search();
  evidence_.is_cut = !is_complete_;
  thing_of_node_.assign(graph.nodes().size(), -1);
  for (size_t i = 0; i < nodes.size() && evidence_.things.size() < kMostThings; i++) {
    const int32_t thing = ThingOf(nodes[i]);
    if (thing < 0) break;
    evidence_.leaves.push_back({leaves[i].group, leaves[i].node, leaves[i].branch, thing});
    ReadCalls(leaves[i], thing);
    ClimbFrom(thing);
  }
  for (size_t i = 0; i < evidence_.things.size(); i++) {
    if (EdgesOf(i).begin < 0) evidence_.things[i].marks |= EvidenceMark::kCut;
  }
  for (size_t i = 0; i < evidence_.leaves.size(); i++) {
    const int32_t waiter = graph.Find(leaves[i].waiter);
    if (waiter >= 0) evidence_.leaves[i].waiter = thing_of_node_[static_cast<size_t>(waiter)];
  }
  FindWaitAsync(leaves);
}

// Breadth first, so that what is near to a promise is there before what is far from it. What
// another one has led to is there already.
void EvidenceWriter::ClimbFrom(int32_t start) {
  std::vector<int32_t> todo = {start};
  // Most functions of a scope that has many have nothing to do with it.
  std::vector<int32_t> later;
  size_t climbed = 0, first_later = ~size_t{0};
  for (size_t i = 0; i < todo.size(); i++) {
    const auto thing = static_cast<size_t>(todo[i]);
    if (EdgesOf(thing).begin < 0) {
      if (climbed++ >= most_of_leaf_) {
        if (i < first_later)
          evidence_.things[static_cast<size_t>(start)].marks |= EvidenceMark::kCut;
        return;
      }
      edges_of_held_.clear();
      functions_of_held_ = 0;
      const auto begin = static_cast<int32_t>(evidence_.edges.size());
      Name name;
      Climb(todo[i], node_of_thing_[thing], name, 0);
      EdgesOf(thing) = {begin, static_cast<int32_t>(evidence_.edges.size())};
    }
    const Edges edges = EdgesOf(thing);
    const auto is_of_scope = [this](int32_t edge) {
      return evidence_.edges[static_cast<size_t>(edge)].link == EvidenceLink::kVariable;
    };
    int of_scope = 0;
    for (int32_t edge = edges.begin; edge < edges.end; edge++)
      of_scope += is_of_scope(edge) ? 1 : 0;
    const auto add = [&todo, this](int32_t holder) {
      if (todo.size() >= 2 * most_of_leaf_) return;
      if (std::find(todo.begin(), todo.end(), holder) == todo.end()) todo.push_back(holder);
    };
    for (int32_t edge = edges.begin; edge < edges.end; edge++) {
      const int32_t holder = evidence_.edges[static_cast<size_t>(edge)].holder;
      if (of_scope > kCrowd && is_of_scope(edge)) {
        later.push_back(holder);
      } else {
        add(holder);
      }
    }
    if (i + 1 < todo.size() || later.empty()) continue;
    first_later = std::min(first_later, todo.size());
    for (const int32_t holder : later) add(holder);
    later.clear();
  }
}

EvidenceWriter::Edges& EvidenceWriter::EdgesOf(size_t thing) {
  if (thing >= edges_of_thing_.size()) edges_of_thing_.resize(thing + 1);
  return edges_of_thing_[thing];
}

// -1 when there is no room for one more.
int32_t EvidenceWriter::ThingOf(int32_t node) {
  int32_t& thing = thing_of_node_[static_cast<size_t>(node)];
  if (thing < 0 && evidence_.things.size() < kMostThings) {
    thing = static_cast<int32_t>(evidence_.things.size());
    AddThing(node);
  }
  return thing;
}

void EvidenceWriter::AddThing(int32_t index) {
  const HolderNode& node = graph_->nodes()[static_cast<size_t>(index)];
  Isolate* isolate = env_.isolate();
  Evidence::Thing thing;
  Local<Object> object;
  switch (node.kind) {
    case HolderNodeKind::kFunction:
      thing.kind = EvidenceKind::kFunction;
      thing.site = static_cast<int32_t>(sites_->ForFunction(node.address, FrameKind::kFunction));
      break;
    case HolderNodeKind::kActivation:
      thing.kind = EvidenceKind::kActivation;
      thing.site = static_cast<int32_t>(sites_->ForActivation(node.address));
      break;
    case HolderNodeKind::kCell:
      thing.kind = EvidenceKind::kGlobal;
      break;
    case HolderNodeKind::kObject:
      thing.kind = EvidenceKind::kObject;
      object = ToLocal<Object>(isolate, node.address);
      break;
    default:
      break;
  }
  if (node.is_native) thing.marks |= EvidenceMark::kNative;
  if (node.is_named) thing.marks |= EvidenceMark::kNamed;
  if (node.is_hub) thing.marks |= EvidenceMark::kHub;
  if (!is_complete_ || !node.is_open) thing.marks |= EvidenceMark::kCut;
  if (IsLeftover(node)) thing.marks |= EvidenceMark::kLoose;
  thing.fields_begin = static_cast<int32_t>(evidence_.fields.size());
  if (node.kind == HolderNodeKind::kObject) ReadFields(node.address, &thing, "");
  if (node.kind == HolderNodeKind::kFunction) ReadStages(node.address);
  thing.fields_count = static_cast<int32_t>(evidence_.fields.size()) - thing.fields_begin;
  evidence_.things.push_back(std::move(thing));
  node_of_thing_.push_back(index);
  objects_.push_back(object);
}

// Whether a scope is one of a suspended function itself, inside of the one that it was made in.
bool EvidenceWriter::IsOwnScope(Address activation, Address scope) const {
  const Layout& layout = env_.layout();
  constexpr int kMostScopes = 100;
  const Address function = ReadWord(activation, layout.generator_function);
  if (!HasType(function, layout.function_type)) return false;
  const Address around = ReadWord(function, layout.function_context);
  Address inner = ReadWord(activation, layout.generator_context);
  for (int i = 0; i < kMostScopes && IsHeapObject(inner) && inner != around; i++) {
    if (inner == scope) return true;
    if (layout.holders.Of(InstanceType(inner)) != HolderType::kContext) return false;
    inner = ReadWord(inner, kContextPrevious);
  }
  return false;
}

// Nothing holds it, although that was looked for.
bool EvidenceWriter::IsLeftover(const HolderNode& node) const {
  return is_complete_ && node.is_open && !node.is_native && node.first_edge < 0;
}

void EvidenceWriter::Climb(int32_t held, int32_t index, const Name& name, int depth) {
  if (depth > kMostDepth || evidence_.edges.size() >= kMostEdges) return;
  const HolderNode& node = graph_->nodes()[static_cast<size_t>(index)];
  for (int32_t edge = node.first_edge; edge >= 0;) {
    const HolderEdge& found = graph_->edges()[static_cast<size_t>(edge)];
    ClimbBy(held, index, found, name, depth);
    edge = found.next;
  }
}

// One step up: from a node, of which this is known so far, to one of those that hold it.
void EvidenceWriter::ClimbBy(int32_t held, int32_t index, const HolderEdge& edge, Name name,
                             int depth) {
  const Layout& layout = env_.layout();
  const HolderNode& node = graph_->nodes()[static_cast<size_t>(index)];
  const HolderNode& parent = graph_->nodes()[static_cast<size_t>(edge.parent)];
  const int slot = (edge.offset - kContextSlots) / 8;
  switch (parent.kind) {
    case HolderNodeKind::kResolver:
      name.rejects = parent.rejects;
      Climb(held, edge.parent, name, depth + 1);
      return;
    case HolderNodeKind::kResolverScope:
    case HolderNodeKind::kReaction:
    case HolderNodeKind::kCapability:
      Climb(held, edge.parent, name, depth + 1);
      return;
    case HolderNodeKind::kStore:
      if (!name.known() && name.store == kNoAddress) {
        name.store = parent.address;
        name.store_index = slot;
      }
      Climb(held, edge.parent, name, depth + 1);
      return;
    case HolderNodeKind::kContext:
      // The scope around one that has it, or the one that has it.
      if (edge.offset != kContextPrevious && !name.known()) {
        name.link = EvidenceLink::kVariable;
        name.scope = parent.address;
        ReadKey(layout, VariableOfSlot(layout, parent.address, slot), &name.text);
      }
      Climb(held, edge.parent, name, depth + 1);
      return;
    case HolderNodeKind::kCell:
      if (!HasType(parent.address, layout.holders.property_cell_type)) {
        Climb(held, edge.parent, name, depth + 1);
        return;
      }
      name.link = EvidenceLink::kVariable;
      ReadKey(layout, ReadWord(parent.address, 8), &name.text);
      AddEdge(held, edge.parent, name, index);
      return;
    case HolderNodeKind::kPromise:
      name.link = EvidenceLink::kHandler;
      AddEdge(held, edge.parent, name, index);
      return;
    case HolderNodeKind::kFunction:
      if (edge.offset != layout.function_context) {
        NameInObject(parent.address, edge.offset, &name);
      } else if (name.text.empty() || ++functions_of_held_ > kMostFunctions) {
        // A variable without a name is V8's own, and one of so many functions is everybody's.
        return;
      }
      // A closure that nothing holds is over.
      if (IsLeftover(parent)) return;
      AddEdge(held, edge.parent, name, index);
      return;
    case HolderNodeKind::kActivation:
      // What is around its function belongs to others as well, though it keeps that in registers.
      if (name.scope != kNoAddress && !IsOwnScope(parent.address, name.scope)) return;
      if (edge.offset == layout.generator_receiver && !name.known()) {
        name.link = EvidenceLink::kReceiver;
      } else if (node.kind == HolderNodeKind::kStore) {
        name.link = EvidenceLink::kVariable;
      }
      AddEdge(held, edge.parent, name, index);
      return;
    case HolderNodeKind::kObject:
      NameInObject(parent.address, edge.offset, &name);
      AddEdge(held, edge.parent, name, index);
      return;
  }
}

void EvidenceWriter::NameInObject(Address object, int offset, Name* name) const {
  if (name->known()) return;
  const Layout& layout = env_.layout();
  name->link = EvidenceLink::kProperty;
  StoreEntry entry;
  if (name->store == kNoAddress) {
    entry.key = KeyOfField(layout, object, offset);
  } else {
    entry = EntryOfStore(layout, object, name->store, name->store_index);
    const uint16_t type = InstanceType(name->store);
    if (type == layout.holders.map_table_type || type == layout.holders.set_table_type) {
      name->link = EvidenceLink::kEntry;
    } else if (layout.holders.Of(type) == HolderType::kElements) {
      name->link = EvidenceLink::kElement;
    }
  }
  name->index = entry.index;
  ReadKey(layout, entry.key, &name->text);
  Shorten(&name->text, kLongestKey);
}

void EvidenceWriter::AddEdge(int32_t held, int32_t parent, const Name& name, int32_t node) {
  const int32_t holder = ThingOf(parent);
  if (holder < 0 || holder == held) return;
  const std::pair<int32_t, int32_t> key{holder, name.rejects ? 1 : 0};
  if (std::find(edges_of_held_.begin(), edges_of_held_.end(), key) != edges_of_held_.end()) return;
  edges_of_held_.push_back(key);
  const HolderNode& above = graph_->nodes()[static_cast<size_t>(parent)];
  const bool of_function =
      above.kind == HolderNodeKind::kFunction && name.link == EvidenceLink::kVariable;
  const bool of_activation = above.kind == HolderNodeKind::kActivation && name.text.empty() &&
                             name.link != EvidenceLink::kReceiver;
  if (of_function || of_activation) {
    Isolate* isolate = env_.isolate();
    // What is named is the function that settles it, or the value itself, that the store has.
    Address value = kNoAddress;
    if (of_activation && name.store != kNoAddress) {
      value = ReadWord(name.store, kContextSlots + 8 * name.store_index);
    }
    Question question;
    question.edge = evidence_.edges.size();
    question.holder = ToLocal<Object>(isolate, above.address);
    question.held = ToScriptValue(isolate, value);
    questions_.push_back(std::move(question));
  }
  evidence_.edges.push_back({held, holder, name.link, name.text, name.index, name.rejects, true});
}

namespace {

// Takes down what may hold something, and nothing else.
class CandidateVisitor {
 public:
  explicit CandidateVisitor(const EnvData& env) : candidates(env) {}
  void Begin() {}
  void Visit(Address object, uint16_t type) { candidates.Visit(object, type); }
  void End() {}

  HolderGraph::Candidates candidates;
};

}  // namespace

Evidence FindEvidence(const EnvData& env, const std::vector<Local<Value>>& promises,
                      const std::vector<Local<Value>>& ignored, std::vector<Site>* described) {
  if (!env.Can("holders") || !env.Can("heapWalk")) return {};
  SiteTable sites(env);
  EvidenceWriter writer(env, &sites);
  const auto begin = ThreadClock::Spent();
  CandidateVisitor visitor(env);
  if (!WalkHeap(env, &visitor).ok) return {};
  std::vector<LeafPlace> leaves;
  for (size_t i = 0; i < promises.size(); i++) {
    const Address promise = ToAddress(promises[i]);
    if (!HasType(promise, env.layout().promise_type)) continue;
    leaves.push_back({static_cast<int32_t>(i), 0, -1, promise, kNoAddress});
  }
  HolderLimits limits;
  // What has been looked at before has left behind what holds it, until that is collected.
  limits.most_parents = 250;
  constexpr std::chrono::milliseconds kLeast{60};
  limits.time = std::max<std::chrono::nanoseconds>(kLeast, 3 * (ThreadClock::Spent() - begin));
  std::vector<Address> passed_over;
  for (const Local<Value>& object : ignored) passed_over.push_back(ToAddress(object));
  writer.Find(visitor.candidates, leaves, limits, passed_over);
  *described = sites.TakeDescribed();
  Evidence evidence = writer.Describe();
  evidence.now = env.TimerNow();
  return evidence;
}

}  // namespace asynctb
