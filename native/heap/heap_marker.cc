// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "heap/heap_marker.h"

#include <algorithm>

#include "v8/handle_address.h"
#include "v8/v8_internals.h"

namespace asynctb {

namespace {

// A marking takes about three times as long as the walk before it.
constexpr int kMostWalks = 10;
constexpr std::chrono::milliseconds kAtLeast{100};

}  // namespace

HeapMarker::HeapMarker(const EnvData& env, Graph* graph, const OwnHandles& own)
    : env_(env), layout_(env.layout()), graph_(graph), own_(own), resolvers_(env) {}

void HeapMarker::Begin() {
  began_ = Now();
  undefined_ = ToAddress(v8::Undefined(env_.isolate()));
  for (const uint16_t type : layout_.stores.object_types) plain_.set(type);
  for (const uint16_t type : layout_.stores.store_types) {
    plain_.set(type);
    stores_.set(type);
  }
}

// A scope is one of several types, and all of them are the scope of some function.
void HeapMarker::NoteScope(Address function) {
  const Address scope = ReadWord(function, layout_.function_context);
  if (!IsHeapObject(scope)) return;
  const uint16_t type = InstanceType(scope);
  if (type != layout_.stores.native_context_type) scopes_.set(type);
}

void HeapMarker::End() {
  // The context of a realm is the scope of functions too, but V8's own.
  plain_ |= scopes_;
  const std::chrono::nanoseconds now = Now();
  deadline_ = now + std::max<std::chrono::nanoseconds>(kAtLeast, kMostWalks * (now - began_));
  reason_ = CollectRoots(env_.isolate(), own_, &roots_);
  if (!reason_.empty()) return;
  for (size_t i = 0; i < roots_.size(); i++) {
    const Address root = roots_[i];
    if (marks_.IsStart(root)) Reach(root, true);
  }
  do {
    Drain();
  } while (reason_.empty() && FollowGraph());
}

// `may_settle`: it is reached from something else than what JavaScript has put there.
void HeapMarker::Reach(Address object, bool may_settle) {
  const uint16_t type = InstanceType(object);
  if (IsActivation(type)) {
    ReachActivation(object, may_settle);
    return;
  }
  if (may_settle) {
    if (type == layout_.promise_type) {
      if (IsPending(object)) Settle(object);
    } else if (stores_[type]) {
      Inherit(object);
    }
  }
  if (marks_.Mark(object)) work_.push_back(object);
}

void HeapMarker::ReachActivation(Address object, bool may_resume) {
  const uint32_t index = graph_->FindActivation(object);
  bool waits = false;
  if (index != kNone && !may_resume) {
    const Activation& activation = graph_->activations()[index];
    waits = activation.state == ActivationState::kSuspended && activation.awaits != kNone &&
            !settleable_.Contains(graph_->promises()[activation.awaits].address);
  }
  if (!waits) Expand(object);
  if (marks_.Mark(object)) work_.push_back(object);
}

void HeapMarker::Settle(Address promise) {
  if (!settleable_.Insert(promise)) return;
  marks_.Mark(promise);
  work_.push_back(promise);
}

void HeapMarker::Expand(Address activation) {
  if (!expanded_.Insert(activation)) return;
  marks_.Mark(activation);
  work_.push_back(activation);
}

void HeapMarker::Inherit(Address store) {
  if (inherits_.Insert(store) && marks_.IsMarked(store)) work_.push_back(store);
}

void HeapMarker::Drain() {
  constexpr size_t kStep = 4096;
  for (size_t count = 1; !work_.empty() && reason_.empty(); count++) {
    const Address object = work_.back();
    work_.pop_back();
    Trace(object);
    if (count % kStep == 0 && Now() > deadline_) {
      reason_ = "the heap took too long to be marked";
    }
  }
}

int HeapMarker::SizeOf(Address object, uint16_t type) {
  const int fixed = asynctb::SizeOf(layout_, object);
  if (fixed > 0) return fixed;
  // As V8 reads an object: through one word that is its address. The words behind are for a V8 that
  // reads the object here.
  const Address self[16] = {object};
  const int size = GetV8Internals().size_from_map(self, MapOf(object));
  const bool is_known = type == layout_.register_file_type;
  if (size <= 0 || size % 8 != 0 || (is_known && size != 16 + 8 * ReadLength(object))) {
    reason_ = "V8's HeapObject::SizeFromMap gives sizes that cannot be";
    return 0;
  }
  return size;
}

void HeapMarker::Trace(Address object) {
  const uint16_t type = InstanceType(object);
  if (type < v8::internal::Internals::kFirstNonstringType) return;
  const int size = SizeOf(object, type);
  if (type == layout_.promise_type && IsPending(object)) {
    TracePromise(object, size);
  } else if (IsActivation(type)) {
    TraceActivation(object, type, size);
  } else if (type == layout_.function_type) {
    TraceFunction(object, size);
  } else {
    const bool may_inherit = stores_[type] || scopes_[type];
    TraceWords(object, 0, size, !plain_[type] || (may_inherit && inherits_.Contains(object)));
  }
}

void HeapMarker::TraceWords(Address object, int from, int to, bool may_settle) {
  for (int offset = from; offset < to; offset += 8) {
    const Address word = ReadWord(object, offset);
    if (IsHeapObject(word) && marks_.IsStart(word)) Reach(word, may_settle);
  }
}

// What waits for it is reached only if it may be settled; its properties, such as a `resolve` that
// was put there, in any case.
void HeapMarker::TracePromise(Address promise, int size) {
  TraceWords(promise, 0, layout_.promise_reactions, false);
  if (settleable_.Contains(promise)) {
    TraceWords(promise, layout_.promise_reactions, layout_.promise_reactions + 8, true);
  }
  TraceWords(promise, layout_.promise_reactions + 8, size, false);
}

void HeapMarker::TraceActivation(Address activation, uint16_t type, int size) {
  // Its map, properties and elements, which the program can get at where it has the object.
  constexpr int kFirstOwn = 24;
  TraceWords(activation, 0, kFirstOwn, false);
  if (!expanded_.Contains(activation)) {
    constexpr int kQueueAndFlag = 16;
    const int own = layout_.async_generator_queue + kQueueAndFlag;
    if (type == layout_.async_generator_type) TraceWords(activation, own, size, false);
    return;
  }
  const int promise = type == layout_.async_function_type ? layout_.async_function_promise : size;
  TraceWords(activation, kFirstOwn, promise, false);
  if (promise < size) TraceWords(activation, promise, size, true);
}

void HeapMarker::TraceFunction(Address function, int size) {
  const Address promise = resolvers_.PromiseOf(function);
  if (promise != kNoAddress && IsHeapObject(promise) && marks_.IsStart(promise) &&
      InstanceType(promise) == layout_.promise_type && IsPending(promise)) {
    Settle(promise);
  }
  // V8's own functions settle what is in their scope.
  const Address shared = ReadWord(function, layout_.function_shared);
  const Address scope = ReadWord(function, layout_.function_context);
  if (ReadWord(shared, layout_.shared_script) == undefined_ && IsHeapObject(scope) &&
      marks_.IsStart(scope)) {
    Inherit(scope);
  }
  TraceWords(function, 0, size, false);
}

bool HeapMarker::FollowGraph() {
  const size_t before = work_.size();
  for (const Activation& activation : graph_->activations()) {
    if (activation.state != ActivationState::kSuspended || activation.awaits == kNone ||
        activation.type == ActivationType::kGenerator) {
      continue;
    }
    if (settleable_.Contains(graph_->promises()[activation.awaits].address)) {
      Expand(activation.address);
    }
  }
  for (const PromiseRecord& promise : graph_->promises()) {
    if (!HasType(promise.address, layout_.promise_type) || settleable_.Contains(promise.address)) {
      continue;
    }
    graph_->ForEachInput(promise, [&](uint32_t input) {
      const Address from = graph_->promises()[input].address;
      // A record that is no promise stands for a module, of which not enough is known.
      if (!HasType(from, layout_.promise_type) || settleable_.Contains(from)) {
        Settle(promise.address);
      }
    });
  }
  return work_.size() > before;
}

}  // namespace asynctb
