// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

// Modules that wait for their imports, in the graph: each is a frame, and since there may be no
// promise of its evaluation, a record of its own that stands for one.

#include <unordered_map>

#include "heap/graph.h"
#include "heap/modules.h"

namespace asynctb {

class ModuleConnector {
 public:
  ModuleConnector(const EnvData& env, Graph* graph, std::vector<Graph::Input>* inputs)
      : layout_(env.layout()), graph_(graph), inputs_(inputs) {}

  // `done` settles when the module's body has come to its end.
  void AddEnd(Address module, uint32_t done) {
    if (!HasType(module, layout_.module_type)) return;
    AddEvaluation(module, done);
    AddParents(module, done);
  }

  void Finish() {
    for (const Address module : order_) Connect(module, waiting_[module]);
  }

 private:
  struct Awaited {
    Address module;
    uint32_t promise;
  };
  struct Waiting {
    uint32_t record = kNone;
    std::vector<Awaited> imports;
  };

  // The evaluation promise of a module that was evaluated by itself ends with it.
  void AddEvaluation(Address module, uint32_t source) {
    const Address promise = EvaluationPromise(layout_, module);
    const uint32_t target = promise == kNoAddress ? kNone : graph_->FindPromise(promise);
    if (target == kNone || target == source) return;
    inputs_->push_back({target, source, CombinatorKind::kModules, -1, 0});
  }

  // Without recursion: imports are as deep as the program makes them. Each module is entered once.
  void AddParents(Address first, uint32_t done) {
    std::vector<Awaited> todo = {{first, done}};
    while (!todo.empty()) {
      const Awaited next = todo.back();
      todo.pop_back();
      ForEachParent(layout_, next.module, [&](Address parent) {
        Waiting& waiting = waiting_[parent];
        const bool is_new = waiting.record == kNone;
        if (is_new) waiting.record = NewRecord(parent);
        if (waiting.record == kNone) return;
        waiting.imports.push_back(next);
        if (!is_new) return;
        order_.push_back(parent);
        AddEvaluation(parent, waiting.record);
        todo.push_back({parent, waiting.record});
      });
    }
  }

  uint32_t NewRecord(Address module) {
    const size_t index = graph_->promises_.size();
    PromiseRecord record;
    record.address = module;
    if (index >= kMostPromises || !graph_->promises_.push_back(record)) return kNone;
    graph_->module_records_++;
    return static_cast<uint32_t>(index);
  }

  void SetFrame(uint32_t record, const ModuleStep& step, uint32_t next) {
    graph_->promises_[record].set_source(SourceKind::kCallback,
                                         static_cast<uint32_t>(graph_->callbacks_.size()));
    graph_->callbacks_.push_back({next, step.module, FrameKind::kModule, step.request});
  }

  void Connect(Address module, const Waiting& waiting) {
    const Awaited& first = waiting.imports.front();
    std::vector<ModuleStep> path = ImportPath(layout_, module, first.module);
    if (waiting.imports.size() > 1) {
      // Of several imports, the place is that of the first one in the text.
      for (const Awaited& each : waiting.imports) {
        std::vector<ModuleStep> other = ImportPath(layout_, module, each.module);
        if (other.front().request < path.front().request) path = std::move(other);
      }
      const uint32_t all = NewRecord(module);
      if (all == kNone) return;
      Combinator combinator;
      combinator.kind = CombinatorKind::kModules;
      combinator.begin = static_cast<uint32_t>(graph_->inputs_.size());
      combinator.count = static_cast<uint32_t>(waiting.imports.size());
      for (const Awaited& each : waiting.imports) graph_->inputs_.push_back({each.promise, -1});
      graph_->promises_[all].set_source(SourceKind::kCombinator,
                                        static_cast<uint32_t>(graph_->combinators_.size()));
      graph_->combinators_.push_back(combinator);
      SetFrame(waiting.record, path.front(), all);
      return;
    }
    uint32_t record = waiting.record;
    for (size_t i = 0; i < path.size(); i++) {
      const bool is_last = i + 1 == path.size();
      const uint32_t next = is_last ? first.promise : NewRecord(path[i + 1].module);
      if (next == kNone) return;
      SetFrame(record, path[i], next);
      record = next;
    }
  }

  const Layout& layout_;
  Graph* graph_;
  std::vector<Graph::Input>* inputs_;
  std::unordered_map<Address, Waiting> waiting_;
  std::vector<Address> order_;
};

void Graph::ConnectModules(const EnvData& env, std::vector<Input>* inputs) {
  ModuleConnector connector(env, this, inputs);
  for (const Edge& edge : edges_) {
    if (edge.kind == EdgeKind::kModule) connector.AddEnd(edge.target, edge.from);
  }
  connector.Finish();
}

}  // namespace asynctb
