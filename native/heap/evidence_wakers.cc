// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

// The part of the evidence that says who could wake a task, and what those wait for themselves.

#include <algorithm>

#include "heap/evidence.h"
#include "layout/holder_names.h"
#include "sites/script_place.h"
#include "v8/handle_address.h"

namespace asynctb {

using v8::HandleScope;
using v8::Isolate;
using v8::Object;

namespace {

constexpr size_t kMostOwners = 200, kMostWakers = 400, kMostNeeds = 2'000;

}  // namespace

void EvidenceWriter::FindWakers(const Graph& graph, std::chrono::nanoseconds end) {
  if (!graph_) return;
  std::vector<Address> owners;
  std::vector<int32_t> thing_of_owner;
  const size_t things = evidence_.things.size();
  for (size_t i = 0; i < things && owners.size() < kMostOwners; i++) {
    const Evidence::Thing& thing = evidence_.things[i];
    if (node_of_thing_[i] < 0) continue;
    const HolderNode& node = graph_->nodes()[static_cast<size_t>(node_of_thing_[i])];
    const bool is_native = (thing.marks & EvidenceMark::kNative) != 0;
    const bool is_named = (thing.marks & EvidenceMark::kNamed) != 0;
    if (thing.kind == EvidenceKind::kObject && is_named && !is_native) {
      owners.push_back(node.address);
      thing_of_owner.push_back(static_cast<int32_t>(i));
    }
    if (node.kind != HolderNodeKind::kPromise || node.depth == 0) continue;
    // Whoever settles it runs the handler that the way leads through.
    const uint32_t promise = graph.FindPromise(node.address);
    if (promise == kNone || graph.promise(promise).kind() != SourceKind::kActivation) continue;
    FoundWaker found;
    found.activation = graph.promise(promise).index();
    found.via = WakerVia::kCallback;
    AddWaker(graph, static_cast<int32_t>(i), found);
  }
  WakerFinder finder(env_, graph, *graph_);
  for (const FoundWaker& found : finder.Find(owners, end)) {
    AddWaker(graph, thing_of_owner[found.owner], found);
  }
  // What holds the functions themselves needs no owner.
  for (size_t i = 0; i < things; i++) {
    if (evidence_.things[i].kind != EvidenceKind::kActivation) continue;
    const HolderNode& node = graph_->nodes()[static_cast<size_t>(node_of_thing_[i])];
    const uint32_t index = graph.FindActivation(node.address);
    if (index != kNone) AddNeeds(graph, static_cast<int32_t>(i), index);
  }
}

int32_t EvidenceWriter::ThingOfActivation(const Activation& activation) {
  const int32_t node = graph_->Find(activation.address);
  if (node >= 0) return ThingOf(node);
  const auto [at, is_new] = thing_of_activation_.try_emplace(
      activation.address, static_cast<int32_t>(evidence_.things.size()));
  if (!is_new) return at->second;
  Evidence::Thing thing;
  thing.kind = EvidenceKind::kActivation;
  thing.site = static_cast<int32_t>(sites_->ForActivation(activation.address));
  evidence_.things.push_back(std::move(thing));
  node_of_thing_.push_back(-1);
  objects_.emplace_back();
  return at->second;
}

void EvidenceWriter::AddWaker(const Graph& graph, int32_t owner, const FoundWaker& found) {
  if (evidence_.wakers.size() >= kMostWakers) return;
  Isolate* isolate = env_.isolate();
  const Activation& activation = graph.activation(found.activation);
  Evidence::Waker waker;
  waker.owner = owner;
  waker.holder = ThingOfActivation(activation);
  if (waker.holder < 0) return;
  waker.via = found.via;
  waker.count = found.count;
  waker.members = found.members;
  waker.is_alone = found.is_alone || found.via == WakerVia::kCallback;
  if (found.held != kNoAddress) {
    Question question;
    question.edge = evidence_.wakers.size();
    question.of_waker = true;
    question.holder = ToLocal<Object>(isolate, activation.address);
    question.held = ToScriptValue(isolate, found.held);
    if (found.function != kNoAddress) {
      question.function = ToLocal<Object>(isolate, found.function);
      ReadKey(env_.layout(), found.variable, &question.variable);
    }
    questions_.push_back(std::move(question));
  }
  evidence_.wakers.push_back(std::move(waker));
  AddNeeds(graph, evidence_.wakers.back().holder, found.activation);
}

// What a suspended function waits for in the end, through all that it awaits.
void EvidenceWriter::AddNeeds(const Graph& graph, int32_t holder, uint32_t index) {
  constexpr size_t kMostSteps = 500, kMostLeaves = 20;
  if (!has_needs_.try_emplace(holder, true).second) return;
  struct Step {
    uint32_t promise;
    Address waiter;
    bool is_race;
  };
  const Activation& first = graph.activation(index);
  if (first.awaits == kNone) return;
  std::vector<Step> todo = {{first.awaits, first.address, false}};
  size_t leaves = 0;
  for (size_t i = 0; i < todo.size() && i < kMostSteps && leaves < kMostLeaves; i++) {
    if (evidence_.needs.size() >= kMostNeeds) return;
    Step step = todo[i];
    const PromiseRecord& promise = graph.promise(step.promise);
    if (promise.kind() == SourceKind::kUnknown) {
      leaves++;
      Evidence::Need need;
      need.holder = holder;
      need.is_race = step.is_race;
      need.leaf = LeafThing(graph, promise.address, step.waiter, &need.is_like);
      evidence_.needs.push_back(need);
      continue;
    }
    if (promise.kind() == SourceKind::kActivation) {
      step.waiter = graph.activation(promise.index()).address;
    } else if (promise.kind() == SourceKind::kCombinator) {
      const CombinatorKind kind = graph.combinators()[promise.index()].kind;
      step.is_race =
          step.is_race || (kind != CombinatorKind::kAll && kind != CombinatorKind::kAllSettled);
    }
    graph.ForEachInput(promise, [&](uint32_t input) {
      const bool is_known = std::any_of(
          todo.begin(), todo.end(), [input](const Step& known) { return known.promise == input; });
      if (!is_known && todo.size() < kMostSteps) {
        todo.push_back({input, step.waiter, step.is_race});
      }
    });
  }
}

// The promise itself, or that of another task whose function stands at the same place. -1: neither.
int32_t EvidenceWriter::LeafThing(const Graph& graph, Address promise, Address waiter,
                                  bool* is_like) {
  const int32_t node = graph_->Find(promise);
  if (node >= 0 && thing_of_node_[static_cast<size_t>(node)] >= 0) {
    return thing_of_node_[static_cast<size_t>(node)];
  }
  const auto site_of = [&graph](Address activation) {
    const uint32_t index = activation == kNoAddress ? kNone : graph.FindActivation(activation);
    return index == kNone ? kNone : graph.activation(index).site;
  };
  const uint32_t site = site_of(waiter);
  for (size_t i = 0; site != kNone && i < evidence_.leaves.size(); i++) {
    if (site_of(leaves_[i].waiter) != site) continue;
    *is_like = true;
    return evidence_.leaves[i].thing;
  }
  return -1;
}

void EvidenceWriter::AnswerWaker(const Question& question) {
  Isolate* isolate = env_.isolate();
  HandleScope scope(isolate);
  Evidence::Waker& waker = evidence_.wakers[question.edge];
  if (!question.function.IsEmpty() && question.function->IsFunction()) {
    const std::string name = question.variable.empty() ? "this" : question.variable;
    waker.is_used = MentionsName(env_, question.function.As<v8::Function>(), name, &text_left_);
  }
  waker.name = VariableOf(question.holder, question.held);
}

}  // namespace asynctb
