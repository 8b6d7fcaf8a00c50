// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "heap/task_nodes.h"

#include <algorithm>

#include "heap/node_table.h"
#include "heap/then_chains.h"
#include "v8/handle_address.h"

namespace asynctb {

namespace {

constexpr int32_t kUnvisited = -1;
constexpr int32_t kInProgress = -2;
// A node of a sample stands below that, so that all other promises count as not visited yet.
constexpr int32_t kFirstOfSample = -3;

// So many frames below each other get nodes of their own: twice what is ever shown of a stack,
// so that a stack that joins the way of another one half down still shows as much.
constexpr uint32_t kDeepest = 20'000;
// No other stack joins a sample: what is shown of it, and a little more.
constexpr uint32_t kDeepestSample = 11'000;

}  // namespace

class TaskNodes::Collector {
 public:
  Collector(const EnvData& env, Graph* graph, SiteTable* sites, ThreadCapture* capture,
            const Stuck& stuck)
      : env_(env), graph_(graph), sites_(sites), capture_(capture), stuck_(stuck), nodes_(capture) {
    Begin();
  }

  void Collect(TaskSamples* tasks) {
    tasks_ = tasks;
    graph_->MarkAwaited();
    chains_ = FindThenChains(graph_);
    // Names of callbacks come up with the nodes: where there were too many, all is made again with
    // the one site that stands for them now.
    constexpr int kMostRounds = 3;
    for (int i = 0; i < kMostRounds; i++) {
      const uint32_t folded = sites_->folded_count();
      if (i > 0) Reset();
      CountTasks();
      if (folded == sites_->folded_count()) break;
    }
    for (size_t key = 0; key < counts_.size(); key++) {
      if (counts_[key] == 0) continue;
      capture_->groups.push_back({counts_[key], static_cast<int32_t>(key / 2), key % 2 != 0});
    }
    std::sort(capture_->groups.begin(), capture_->groups.end(),
              [](const TaskGroup& a, const TaskGroup& b) {
                if (a.count != b.count) return a.count > b.count;
                return a.node != b.node ? a.node < b.node : a.is_stuck < b.is_stuck;
              });
    tasks_->Choose(capture_->groups);
  }

  // Equal tasks share their nodes, and what they hold differs. So each group gets nodes that are of
  // one of its tasks alone, from the outermost frame to each leaf.
  void Sample(FrameSamples* frames) {
    frames_ = frames;
    for (Recent& recent : recent_) recent = Recent();
    frames_->first_node = capture_->nodes.size();
    frames_->first_branch = capture_->branches.size();
    for (const TaskGroup& group : capture_->groups) {
      if (frames_->is_cut) break;
      const TaskRoot root = first_[KeyOf(group.node, group.is_stuck)];
      frames_->groups.push_back(root.is_promise ? NodeOfChain(root.index) : NodeOfRoot(root.index));
    }
  }

 private:
  // An idle or not started async generator is nobody's task: it waits for its consumer. Nor is a
  // generator that nothing runs.
  static bool IsTask(const Activation& activation) {
    if (activation.state == ActivationState::kExecuting ||
        activation.state == ActivationState::kClosed) {
      return false;
    }
    if (activation.type == ActivationType::kAsyncFunction) {
      // A module that has not begun stands in the stacks of what waits for it.
      return activation.state == ActivationState::kSuspended;
    }
    if (activation.type == ActivationType::kGenerator) return activation.awaits != kNone;
    return activation.promise != kNone;
  }

  void Begin() {
    leaf_ = Intern({NodeType::kLeaf, 0, -1, 0, 0, 0}, {});
    cycle_ = Intern({NodeType::kCycle, 0, -1, 0, 0, 0}, {});
    ready_ = Intern({NodeType::kReady, 0, -1, 0, 0, 0}, {});
    cut_ = Intern({NodeType::kCut, 0, -1, 0, 0, 0}, {});
    collected_ = Intern({NodeType::kCollected, 0, -1, 0, 0, 0}, {});
    never_ = Intern({NodeType::kNever, 0, -1, 0, 0, 0}, {});
  }

