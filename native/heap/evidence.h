// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

// What the ends of stacks wait for, as plain data: from each promise up to what holds its
// functions, with names, classes, places and some fields. Conclusions are drawn elsewhere.
#pragma once

#include <v8.h>

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "base/added_rules.h"
#include "base/capture.h"
#include "heap/holder_graph.h"
#include "heap/leaf_places.h"
#include "heap/task_ids.h"
#include "heap/task_samples.h"
#include "heap/wakers.h"
#include "sites/activation.h"

namespace asynctb {

class EvidenceWriter {
 public:
  EvidenceWriter(const EnvData& env, SiteTable* sites) : env_(env), sites_(sites) {}

  // SAFETY: nothing may have been allocated since the walk that met the candidates.
  void Find(const HolderGraph::Candidates& candidates, const std::vector<LeafPlace>& leaves,
            const HolderLimits& limits, const std::vector<Address>& ignored = {});
  // Who could wake who waits, as far as the graph knows, until that time of this thread. SAFETY: as
  // above; between both, too.
  void FindWakers(const Graph& graph, std::chrono::nanoseconds end);
  // Of which tasks the suspended functions are part that were met by then. SAFETY: as above.
  void FindTasks(const Graph& graph, const TaskSamples& tasks, const TaskIds& ids);

  // Once the sites are described. Allocates, but runs nothing of the program.
  Evidence Describe();

 private:
  static constexpr size_t kLongestKey = 60, kMostFields = 20'000;

  // How something is called by what holds it, as far as that is known on the way up.
  struct Name {
    EvidenceLink link = EvidenceLink::kSome;
    std::string text;
    int32_t index = -1;
    bool rejects = false;
    Address store = kNoAddress;  // names come with the object whose store it is
    int store_index = 0;
    Address scope = kNoAddress;  // that has the variable
    bool known() const { return link != EvidenceLink::kSome; }
  };
  // Of an edge that needs more than addresses: what the holder's text or variables say.
  struct Question {
    size_t edge = 0;  // or the waker
    bool of_waker = false;
    v8::Local<v8::Object> holder;  // a function, or a suspended activation
    v8::Local<v8::Value> held;
    // Of a waker: the function that has the owner in its scope, and under which name.
    v8::Local<v8::Object> function;
    std::string variable;
  };

  // Of what holds a thing; below 0: it was not looked for.
  struct Edges {
    int32_t begin = -1, end = -1;
  };

  void ClimbFrom(int32_t start);
  Edges& EdgesOf(size_t thing);
  void AddThing(int32_t node);
  int32_t ThingOfActivation(const Activation& activation);
  void AddWaker(const Graph& graph, int32_t owner, const FoundWaker& found);
  void AddNeeds(const Graph& graph, int32_t holder, uint32_t activation);
  int32_t LeafThing(const Graph& graph, Address promise, Address waiter, bool* is_like);
  int32_t ThingOf(int32_t node);
  void Climb(int32_t held, int32_t node, const Name& name, int depth);
  void ClimbBy(int32_t held, int32_t node, const HolderEdge& edge, Name name, int depth);
  void AddEdge(int32_t held, int32_t holder, const Name& name, int32_t node);
  void NameInObject(Address object, int offset, Name* name) const;
  bool IsOwnScope(Address activation, Address scope) const;
  bool IsLeftover(const HolderNode& node) const;
  bool IsWanted(const std::string& prefix, const std::string& name) const;
  void ReadFields(Address object, Evidence::Thing* thing, const std::string& prefix);
  void ReadUrl(Address url, const std::string& prefix);
  Address FirstOf(Address list) const;
  void FindWaitAsync(const std::vector<LeafPlace>& leaves);
  void AddWaitAsync(int32_t leaf);
  // Objects that say what a client was asked for.
  enum class CallKind : uint8_t { kNone, kRedis, kMongo };
  CallKind CallKindOf(Address object);
  void ReadCalls(const LeafPlace& leaf, int32_t thing);
  bool ReadCall(Address object);
  bool ReadMongoCommand(Address command);
  bool AddCallText(const char* name, Address value);
  void ReadStages(Address function);
  bool IsStage(Address stage) const;
  void ReadStage(Address stage, const std::string& prefix);
  void AddField(const std::string& name, Address value);
  void AnswerVariable(const Question& question);
  void AnswerActivation(const Question& question);
  void AnswerWaker(const Question& question);
  std::string VariableOf(v8::Local<v8::Object> activation, v8::Local<v8::Value> held) const;

  const EnvData& env_;
  SiteTable* sites_;
  std::optional<HolderGraph> graph_;
  // The fields that rules of others need.
  const std::shared_ptr<const AddedRules::Snapshot> added_ = AddedRules::Get().Now();
  bool is_complete_ = false;
  Evidence evidence_;
  std::vector<int32_t> thing_of_node_, node_of_thing_;
  std::vector<v8::Local<v8::Object>> objects_;  // of each thing, as far as it is one with a class
  std::vector<Question> questions_;
  // Fields that say what an object's class, or a function, is called.
  std::vector<std::pair<size_t, v8::Local<v8::Object>>> names_of_fields_;
  std::vector<Edges> edges_of_thing_;
  std::unordered_map<Address, CallKind> call_kinds_;  // by Map
  size_t call_looks_ = 0;
  int32_t wait_async_ = -1;  // the thing that stands for `Atomics.waitAsync`
  size_t most_of_leaf_ = 0;  // so many things above a promise are looked at
  std::vector<LeafPlace> leaves_;
  std::unordered_map<Address, int32_t> thing_of_activation_;  // of those that are no nodes
  std::unordered_map<int32_t, bool> has_needs_;               // by thing
  std::vector<std::pair<int32_t, int32_t>> edges_of_held_;    // holder and link, of the current one
  size_t text_left_ = 0;
  int functions_of_held_ = 0;
};

// The evidence of single promises, in a walk of its own; a leaf's group is the promise's index.
// Empty where it cannot be had. `ignored`: objects that are no part of what is looked at. Allocates
// at the end.
Evidence FindEvidence(const EnvData& env, const std::vector<v8::Local<v8::Value>>& promises,
                      const std::vector<v8::Local<v8::Value>>& ignored, std::vector<Site>* sites);

}  // namespace asynctb
