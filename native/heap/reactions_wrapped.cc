// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

// Reactions of programs that replace Promise.prototype.then, as monitoring agents do: what V8 hands
// to `then` comes back in functions of the program's, made around it.

#include <algorithm>

#include "heap/reactions.h"

namespace asynctb {

namespace {

// The scope of a function that only wraps has a handful of variables; others are not looked into.
constexpr int kMostVariables = 64;
// In a context, behind the scope's description and the scope around it.
constexpr int kFirstVariable = 2;
// Agents on top of agents.
constexpr int kMostWrappers = 4;

}  // namespace

template <typename Visit>
void ReactionReader::ForEachFunction(Address array, int first, Visit visit) const {
  const int length = ReadLength(array);
  if (length > kMostVariables) return;
  for (int i = first; i < length; i++) {
    const Address value = ReadWord(array, 16 + 8 * i);
    if (HasType(value, layout_.function_type) || HasType(value, layout_.resources.bound_type)) {
      visit(value);
    }
  }
}

// The functions that a function of the program's was made around: its bound arguments and `this`,
// or the variables of the scope right around it that hold one.
template <typename Visit>
void ReactionReader::ForEachInside(Address handler, Visit visit) const {
  if (HasType(handler, layout_.resources.bound_type)) {
    for (int offset = 8; offset < SizeOf(layout_, handler); offset += 8) {
      const Address field = ReadWord(handler, offset);
      if (HasType(field, layout_.register_file_type)) ForEachFunction(field, 0, visit);
      const bool is_this = offset == layout_.resources.bound_this;
      if (is_this && HasType(field, layout_.function_type)) visit(field);
    }
    return;
  }
  if (!HasType(handler, layout_.function_type)) return;
  const Address context = ReadWord(handler, layout_.function_context);
  if (IsHeapObject(context)) ForEachFunction(context, kFirstVariable, visit);
}

ReactionReader::Inner ReactionReader::InsideOf(Address handler) const {
  Inner inner;
  Address program = kNoAddress;
  int programs = 0;
  const auto take = [&](Address function) {
    Address payload = kNoAddress, context = kNoAddress;
    const Builtin* builtin = FindBuiltin(function, &payload, &context);
    if (builtin == nullptr) {
      if (function == handler || !IsProgramFunction(function)) return;
      program = function;
      programs++;
    } else if (inner.count < Inner::kMost) {
      inner.functions[inner.count++] = {function, builtin, payload};
    } else {
      inner.too_many = true;
    }
  };
  for (int depth = 0; depth < kMostWrappers; depth++) {
    programs = 0;
    ForEachInside(handler, take);
    if (inner.count > 0 || programs > 1) return inner;
    if (programs == 0) break;
    handler = program;
  }
  // A block of the wrapping function may have a scope of its own.
  if (!HasType(handler, layout_.function_type)) return inner;
  const Address context = ReadWord(handler, layout_.function_context);
  // SAFETY: the context of a realm, which is larger, is the only one without one around it.
  if (!IsHeapObject(context) || ReadLength(context) > kMostVariables) return inner;
  inner.outer_scope = ReadWord(context, kContextPrevious);
  if (IsHeapObject(inner.outer_scope)) ForEachFunction(inner.outer_scope, kFirstVariable, take);
  return inner;
}

Address ReactionReader::Settles(const InnerFunction& inner) const {
  if (IsPromise(inner.payload)) return inner.payload;
  if (!HasType(inner.payload, layout_.capability_type)) return kNoAddress;
  const Address promise = ReadWord(inner.payload, layout_.capability_promise);
  return IsPromise(promise) ? promise : kNoAddress;
}

bool ReactionReader::IsOfProgram(const InnerFunction& inner) const {
  if (inner.builtin->role != ClosureRole::kResolve) return false;
  const int slot = inner.builtin->extra_slot;
  const Address context = ReadWord(inner.function, layout_.function_context);
  return slot <= 0 || slot >= 16 + 8 * ReadLength(context) ||
         ReadWord(context, slot) == true_value_;
}

bool ReactionReader::Unwrap(Address* fulfill, Address* reject, Address* handed_to) const {
  if (layout_.resources.bound_type == Layout::kNoType || !IsProgramFunction(*fulfill)) return false;
  Inner on_fulfill = InsideOf(*fulfill);
  if (on_fulfill.count == 0) return false;
  Inner on_reject;
  const bool both = IsProgramFunction(*reject);
  if (both) {
    on_reject = InsideOf(*reject);
  } else {
    Address payload = kNoAddress, context = kNoAddress;
    const Builtin* builtin = FindBuiltin(*reject, &payload, &context);
    if (builtin == nullptr) return false;
    on_reject.functions[on_reject.count++] = {*reject, builtin, payload};
  }
  if (on_reject.count == 0 || on_fulfill.too_many || on_reject.too_many) return false;
  // Further out it must be a scope of each one's own, as whoever wraps both alike leaves it: others
  // may share one that has these functions for whatever purpose.
  if ((on_fulfill.outer_scope != kNoAddress || on_reject.outer_scope != kNoAddress) &&
      (on_fulfill.outer_scope == on_reject.outer_scope || on_fulfill.count > 1 ||
       on_reject.count > 1 || !HaveOneLiteral(*fulfill, *reject))) {
    return false;
  }

  // All of them must be about the same promise, or the same callback of `finally`.
  const InnerFunction& first = on_fulfill.functions[0];
  const bool is_finally = first.builtin->role == ClosureRole::kFinally;
  const Address about = is_finally ? first.payload : Settles(first);
  if (about == kNoAddress) return false;
  // Programs see these only where they have replaced `then`.
  bool never_seen = false, of_program = false;
  for (const Inner* inner : {&on_fulfill, &on_reject}) {
    for (int i = 0; i < inner->count; i++) {
      const InnerFunction& each = inner->functions[i];
      const ClosureRole role = each.builtin->role;
      if ((role == ClosureRole::kFinally) != is_finally || role == ClosureRole::kAwait ||
          role == ClosureRole::kModule || (is_finally ? each.payload : Settles(each)) != about) {
        return false;
      }
      never_seen = never_seen || role != ClosureRole::kResolve;
      of_program = of_program || IsOfProgram(each);
    }
  }
  // `new Promise(resolve => promise.then(value => resolve(value)))` is the program's own business.
  if (!never_seen && (of_program || !both)) return false;
  const auto choose = [](const Inner& inner) {
    for (int i = 0; i < inner.count; i++) {
      if (inner.functions[i].builtin->role != ClosureRole::kResolve) return inner.functions[i];
    }
    return inner.functions[0];
  };
  // A thenable that passes its own callbacks on looks the same, but writes them out one by one.
  if (!never_seen && !HaveOneLiteral(*fulfill, *reject) && !IsWrapper(*fulfill, about)) {
    *handed_to = about;
    return false;
  }
  const InnerFunction chosen = choose(on_fulfill), other = choose(on_reject);
  // Where both are variables of one scope, the one that counts the inputs of `any` is the other's.
  const bool any =
      chosen.builtin->role == ClosureRole::kAny || other.builtin->role == ClosureRole::kAny;
  *fulfill = any && other.builtin->role != ClosureRole::kAny ? other.function : chosen.function;
  *reject = any && other.builtin->role != ClosureRole::kAny ? chosen.function : other.function;
  return true;
}

bool ReactionReader::IsWrapper(Address handler, Address derived) const {
  // A bound function is what it is bound to.
  if (HasType(handler, layout_.resources.bound_type)) {
    handler = ReadWord(handler, layout_.resources.bound_target);
  }
  if (derived == kNoAddress || layout_.map_prototype < 0 ||
      !HasType(handler, layout_.function_type)) {
    return false;
  }
  const Address prototype = ReadWord(MapOf(derived), layout_.map_prototype);
  if (prototype != prototype_) {
    prototype_ = prototype;
    replacing_scripts_.clear();
    const auto note = [&](Address value) {
      if (!HasType(value, layout_.function_type) || !IsProgramFunction(value)) return;
      replacing_scripts_.push_back(ScriptOf(layout_, ReadWord(value, layout_.function_shared)));
    };
    // Its own fields, and those of the array or the table behind it: all of them are tagged. The
    // length of that array shares its word with the object's hash.
    constexpr int kProperties = 8, kFirst = 16, kLengthMask = 1023;
    if (!IsHeapObject(prototype)) return false;
    for (int offset = kFirst; offset < SizeOf(layout_, prototype); offset += 8) {
      note(ReadWord(prototype, offset));
    }
    const Address properties = ReadWord(prototype, kProperties);
    const int length = IsHeapObject(properties) ? ReadLength(properties) & kLengthMask : 0;
    for (int i = 0; i < length; i++) note(ReadWord(properties, kFirst + 8 * i));
  }
  if (replacing_scripts_.empty()) {
    plain_map_ = MapOf(derived);
    return false;
  }
  const Address script = ScriptOf(layout_, ReadWord(handler, layout_.function_shared));
  return script != kNoAddress && std::find(replacing_scripts_.begin(), replacing_scripts_.end(),
                                           script) != replacing_scripts_.end();
}

Address ReactionReader::CallbackInside(Address handler, Address derived) const {
  const Address first = handler;
  // Once; or more often where the same agent was put on top of itself.
  for (int depth = 0; depth < kMostWrappers && IsWrapper(handler, derived); depth++) {
    if (!HaveOneLiteral(handler, first)) break;
    Address inside = kNoAddress;
    int count = 0;
    ForEachInside(handler, [&](Address function) {
      if (function == handler || !IsProgramFunction(function)) return;
      inside = function;
      count++;
    });
    if (count != 1) break;
    handler = inside;
  }
  return handler;
}

bool ReactionReader::HaveOneLiteral(Address a, Address b) const {
  if (InstanceType(a) != InstanceType(b)) return false;
  if (!HasType(a, layout_.function_type)) return true;  // bound, both of them
  return ReadWord(a, layout_.function_shared) == ReadWord(b, layout_.function_shared);
}

}  // namespace asynctb