  void CountTasks() {
    size_t tasks = 0;
    for (size_t i = 0; i < graph_->activations().size(); i++) {
      const Activation& activation = graph_->activations()[i];
      if (!IsTask(activation)) continue;
      tasks++;
      if (!activation.awaited) Count(static_cast<uint32_t>(i));
    }
    for (const uint32_t promise : chains_) CountNode(NodeOfChain(promise), {promise, true});
    if (reached_ < tasks) PassCuts();
    // What is left waits for itself: a ring without an outermost frame.
    for (size_t i = 0; reached_ < tasks && i < graph_->activations().size(); i++) {
      const Activation& activation = graph_->activations()[i];
      if (!IsTask(activation) || activation.reached) continue;
      Count(static_cast<uint32_t>(i));
      PassCuts();
    }
  }

  void Count(uint32_t activation) { CountNode(NodeOfRoot(activation), {activation, false}); }

  void CountNode(int32_t root, TaskRoot first) {
    capture_->task_count++;
    const bool is_stuck =
        first.is_promise ? stuck_.OfPromise(first.index) : stuck_.OfActivation(first.index);
    const size_t key = KeyOf(root, is_stuck);
    const size_t all = 2 * capture_->nodes.size();
    if (key >= counts_.size()) counts_.resize(all);
    if (key >= first_.size()) first_.resize(all);
    if (counts_[key] == 0) first_[key] = first;
    tasks_->Note(static_cast<int32_t>(key), first, counts_[key]++);
  }

  // What nothing can resume is counted apart from what waits at the same places.
  static size_t KeyOf(int32_t node, bool is_stuck) {
    return 2 * static_cast<size_t>(node) + (is_stuck ? 1 : 0);
  }

  int32_t NodeOfChain(uint32_t promise) {
    if (IsUnvisited(graph_->promises()[promise])) Visit(promise, 0);
    return NodeOf(promise);
  }

  // Nothing is known of any promise again.
  void Reset() {
    for (size_t i = 0; i < graph_->promises().size(); i++) graph_->promises()[i].node = kUnvisited;
    for (size_t i = 0; i < graph_->activations().size(); i++) {
      graph_->activations()[i].reached = false;
    }
    nodes_.Clear();
    capture_->task_count = 0;
    counts_.clear();
    tasks_->Forget();
    cuts_.clear();
    passed_.clear();
    for (Recent& recent : recent_) recent = Recent();
    reached_ = 0;
    Begin();
  }

  int32_t NodeOfRoot(uint32_t index) {
    Activation& activation = graph_->activations()[index];
    // A ring comes back to where it began: there it ends, and not one frame later.
    PromiseRecord* own = activation.awaited ? SettledBy(index) : nullptr;
    if (own != nullptr && IsUnvisited(*own)) own->node = kInProgress;
    const uint32_t awaits = activation.awaits;
    if (awaits != kNone && IsUnvisited(graph_->promises()[awaits])) Visit(awaits, 1);
    const int32_t node = NodeOfActivation(index);
    if (own != nullptr && own->node == kInProgress) SetNode(own, node);
    return node;
  }

  // The promise that an activation settles, null for none.
  PromiseRecord* SettledBy(uint32_t index) {
    const uint32_t promise = graph_->activations()[index].promise;
    if (promise == kNone) return nullptr;
    PromiseRecord& record = graph_->promises()[promise];
    return record.kind() == SourceKind::kActivation && record.index() == index ? &record : nullptr;
  }

  // For after the promise that it awaits was visited.
  int32_t NodeOfActivation(uint32_t index) {
    Activation& activation = graph_->activations()[index];
    Reach(&activation);
    int32_t next = -1;
    if (activation.awaits != kNone) {
      next = NodeOf(activation.awaits);
      if (graph_->MayBeRaceOfOne(graph_->promises()[activation.awaits])) {
        next = Intern({NodeType::kCombinator, static_cast<int32_t>(CombinatorKind::kRace), next, 0,
                       0, kPerhapsRace},
                      {});
      }
    } else if (activation.state == ActivationState::kSuspended) {
      next = activation.queued || !graph_->knows_jobs() ? ready_ : collected_;
    }
    // A closed async generator has no frame left: only what its return() waits for.
    if (activation.state == ActivationState::kClosed) return next < 0 ? leaf_ : next;
    if (activation.site == kNone) activation.site = sites_->ForActivation(activation.address);
    const int32_t node = NodeOfFrame(sites_->Folded(activation.site), next);
    AddSample(node, activation.address);
    return node;
  }

