// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

// What a pending promise's reactions say about who waits for it.
//
// SAFETY: addresses in, addresses out, no allocation; see heap_read.h.
#pragma once

#include <vector>

#include "base/capture.h"
#include "layout/env_data.h"

namespace asynctb {

enum class ReactionKind : uint8_t {
  kAwait,       // target: the generator that is resumed
  kAdopt,       // target: a promise that takes over the result
  kCallback,    // target: the derived promise, function: the program's callback
  kCombinator,  // target: the combinator's promise
  kResolve,     // target: the promise whose resolve function is the handler
  kModule,      // target: the module whose evaluation has finished
};

struct Reaction {
  ReactionKind kind = ReactionKind::kAdopt;
  Address target = kNoAddress;
  Address function = kNoAddress;
  CombinatorKind combinator = CombinatorKind::kAll;
  int32_t index = -1;       // of a combinator's input
  int32_t total = 0;        // of a combinator's inputs, 0 when unknown
  bool by_program = false;  // kResolve: made by `new Promise`, not by a built-in
  bool wasm = false;        // kCallback: it resumes suspended WebAssembly
  // kCallback: what the callback settles beside another promise, and nobody waits for.
  bool is_spare = false;
  // kCallback: the function has begun, and goes on with what the promise is settled with.
  bool goes_on = false;
  // kCallback: the two handlers as they were handed over, where there are two.
  Address on_fulfill = kNoAddress, on_reject = kNoAddress;
};

// Reads reactions with the builtins' addresses of this moment: make one per capture.
class ReactionReader {
 public:
  explicit ReactionReader(const EnvData& env);

  bool IsPending(Address promise) const {
    const Address flags = ReadWord(promise, layout_.promise_flags);
    return IsSmi(flags) && (SmiValue(flags) & kPromiseStatusMask) == kPromisePending;
  }

  // Calls `visit(Reaction&)` for each reaction of a pending promise, newest first.
  // Inlined: handing over what `visit` has captured would take a good part of the walk's time.
  template <typename Visit>
  __attribute__((always_inline)) void ForEach(Address promise, Visit visit) const {
    Address reaction = ReadWord(promise, layout_.promise_reactions);
    // Bounded: a list that long would be no list.
    constexpr int kMostReactions = 10'000'000;
    for (int i = 0; i < kMostReactions && HasType(reaction, layout_.reaction_type); i++) {
      if (IsPlainThen(reaction)) {
        Reaction found;
        found.kind = ReactionKind::kCallback;
        found.target = ReadWord(reaction, layout_.reaction_target);
        found.function = ReadWord(reaction, layout_.reaction_fulfill);
        if (MapOf(found.target) != plain_map_) {
          found.function = CallbackInside(found.function, found.target);
        }
        visit(found);
      } else if (const Address generator = AwaiterOf(reaction); generator != kNoAddress) {
        Reaction found;
        found.kind = ReactionKind::kAwait;
        found.target = generator;
        visit(found);
      } else {
        Reaction found[2];
        const int count = Read(reaction, found);
        for (int k = 0; k < count; k++) {
          found[k].on_fulfill = ReadWord(reaction, layout_.reaction_fulfill);
          found[k].on_reject = ReadWord(reaction, layout_.reaction_reject);
          visit(found[k]);
        }
      }
      reaction = ReadWord(reaction, layout_.reaction_next);
    }
  }

  // What ForEach says first. False for a promise without reactions.
  bool ReadNewest(Address promise, Reaction* newest) const {
    const Address reaction = ReadWord(promise, layout_.promise_reactions);
    Reaction found[2];
    if (!HasType(reaction, layout_.reaction_type) || Read(reaction, found) == 0) return false;
    *newest = found[0];
    return true;
  }

  // The generator that the job of an await resumes; kNoAddress for other jobs.
  Address ResumedBy(Address job) const;

  // The promise that a function is the `resolve` or `reject` of, else kNoAddress.
  Address SettledBy(Address function) const;

 private:
  struct Builtin {
    Address shared = kNoAddress;
    ClosureRole role = ClosureRole::kAwait;
    int slot = 0, extra_slot = 0;
  };

  // One of V8's functions that a function of the program's was made around.
  struct InnerFunction {
    Address function = kNoAddress;
    const Builtin* builtin = nullptr;
    Address payload = kNoAddress;
  };
  struct Inner {
    static constexpr int kMost = 8;
    InnerFunction functions[kMost];
    int count = 0;
    bool too_many = false;
    // Where they were found, if that is not right around the function but one scope further out.
    Address outer_scope = kNoAddress;
  };

