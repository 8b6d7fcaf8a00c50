// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "heap/reactions.h"

#include <algorithm>

#include "sites/wasm_stacks.h"
#include "v8/handle_address.h"

namespace asynctb {

namespace {

CombinatorKind KindOf(ClosureRole role) {
  switch (role) {
    case ClosureRole::kAllSettled:
      return CombinatorKind::kAllSettled;
    case ClosureRole::kAny:
      return CombinatorKind::kAny;
    case ClosureRole::kFromAsync:
      return CombinatorKind::kFromAsync;
    default:
      return CombinatorKind::kAll;
  }
}

}  // namespace

ReactionReader::ReactionReader(const EnvData& env)
    : layout_(env.layout()),
      combinators_(env.Can("combinators")),
      resolvers_(env.Can("resolvers")),
      callbacks_(env.Can("callbacks")),
      modules_(env.Can("modules")) {
  v8::Isolate* isolate = env.isolate();
  v8::HandleScope scope(isolate);
  true_value_ = ToAddress(v8::True(isolate));
  undefined_value_ = ToAddress(v8::Undefined(isolate));
  for (const ClosureSample& sample : layout_.closures) {
    builtins_.push_back(
        {ToAddress(sample.shared.Get(isolate)), sample.role, sample.slot, sample.extra_slot});
    const bool is_await = sample.role == ClosureRole::kAwait;
    if (is_await && await_.shared == kNoAddress) await_ = builtins_.back();
  }
}

const ReactionReader::Builtin* ReactionReader::FindBuiltin(Address handler, Address* payload,
                                                           Address* context) const {
  if (!IsHeapObject(handler)) return nullptr;
  const uint16_t type = InstanceType(handler);
  const bool bound = type == layout_.bound_type;
  if (type != layout_.function_type && !bound) return nullptr;
  const Address function = bound ? ReadWord(handler, layout_.bound_target) : handler;
  if (bound && !HasType(function, layout_.function_type)) return nullptr;
  const Address shared = ReadWord(function, layout_.function_shared);
  for (const Builtin& builtin : builtins_) {
    if (builtin.shared != shared) continue;
    if (bound) {
      if (builtin.role != ClosureRole::kModule) return nullptr;
      *payload = ReadWord(handler, layout_.bound_this);
      return &builtin;
    }
    *context = ReadWord(handler, layout_.function_context);
    // The slot was found in a context of this very builtin; its length is checked all the same.
    if (!IsHeapObject(*context) || builtin.slot >= 16 + 8 * ReadLength(*context)) return nullptr;
    *payload = ReadWord(*context, builtin.slot);
    return &builtin;
  }
  return nullptr;
}

Address ReactionReader::SettledBy(Address function) const {
  Address promise = kNoAddress, context = kNoAddress;
  const Builtin* builtin = FindBuiltin(function, &promise, &context);
  const bool settles = builtin != nullptr && builtin->role == ClosureRole::kResolve;
  return settles && resolvers_ && IsPromise(promise) ? promise : kNoAddress;
}

Address ReactionReader::ResumedBy(Address job) const {
  for (int offset = 8; offset < SizeOf(layout_, job); offset += 8) {
    Address generator = kNoAddress, context = kNoAddress;
    const Builtin* builtin = FindBuiltin(ReadWord(job, offset), &generator, &context);
    if (builtin != nullptr && builtin->role == ClosureRole::kAwait) return generator;
  }
  return kNoAddress;
}

Address ReactionReader::DerivedPromise(Address reaction) const {
  const Address target = ReadWord(reaction, layout_.reaction_target);
  if (IsPromise(target)) return target;
  if (HasType(target, layout_.capability_type)) {
    const Address promise = ReadWord(target, layout_.capability_promise);
    if (IsPromise(promise)) return promise;
  }
  return kNoAddress;
}

bool ReactionReader::IsProgramFunction(Address handler) const {
  if (!IsHeapObject(handler) || handler == undefined_value_) return false;
  // A bound function, a proxy or a class was made by the program too.
  return InstanceType(handler) != layout_.function_type || IsOwnFunction(handler);
}

Address ReactionReader::ResumedCall(Address handler) const {
  const Address suspender = SuspenderOf(layout_, handler);
  if (suspender == kNoAddress) return kNoAddress;
  // That it leads back to the handler shows that it is understood.
  Address promise = kNoAddress;
  bool mutual = false;
  for (int field = 8; field < SizeOf(layout_, suspender); field += 8) {
    const Address value = ReadWord(suspender, field);
    mutual = mutual || value == handler;
    if (IsPromise(value)) promise = promise == kNoAddress ? value : suspender;
  }
  return mutual && IsPromise(promise) ? promise : kNoAddress;
}

bool ReactionReader::FillCombinator(const Builtin& builtin, Address handler, Address payload,
                                    Address context, Reaction* out) const {
  Address promise = payload;
  if (HasType(payload, layout_.capability_type)) {
    promise = ReadWord(payload, layout_.capability_promise);
  }
  if (!IsPromise(promise)) return false;
  out->kind = ReactionKind::kCombinator;
  out->target = promise;
  out->combinator = KindOf(builtin.role);
  if (builtin.role == ClosureRole::kFromAsync) return true;
  // The identity hash of the element function is the input's index, counted from one.
  const Address hash = ReadWord(handler, layout_.function_hash);
  out->index = IsSmi(hash) && SmiValue(hash) > 0 ? SmiValue(hash) - 1 : -1;
  if (builtin.extra_slot > 0 && builtin.extra_slot < 16 + 8 * ReadLength(context)) {
    const Address values = ReadWord(context, builtin.extra_slot);
    if (HasType(values, layout_.register_file_type)) out->total = ReadLength(values);
  }
  return true;
}

int ReactionReader::Read(Address reaction, Reaction* found) const {
  Address fulfill = ReadWord(reaction, layout_.reaction_fulfill);
  Address reject = ReadWord(reaction, layout_.reaction_reject);
  Address payload = kNoAddress, context = kNoAddress;
  Address reject_payload = kNoAddress, reject_context = kNoAddress;
  Reaction* first = &found[0];

  // Most handlers are the program's own functions: they need not be compared with all of V8's.
  const bool has_own_fulfill = IsOwnFunction(fulfill);
  const Builtin* on_fulfill = has_own_fulfill ? nullptr : FindBuiltin(fulfill, &payload, &context);
  if (on_fulfill != nullptr && on_fulfill->role == ClosureRole::kAwait) {
    first->kind = ReactionKind::kAwait;
    first->target = payload;
    return 1;
  }
  Address handed_to = kNoAddress;
  if (on_fulfill == nullptr && fulfill != undefined_value_ && reject != undefined_value_ &&
      Unwrap(&fulfill, &reject, &handed_to)) {
    on_fulfill = FindBuiltin(fulfill, &payload, &context);
  }
  const Builtin* on_reject = FindBuiltin(reject, &reject_payload, &reject_context);
  if (on_reject != nullptr && on_reject->role == ClosureRole::kAny && combinators_) {
    return FillCombinator(*on_reject, reject, reject_payload, reject_context, first) ? 1 : 0;
  }

  if (on_fulfill != nullptr) {
    switch (on_fulfill->role) {
      case ClosureRole::kAll:
      case ClosureRole::kAllSettled:
      case ClosureRole::kFromAsync:
        return combinators_ && FillCombinator(*on_fulfill, fulfill, payload, context, first) ? 1
                                                                                             : 0;
      case ClosureRole::kResolve: {
        if (!resolvers_ || !IsPromise(payload)) return 0;
        first->kind = ReactionKind::kResolve;
        first->target = payload;
        first->by_program =
            on_fulfill->extra_slot > 0 && on_fulfill->extra_slot < 16 + 8 * ReadLength(context) &&
            ReadWord(context, on_fulfill->extra_slot) == true_value_ && !IsOfSubclass(payload);
        return 1;
      }
      case ClosureRole::kModule:
        if (!modules_) return 0;
        first->kind = ReactionKind::kModule;
        first->target = payload;
        return 1;
      case ClosureRole::kFinally:
        if (!callbacks_) return 0;
        first->kind = ReactionKind::kCallback;
        first->target = DerivedPromise(reaction);
        first->function = CallbackInside(payload, first->target);
        return first->target != kNoAddress ? 1 : 0;
      default:
        return 0;
    }
  }

  const Address resumed = has_own_fulfill ? kNoAddress : ResumedCall(fulfill);
  if (resumed != kNoAddress) {
    first->kind = ReactionKind::kCallback;
    first->wasm = true;
    first->target = resumed;
    first->function = fulfill;
    return 1;
  }
  const Address derived = DerivedPromise(reaction);
  // `then(callback)`: the callback for success if there is one, else the one for failure.
  const bool has_fulfill = has_own_fulfill || IsProgramFunction(fulfill);
  const bool has_reject = IsProgramFunction(reject);
  int count = 0;
  if (derived != kNoAddress) {
    Reaction& out = found[count++];
    out.target = derived;
    out.kind = ReactionKind::kAdopt;
    if (has_fulfill || has_reject) {
      out.kind = ReactionKind::kCallback;
      out.function = CallbackInside(has_fulfill ? fulfill : reject, derived);
    }
  }
  // `promise.then(value => resolve(…), reject)` inside of `new Promise`: the reject function tells
  // which promise depends on this one.
  if (has_fulfill && on_reject != nullptr && on_reject->role == ClosureRole::kResolve &&
      IsPromise(reject_payload)) {
    handed_to = reject_payload;
  }
  if (handed_to != kNoAddress && resolvers_) {
    found[0].is_spare =
        count > 0 && IsPending(handed_to) &&
        !HasType(ReadWord(found[0].target, layout_.promise_reactions), layout_.reaction_type);
    Reaction& out = found[count++];
    out.kind = ReactionKind::kCallback;
    out.target = handed_to;
    out.function = CallbackInside(fulfill, handed_to);
  }
  return count;
}

ResolverReader::ResolverReader(const EnvData& env) : layout_(env.layout()) {
  v8::HandleScope scope(env.isolate());
  for (const ClosureSample& sample : layout_.closures) {
    if (sample.role != ClosureRole::kResolve) continue;
    builtins_.push_back({ToAddress(sample.shared.Get(env.isolate())), sample.slot});
    debug_slot_ = std::max(debug_slot_, sample.extra_slot);
  }
}

// V8 notes it in their context, beside the promise and its flag for debuggers.
bool ResolverReader::IsSpent(Address function, Address true_value) const {
  constexpr int kFirstSlot = 32;
  const Address context = ReadWord(function, layout_.function_context);
  const int end = 16 + 8 * ReadLength(context);
  for (int offset = kFirstSlot; offset < end; offset += 8) {
    if (offset != debug_slot_ && ReadWord(context, offset) == true_value) return true;
  }
  return false;
}

Address ResolverReader::Read(Address function, int slot) const {
  constexpr int kHeader = 16;
  const Address context = ReadWord(function, layout_.function_context);
  // The slot was found in a context of this builtin; its length is checked all the same.
  const bool fits = IsHeapObject(context) && slot < kHeader + 8 * ReadLength(context);
  return fits ? ReadWord(context, slot) : kNoAddress;
}

}  // namespace asynctb
