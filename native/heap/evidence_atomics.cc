// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

// Promises of `Atomics.waitAsync`. What settles them is no object of the heap; V8 keeps them in a
// set of the context that they were made in.

#include <algorithm>
#include <unordered_set>

#include "heap/evidence.h"
#include "v8/handle_address.h"

namespace asynctb {

namespace {

// The context that a function was made in: the outermost of its scopes.
Address NativeContextOf(const Layout& layout, Address function) {
  if (!HasType(function, layout.function_type)) return kNoAddress;
  constexpr int kMostScopes = 200;
  Address scope = ReadWord(function, layout.function_context);
  for (int i = 0; i < kMostScopes && IsHeapObject(scope); i++) {
    if (InstanceType(scope) == layout.stores.native_context_type) return scope;
    if (layout.holders.Of(InstanceType(scope)) != HolderType::kContext) break;
    scope = ReadWord(scope, kContextPrevious);
  }
  return kNoAddress;
}

// Calls `visit(promise)` for what a set of promises has. A set with anything else is another one.
template <typename Visit>
void ForEachPromise(const Layout& layout, Address set, Visit visit) {
  constexpr int kMostWords = 400'000;
  const int length = std::min(ReadLength(set), kMostWords);
  for (int i = 0; i < length; i++) {
    const Address entry = ReadWord(set, kContextSlots + 8 * i);
    if (HasType(entry, layout.promise_type)) visit(entry);
  }
}

}  // namespace

void EvidenceWriter::FindWaitAsync(const std::vector<LeafPlace>& leaves) {
  const Layout& layout = env_.layout();
  if (!layout.holders.proven) return;
  std::unordered_set<Address> contexts, promises;
  v8::Local<v8::Context> current = env_.isolate()->GetCurrentContext();
  if (!current.IsEmpty()) contexts.insert(ToAddress(current));
  for (const LeafPlace& leaf : leaves) {
    if (leaf.waiter == kNoAddress) continue;
    contexts.insert(NativeContextOf(layout, ReadWord(leaf.waiter, layout.generator_function)));
  }
  constexpr int kMostSlots = 4'096;
  for (const Address context : contexts) {
    if (!HasType(context, layout.stores.native_context_type)) continue;
    const int length = std::min(ReadLength(context), kMostSlots);
    for (int slot = 0; slot < length; slot++) {
      const Address set = ReadWord(context, kContextSlots + 8 * slot);
      if (!HasType(set, layout.holders.set_table_type)) continue;
      ForEachPromise(layout, set, [&](Address promise) { promises.insert(promise); });
    }
  }
  for (size_t i = 0; i < evidence_.leaves.size() && i < leaves.size(); i++) {
    if (promises.count(leaves[i].promise) > 0) AddWaitAsync(evidence_.leaves[i].thing);
  }
}

// What holds such a promise, as if it were an object.
void EvidenceWriter::AddWaitAsync(int32_t leaf) {
  if (wait_async_ < 0) {
    wait_async_ = static_cast<int32_t>(evidence_.things.size());
    Evidence::Thing thing;
    thing.kind = EvidenceKind::kObject;
    thing.class_name = "Atomics.waitAsync";
    thing.marks = EvidenceMark::kNative | EvidenceMark::kNamed;
    evidence_.things.push_back(std::move(thing));
    node_of_thing_.push_back(-1);
    objects_.emplace_back();
  }
  evidence_.things[static_cast<size_t>(leaf)].marks &= ~EvidenceMark::kLoose;
  evidence_.edges.push_back({leaf, wait_async_, EvidenceLink::kSome, "", -1, false, true});
}

}  // namespace asynctb