  int Read(Address reaction, Reaction* found) const;
  // Replaces handlers by V8's functions that they were made around, if there can be no doubt.
  // False, with the promise that they settle, where they are callbacks of the program's all the
  // same.
  bool Unwrap(Address* fulfill, Address* reject, Address* handed_to) const;
  Inner InsideOf(Address handler) const;
  template <typename Visit>
  void ForEachInside(Address handler, Visit visit) const;
  template <typename Visit>
  void ForEachFunction(Address array, int first, Visit visit) const;
  // The promise that such a function settles.
  Address Settles(const InnerFunction& inner) const;
  // Whether `new Promise` made it, so that it is the program's to call.
  bool IsOfProgram(const InnerFunction& inner) const;
  // What a callback stands for: itself, or the one function that whoever has replaced `then` made
  // it around. `derived`: a promise of the reaction, whose class tells who that is.
  Address CallbackInside(Address handler, Address derived) const;
  bool IsWrapper(Address handler, Address derived) const;
  // Whether two functions stand in the source once.
  bool HaveOneLiteral(Address a, Address b) const;
  // The builtin that a handler is, null for anything else; its context's slot goes to `payload`.
  const Builtin* FindBuiltin(Address handler, Address* payload, Address* context) const;
  // The promise of a `WebAssembly.promising` call that a handler resumes, else kNoAddress.
  Address ResumedCall(Address handler) const;
  // Whether it is a function that was written in JavaScript.
  bool IsOwnFunction(Address handler) const {
    if (!HasType(handler, layout_.function_type)) return false;
    const Address shared = ReadWord(handler, layout_.function_shared);
    return ReadWord(shared, layout_.shared_script) != undefined_value_;
  }
  // Of `then(function)`, of which there may be millions; Read says the same.
  bool IsPlainThen(Address reaction) const {
    return ReadWord(reaction, layout_.reaction_reject) == undefined_value_ &&
           IsOwnFunction(ReadWord(reaction, layout_.reaction_fulfill)) &&
           IsPromise(ReadWord(reaction, layout_.reaction_target));
  }
  // Of an await, of which there are most: the generator, else kNoAddress; Read says the same.
  Address AwaiterOf(Address reaction) const {
    const Address fulfill = ReadWord(reaction, layout_.reaction_fulfill);
    if (!HasType(fulfill, layout_.function_type) ||
        ReadWord(fulfill, layout_.function_shared) != await_.shared) {
      return kNoAddress;
    }
    const Address context = ReadWord(fulfill, layout_.function_context);
    const bool fits = IsHeapObject(context) && await_.slot < 16 + 8 * ReadLength(context);
    return fits ? ReadWord(context, await_.slot) : kNoAddress;
  }
  // Whether a handler is the program's: undefined and V8's or Node's own functions are not.
  bool IsProgramFunction(Address handler) const;
  // What a reaction settles: a promise, or kNoAddress.
  Address DerivedPromise(Address reaction) const;
  bool FillCombinator(const Builtin& builtin, Address handler, Address payload, Address context,
                      Reaction* out) const;
  bool IsPromise(Address value) const { return HasType(value, layout_.promise_type); }
  // Whether a promise is of a class of the program's, whose constructor makes `resolve` functions
  // that look like those of `new Promise`.
  bool IsOfSubclass(Address promise) const {
    if (layout_.map_prototype < 0) return false;
    const Address prototype = ReadWord(MapOf(promise), layout_.map_prototype);
    return IsHeapObject(prototype) && InstanceType(prototype) != layout_.promise_prototype_type;
  }

  const Layout& layout_;
  std::vector<Builtin> builtins_;
  Builtin await_;  // the first of those that resume what awaits
  bool combinators_, resolvers_, callbacks_, modules_;
  Address true_value_, undefined_value_;
  // The scripts of the functions that the program has put into a prototype of promises; that of the
  // prototype looked at last.
  mutable Address prototype_ = kNoAddress;
  mutable std::vector<Address> replacing_scripts_;
  // Of promises whose prototype has none of these.
  mutable Address plain_map_ = kNoAddress;
};

// Tells the `resolve` and `reject` functions of promises.
// SAFETY: as above.
class ResolverReader {
 public:
  explicit ResolverReader(const EnvData& env);

  // The promise that a JSFunction settles; kNoAddress for any other function.
  Address PromiseOf(Address function) const {
    const Address shared = ReadWord(function, layout_.function_shared);
    for (const auto& [builtin, slot] : builtins_) {
      if (shared == builtin) return Read(function, slot);
    }
    return kNoAddress;
  }

  // Whether one that settles a promise is its `reject`.
  bool Rejects(Address function) const {
    return builtins_.size() > 1 &&
           ReadWord(function, layout_.function_shared) == builtins_[1].first;
  }
  // Where the scope of such a function has the promise.
  int slot() const { return builtins_.empty() ? -1 : builtins_[0].second; }

  // Whether one of the two functions of a promise was called, so that they do nothing any more.
  bool IsSpent(Address function, Address true_value) const;

 private:
  Address Read(Address function, int slot) const;

  const Layout& layout_;
  int debug_slot_ = -1;
  std::vector<std::pair<Address, int>> builtins_;  // each with where its context has the promise
};

}  // namespace asynctb