  void AddSample(int32_t node, Address object) {
    if (!IsAlone()) return;
    frames_->objects.resize(static_cast<size_t>(node) - frames_->first_node + 1);
    frames_->objects.back() = ToLocal<v8::Object>(env_.isolate(), object);
    frames_->is_cut = frames_->objects.size() >= frames_->most;
  }
  // Whether nodes are those of one task.
  bool IsAlone() const { return frames_ != nullptr && !frames_->is_cut; }

  static constexpr uint32_t kRecent = 256;
  struct Recent {
    int32_t site = 0, next = 0, node = -1;
  };

  // Many tasks in few places: the frames of late are mostly met again.
  int32_t NodeOfFrame(uint32_t place, int32_t next) {
    const auto site = static_cast<int32_t>(place);
    const Recent& recent = RecentOf(site, next);
    const bool is_known = recent.node >= 0 && recent.site == site && recent.next == next;
    return is_known ? recent.node : NewNodeOfFrame(site, next);
  }
  Recent& RecentOf(int32_t site, int32_t next) {
    return recent_[static_cast<uint32_t>(site * 31 + next) % kRecent];
  }
  [[gnu::noinline]] int32_t NewNodeOfFrame(int32_t site, int32_t next) {
    const StackNode frame = {NodeType::kFrame, site, next, 0, 0, 0};
    if (IsAlone()) return nodes_.Add(frame, {});
    RecentOf(site, next) = {site, next, Intern(frame, {})};
    return RecentOf(site, next).node;
  }

  void Reach(Activation* activation) {
    if (!activation->reached && IsTask(*activation)) reached_++;
    activation->reached = true;
  }

  int32_t NodeOf(uint32_t promise) const {
    const PromiseRecord& record = graph_->promises()[promise];
    if (record.node == kInProgress) return cycle_;
    if (IsUnvisited(record)) return cut_;
    return frames_ == nullptr ? record.node : kFirstOfSample - record.node;
  }
  bool IsUnvisited(const PromiseRecord& promise) const {
    return promise.node == kUnvisited || (frames_ != nullptr && promise.node >= 0);
  }
  void SetNode(PromiseRecord* promise, int32_t node) {
    promise->node = frames_ == nullptr ? node : kFirstOfSample - node;
  }

  // Depth first without recursion: chains are as long as the program makes them.
  void Visit(uint32_t first, uint32_t frames) {
    stack_.push_back(Step(first, frames));
    while (!stack_.empty()) {
      const Step step = stack_.back();
      PromiseRecord& promise = graph_->promises()[step.promise()];
      const bool is_unvisited = IsUnvisited(promise);
      if (!is_unvisited && promise.node != kInProgress) {
        stack_.pop_back();
        continue;
      }
      if (is_unvisited) {
        promise.node = kInProgress;
        const size_t before = stack_.size();
        const bool has_frame =
            promise.kind() != SourceKind::kPromise && promise.kind() != SourceKind::kHandedOn;
        const uint32_t below = step.frames() + (has_frame ? 1 : 0);
        graph_->ForEachInput(promise, [this, below](uint32_t input) { Push(input, below); });
        if (stack_.size() > before) continue;
      }
      SetNode(&promise, MakeNode(promise));
      stack_.pop_back();
    }
  }

  void Push(uint32_t promise, uint32_t frames) {
    if (!IsUnvisited(graph_->promises()[promise])) return;
    if (frames > (frames_ == nullptr ? kDeepest : kDeepestSample)) {
      cuts_.push_back(promise);
    } else {
      stack_.push_back(Step(promise, frames));
    }
  }

  // What lies behind the places where stacks were cut gets no nodes, but is no task of its own.
  void PassCuts() {
    if (cuts_.empty()) return;
    passed_.resize(graph_->promises().size());
    while (!cuts_.empty()) {
      const uint32_t index = cuts_.back();
      cuts_.pop_back();
      if (passed_[index]) continue;
      passed_[index] = true;
      const PromiseRecord& promise = graph_->promises()[index];
      if (promise.kind() == SourceKind::kActivation) {
        Reach(&graph_->activations()[promise.index()]);
      }
      graph_->ForEachInput(promise, [this](uint32_t input) { cuts_.push_back(input); });
    }
  }

