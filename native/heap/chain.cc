// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "heap/chain.h"

#include <algorithm>

#include "layout/running_frames.h"
#include "v8/handle_address.h"

namespace asynctb {

using v8::Isolate;
using v8::Local;
using v8::Object;
using v8::Value;

namespace {

// PromiseRecord::node of promises on the path that is being followed.
constexpr int32_t kOnPath = -2;
constexpr int32_t kOffPath = -1;

// Of a suspended activation that waits for no promise.
ChainEnd EndOf(const Graph& graph, const Activation& activation) {
  const bool may_go_on = activation.queued || !graph.knows_jobs();
  return may_go_on ? ChainEnd::kReady : ChainEnd::kCollected;
}

}  // namespace

Local<Value> ChainBuilder::Handle(Address address) const {
  return ToScriptValue(env_.isolate(), address);
}

ChainEntry MakeActivationEntry(const EnvData& env, SiteTable* sites, Address generator) {
  const Layout& layout = env.layout();
  Isolate* isolate = env.isolate();
  ChainEntry entry;
  entry.site = static_cast<int32_t>(sites->ForActivation(generator));
  entry.function = ToScriptValue(isolate, ReadWord(generator, layout.generator_function));
  entry.receiver = ToScriptValue(isolate, ReadWord(generator, layout.generator_receiver));
  entry.activation = ToLocal<Object>(isolate, generator);
  // Scripts can hold a generator object, but not that of an async function.
  entry.origin = InstanceType(generator) == layout.async_function_type
                     ? ToScriptValue(isolate, ReadWord(generator, layout.async_function_promise))
                     : entry.activation.As<Value>();
  return entry;
}

bool ChainBuilder::PastLimit(Chain* chain) {
  if (frames_ < max_frames_) {
    frames_++;
    return false;
  }
  chain->end = ChainEnd::kTruncated;
  return true;
}

void ChainBuilder::AddGenerator(Local<Object> generator) {
  const Layout& layout = env_.layout();
  chains_.emplace_back();
  frames_ = 0;
  Chain chain;
  for (Local<Object> current = generator; !current.IsEmpty();) {
    const Address address = ToAddress(current);
    const uint16_t type = InstanceType(address);
    if (type != layout.generator_type && type != layout.async_generator_type) {
      chain.end = ChainEnd::kLeaf;
      chain.leaf = current;
      break;
    }
    const Address word = ReadWord(address, layout.generator_continuation);
    const int continuation = IsSmi(word) ? SmiValue(word) : kGeneratorClosed;
    if (continuation == kGeneratorClosed) break;
    if (PastLimit(&chain)) break;
    chain.entries.push_back(EntryOf(address));
    if (continuation == kGeneratorExecuting) {
      chain.end = ChainEnd::kRunning;
      break;
    }
    if (continuation == 0) break;  // not started
    const size_t site = static_cast<size_t>(chain.entries.back().site);
    current = sites_->At(site).delegates ? DelegateOf(current) : Local<Object>();
  }
  chains_.back() = std::move(chain);
}

Local<Object> ChainBuilder::DelegateOf(Local<Object> generator) const {
  if (!env_.Can("delegates")) return Local<Object>();
  const Layout& layout = env_.layout();
  const Address address = ToAddress(generator);
  const Address registers = ReadWord(address, layout.generator_registers);
  if (!HasType(registers, layout.register_file_type)) return Local<Object>();
  // The delegate stands at a known distance from its cached `next`. Of several such pairs the
  // innermost, allocated last, is it: outer ones belong to constructs around the delegation. What
  // ended earlier in the same registers may be left over, and is closed.
  const int length = ReadLength(registers);
  Local<Object> other;
  for (int i = length - 1; i >= 0; i--) {
    const int next = i + layout.delegate_next;
    if (next < 0 || next >= length) continue;
    if (!HasType(ReadWord(registers, 16 + 8 * next), layout.function_type)) continue;
    Address iterator = ReadWord(registers, 16 + 8 * i);
    if (!IsHeapObject(iterator) || iterator == address) continue;
    if (InstanceType(iterator) == layout.async_from_sync_type) {
      iterator = ReadWord(iterator, layout.async_from_sync_iterator);
      if (!IsHeapObject(iterator)) continue;
    }
    const uint16_t type = InstanceType(iterator);
    if (type == layout.generator_type || type == layout.async_generator_type) {
      const Address word = ReadWord(iterator, layout.generator_continuation);
      if (IsSmi(word) && SmiValue(word) == kGeneratorClosed) continue;
      return ToLocal<Object>(env_.isolate(), iterator);
    }
    if (type == layout.function_type || !other.IsEmpty()) continue;
    Local<Value> value = ToScriptValue(env_.isolate(), iterator);
    if (value->IsObject()) other = value.As<Object>();
  }
  return other;
}

void ChainBuilder::AddFromGraph(Graph* graph, Address target) {
  const uint32_t root = static_cast<uint32_t>(chains_.size());
  chains_.emplace_back();
  frames_ = 0;
  const uint32_t promise = graph->FindPromise(target);
  if (promise != kNone) {
    steps_.push_back({Step::kEnter, promise, root, 0});
  } else {
    const uint32_t index = graph->FindActivation(target);
    if (index == kNone) return;
    const Activation& activation = graph->activations()[index];
    Chain& chain = chains_[root];
    if (activation.state != ActivationState::kClosed && !PastLimit(&chain)) {
      chain.entries.push_back(EntryOf(activation.address));
    }
    if (activation.awaits != kNone) {
      steps_.push_back({Step::kEnter, activation.awaits, root, 0});
    } else if (activation.state == ActivationState::kExecuting) {
      chain.end = ChainEnd::kRunning;
    } else if (activation.state == ActivationState::kSuspended) {
      chain.end = EndOf(*graph, activation);
    }
  }
  while (!steps_.empty()) {
    const Step step = steps_.back();
    steps_.pop_back();
    if (step.action == Step::kLeave) {
      Unmark(graph, step.marks);
    } else {
      Follow(graph, step.promise, step.chain);
    }
  }
}

void ChainBuilder::AddResolvers(const RecordArray<Resolver>& resolvers) {
  if (resolvers.empty()) return;
  using Functions = std::vector<Local<Value>>;
  std::vector<std::pair<Address, Functions*>> ends;
  for (Chain& chain : chains_) {
    if (chain.end == ChainEnd::kLeaf && chain.leaf->IsPromise()) {
      ends.push_back({ToAddress(chain.leaf), &chain.resolvers});
    }
    for (Chain::Passed& passed : chain.passed) {
      ends.push_back({ToAddress(passed.promise), &passed.resolvers});
    }
  }
  std::sort(ends.begin(), ends.end());
  // A promise that was resolved with a thenable gets two more each time.
  constexpr size_t kMostOfOne = 8;
  for (const Resolver& resolver : resolvers) {
    auto at =
        std::lower_bound(ends.begin(), ends.end(), resolver.promise,
                         [](const auto& end, Address promise) { return end.first < promise; });
    for (; at != ends.end() && at->first == resolver.promise; ++at) {
      if (at->second->size() < kMostOfOne) at->second->push_back(Handle(resolver.function));
    }
  }
}

void ChainBuilder::FindRunning() {
  for (Chain& chain : chains_) {
    if (chain.end != ChainEnd::kRunning || chain.entries.empty()) continue;
    const ChainEntry& entry = chain.entries.back();
    if (!entry.function->IsFunction()) continue;
    const std::vector<RunningFrame> frames = FindRunningFrames(ToAddress(entry.function));
    chain.activations = static_cast<int32_t>(frames.size());
    for (size_t i = 0; i < frames.size(); i++) {
      if (frames[i].Holds(ToAddress(entry.activation))) {
        chain.activation_index = static_cast<int32_t>(i);
        break;
      }
    }
  }
}

void ChainBuilder::Unmark(Graph* graph, size_t down_to) {
  while (marks_.size() > down_to) {
    graph->promises()[marks_.back()].node = kOffPath;
    marks_.pop_back();
  }
}

// The promise that the chain has got to.
void ChainBuilder::Pass(Chain* chain) {
  constexpr size_t kMostPassed = 32;
  if (chain->passed.size() < kMostPassed) {
    chain->passed.push_back({chain->entries.size(), chain->leaf, {}});
  }
}

// Follows one chain to its end; a combinator's branches become steps of their own.
void ChainBuilder::Follow(Graph* graph, uint32_t promise, uint32_t chain_index) {
  const size_t marks = marks_.size();
  uint32_t awaited = kNone;  // by the last entry, which is an activation
  for (;;) {
    Chain& chain = chains_[chain_index];
    PromiseRecord& record = graph->promises()[promise];
    chain.leaf = Handle(record.address);
    if (record.node == kOnPath) {
      chain.end = ChainEnd::kCycle;
      break;
    }
    record.node = kOnPath;
    marks_.push_back(promise);

    if (record.kind() == SourceKind::kUnknown) {
      chain.end = ChainEnd::kLeaf;
      break;
    }
    if (record.kind() == SourceKind::kPromise) {
      Pass(&chain);
      promise = record.index();
      continue;
    }
    if (record.kind() == SourceKind::kHandedOn) {
      Pass(&chain);
      if (promise == awaited && graph->MayBeRaceOfOne(record)) {
        ChainEntry entry;
        entry.combinator = CombinatorKind::kRace;
        entry.total = kPerhapsRace;
        entry.origin = chain.leaf;
        chain.entries.push_back(std::move(entry));
      }
      promise = record.index();
      continue;
    }
    if (record.kind() == SourceKind::kCallback || record.kind() == SourceKind::kNewest) {
      Pass(&chain);  // `then(callback, reject)`: the other one settles it
      const Callback callback = graph->CallbackOf(record);
      const bool is_wasm = callback.kind == FrameKind::kWasm;
      const bool is_module = callback.kind == FrameKind::kModule;
      const std::vector<uint32_t> sites =
          is_wasm     ? sites_->ForSuspendedWasm(callback.function)
          : is_module ? std::vector{sites_->ForModule(callback.function, callback.request)}
                      : std::vector{sites_->ForFunction(callback.function, callback.kind)};
      bool past = false;
      for (const uint32_t site : sites) {
        past = PastLimit(&chain);
        if (past) break;
        ChainEntry entry;
        entry.site = static_cast<int32_t>(site);
        if (!is_wasm && !is_module) entry.function = Handle(callback.function);
        if (!is_module) entry.origin = chain.leaf;
        chain.entries.push_back(std::move(entry));
      }
      if (past) break;
      promise = callback.promise;
      continue;
    }
    if (record.kind() == SourceKind::kActivation) {
      const Activation& activation = graph->activations()[record.index()];
      if (activation.state != ActivationState::kClosed) {
        if (PastLimit(&chain)) break;
        chain.entries.push_back(EntryOf(activation.address));
      }
      if (activation.awaits != kNone) {
        promise = awaited = activation.awaits;
        continue;
      }
      chain.leaf.Clear();
      chain.end = activation.state == ActivationState::kExecuting   ? ChainEnd::kRunning
                  : activation.state == ActivationState::kSuspended ? EndOf(*graph, activation)
                                                                    : ChainEnd::kNothing;
      break;
    }
    if (PastLimit(&chain)) break;
    const Combinator& combinator = graph->combinators()[record.index()];
    if (combinator.kind == CombinatorKind::kSettlers) Pass(&chain);
    ChainEntry entry;
    entry.combinator = combinator.kind;
    entry.total = combinator.total;
    entry.origin = chain.leaf;
    chain.leaf.Clear();
    chain.end = ChainEnd::kBranches;
    steps_.push_back({Step::kLeave, 0, 0, marks});
    const size_t first_step = steps_.size();
    uint32_t next_chain = static_cast<uint32_t>(chains_.size());
    uint32_t cut = kNone;
    for (uint32_t i = 0; i < combinator.count; i++) {
      const CombinatorInput& input = graph->inputs()[combinator.begin + i];
      // A branch counts like a frame: shared inputs multiply without any.
      if (frames_ >= max_frames_) {
        if (cut == kNone) cut = next_chain++;
        entry.branches.push_back({input.index, cut});
        break;
      }
      frames_++;
      entry.branches.push_back({input.index, next_chain});
      steps_.push_back({Step::kEnter, input.promise, next_chain++, 0});
    }
    std::reverse(steps_.begin() + static_cast<ptrdiff_t>(first_step), steps_.end());
    chain.entries.push_back(std::move(entry));
    chains_.resize(next_chain);  // invalidates `chain`
    if (cut != kNone) chains_[cut].end = ChainEnd::kTruncated;
    return;
  }
  Unmark(graph, marks);
}

}  // namespace asynctb