  int32_t MakeNode(const PromiseRecord& promise) {
    switch (promise.kind()) {
      case SourceKind::kActivation:
        return NodeOfActivation(promise.index());
      case SourceKind::kPromise:
      case SourceKind::kHandedOn:
        return NodeOf(promise.index());
      case SourceKind::kCallback:
      case SourceKind::kNewest: {
        const Callback callback = graph_->CallbackOf(promise);
        int32_t node = NodeOf(callback.promise);
        if (callback.kind != FrameKind::kWasm) {
          const uint32_t site = callback.kind == FrameKind::kModule
                                    ? sites_->ForModule(callback.function, callback.request)
                                    : sites_->ForFunction(callback.function, callback.kind);
          node = NodeOfFrame(site, node);
          const bool is_function = callback.kind != FrameKind::kModule;
          if (is_function) AddSample(node, callback.function);
          return node;
        }
        const std::vector<uint32_t> sites = sites_->ForSuspendedWasm(callback.function);
        for (auto site = sites.rbegin(); site != sites.rend(); ++site) {
          node = NodeOfFrame(*site, node);
        }
        return node;
      }
      case SourceKind::kCombinator: {
        const Combinator& combinator = graph_->combinators()[promise.index()];
        branches_.clear();
        for (uint32_t i = 0; i < combinator.count; i++) {
          const CombinatorInput& input = graph_->inputs()[combinator.begin + i];
          branches_.push_back({input.index, NodeOf(input.promise)});
        }
        // Inputs without an index have no order of their own: equal sets shall be equal.
        std::sort(branches_.begin(), branches_.end(), IsBefore);
        return Intern({NodeType::kCombinator, static_cast<int32_t>(combinator.kind), -1, 0,
                       static_cast<int32_t>(branches_.size()), combinator.total},
                      branches_);
      }
      default: {
        const size_t index = static_cast<size_t>(&promise - graph_->promises().begin());
        return stuck_.OfPromise(static_cast<uint32_t>(index)) ? never_ : leaf_;
      }
    }
  }

  int32_t Intern(const StackNode& node, const std::vector<Branch>& branches) {
    return IsAlone() ? nodes_.Add(node, branches) : nodes_.Intern(node, branches);
  }

  const EnvData& env_;
  Graph* graph_;
  SiteTable* sites_;
  ThreadCapture* capture_;
  const Stuck& stuck_;
  FrameSamples* frames_ = nullptr;  // while samples are made
  TaskSamples* tasks_ = nullptr;
  Recent recent_[kRecent];
  NodeTable nodes_;
  // A promise, and how many frames are above it. One word, so that it is written and read as one:
  // where a read is wider than the writes before it, the processor waits for them.
  class Step {
   public:
    Step(uint32_t promise, uint32_t frames) : word_(uint64_t{frames} << 32 | promise) {}
    uint32_t promise() const { return static_cast<uint32_t>(word_); }
    uint32_t frames() const { return static_cast<uint32_t>(word_ >> 32); }

   private:
    uint64_t word_;
  };
  std::vector<Step> stack_;
  std::vector<uint32_t> cuts_;  // promises that are not followed
  std::vector<bool> passed_;    // by PassCuts
  std::vector<Branch> branches_;
  std::vector<int32_t> counts_;   // by key
  std::vector<TaskRoot> first_;   // by key: the first of its tasks
  std::vector<uint32_t> chains_;  // promises that are tasks
  size_t reached_ = 0;            // tasks
  int32_t leaf_ = 0, cycle_ = 0, ready_ = 0, collected_ = 0, cut_ = 0;
  int32_t never_ = 0;
};

TaskNodes::TaskNodes(const EnvData& env, Graph* graph, SiteTable* sites, ThreadCapture* capture,
                     const Stuck& stuck)
    : collector_(std::make_unique<Collector>(env, graph, sites, capture, stuck)) {
  capture->activation_count = static_cast<double>(graph->activations().size());
  capture->promise_count = static_cast<double>(graph->promise_count());
}
TaskNodes::~TaskNodes() = default;

void TaskNodes::Collect(TaskSamples* tasks) { collector_->Collect(tasks); }
void TaskNodes::Sample(FrameSamples* frames) { collector_->Sample(frames); }

}  // namespace asynctb
