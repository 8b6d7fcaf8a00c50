// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "layout/layout_reactions.h"

namespace asynctb {

namespace {

void ProveCombinator(Prover* p, Layout* l, const char* input, const char* result, bool rejects,
                     ClosureRole role) {
  const Address reaction = p->Word(p->At(input), l->promise_reactions);
  const Address handler = p->Word(reaction, rejects ? l->reaction_reject : l->reaction_fulfill);
  const Address context = p->Word(handler, l->function_context);
  if (!p->ok()) return;
  int slot = -1, values = -1;
  for (int i = 0; i < p->ArrayLength(context); i++) {
    const Address value = ReadWord(context, 16 + 8 * i);
    if (value == p->At(result) || (p->IsObjectOfType(value, l->capability_type) &&
                                   ReadWord(value, l->capability_promise) == p->At(result))) {
      slot = 16 + 8 * i;
    } else if (p->IsObjectOfType(value, l->register_file_type) && p->ArrayLength(value) == 3) {
      values = 16 + 8 * i;
    }
  }
  p->Require(slot >= 0, std::string(result) + ": its element function does not lead to it");
  const Address index = p->Word(handler, l->function_hash);
  p->Require(IsSmi(index) && SmiValue(index) == 2,
             std::string(result) + ": the index of its second input was not found");
  if (!p->ok()) return;
  p->AddClosure(l, handler, role, slot, values);
  // That of `allSettled` for the other outcome; `all` and `any` have the result's own function
  // there.
  const Address other = p->Word(reaction, rejects ? l->reaction_fulfill : l->reaction_reject);
  if (p->ok() && p->Word(other, l->function_context) == context) {
    p->AddClosure(l, other, role, slot, values);
  }
}

}  // namespace

// The generator that a pending promise's await reaction resumes; records the closure.
Address ProveAwait(Prover* p, Layout* l, const char* awaited, const char* function) {
  const Address reaction = p->Word(p->At(awaited), l->promise_reactions);
  const Address handler = p->Word(reaction, l->reaction_fulfill);
  const Address context = p->Word(handler, l->function_context);
  if (!p->ok()) return kNoAddress;
  const Address expected_function = function ? p->At(function) : kNoAddress;
  int slot = -1;
  for (int i = 0; i < p->ArrayLength(context); i++) {
    const Address value = ReadWord(context, 16 + 8 * i);
    if (!p->IsObject(value) || p->SizeOf(value) <= l->generator_registers) continue;
    const Address owner = ReadWord(value, l->generator_function);
    if (function ? owner != expected_function
                 : !p->IsObject(owner) || InstanceType(owner) != l->function_type) {
      continue;
    }
    slot = 16 + 8 * i;
    break;
  }
  p->Require(slot >= 0, "an await's closure holds no generator");
  if (!p->ok()) return kNoAddress;
  p->AddClosure(l, handler, ClosureRole::kAwait, slot, -1);
  // The one for a rejection shares its scope.
  const Address other = p->Word(reaction, l->reaction_reject);
  p->Require(p->Word(other, l->function_context) == context,
             "an await's two closures do not share their context");
  if (!p->ok()) return kNoAddress;
  p->AddClosure(l, other, ClosureRole::kAwait, slot, -1);
  return ReadWord(context, slot);
}

void ProveCombinators(Prover* p, Layout* l) {
  ProveCombinator(p, l, "allInput", "all", false, ClosureRole::kAll);
  ProveCombinator(p, l, "allSettledInput", "allSettled", false, ClosureRole::kAllSettled);
  ProveCombinator(p, l, "anyInput", "any", true, ClosureRole::kAny);
}

void ProveResolvers(Prover* p, Layout* l) {
  const Address context = p->Word(p->At("resolve"), l->function_context);
  const int slot = p->FindInArray(context, p->At("constructed"));
  const Address reaction = p->Word(p->At("raceInput"), l->promise_reactions);
  const Address handler = p->Word(reaction, l->reaction_fulfill);
  const Address race_context = p->Word(handler, l->function_context);
  p->Require(p->Word(race_context, slot) == p->At("race"),
             "Promise.race's handler does not lead to its promise");
  if (!p->ok()) return;
  // `new Promise` marks its functions for the debugger, Promise.race does not.
  int debug_slot = -1;
  for (int offset = 16; offset < 16 + 8 * p->ArrayLength(context); offset += 8) {
    if (offset == slot || offset < 32) continue;
    if (ReadWord(context, offset) != ReadWord(race_context, offset) &&
        p->IsObjectOfType(ReadWord(context, offset), p->OddballType())) {
      debug_slot = offset;
    }
  }
  p->AddClosure(l, p->At("resolve"), ClosureRole::kResolve, slot, debug_slot);
  p->AddClosure(l, p->At("reject"), ClosureRole::kResolve, slot, debug_slot);
}

void ProveCallbacks(Prover* p, Layout* l) {
  const Address reaction = p->Word(p->At("finallyInput"), l->promise_reactions);
  for (const int field : {l->reaction_fulfill, l->reaction_reject}) {
    const Address handler = p->Word(reaction, field);
    const Address context = p->Word(handler, l->function_context);
    const int slot = p->FindInArray(context, p->At("onFinally"));
    if (p->ok()) p->AddClosure(l, handler, ClosureRole::kFinally, slot, -1);
  }
}

// The promises that Array.fromAsync awaits are those of an iterator between it and its input, so
// the one is taken whose handler leads to its result.
void ProveFromAsyncOf(Prover* p, Layout* l, const char* name, const char* input) {
  const Address result = p->At(name);
  Address promise = p->At(input);
  constexpr int kMostBetween = 4;
  for (int i = 0; p->ok() && i < kMostBetween; i++) {
    const Address reaction = p->Word(promise, l->promise_reactions);
    const Address handler = p->Word(reaction, l->reaction_fulfill);
    if (!p->ok()) return;
    const Address context = p->Word(handler, l->function_context);
    int slot = -1;
    for (int k = 0; p->ok() && k < p->ArrayLength(context); k++) {
      if (ReadWord(context, 16 + 8 * k) == result) slot = 16 + 8 * k;
    }
    if (slot >= 0) {
      p->AddClosure(l, handler, ClosureRole::kFromAsync, slot, -1);
      return;
    }
    promise = p->Word(reaction, l->reaction_target);
    p->Require(p->IsObjectOfType(promise, l->promise_type),
               "what Array.fromAsync awaits does not lead to its result");
  }
}

void ProveFromAsync(Prover* p, Layout* l) {
  ProveFromAsyncOf(p, l, "fromAsync", "fromAsyncInput");
  // Something that only looks like an array is gone through by other functions.
  ProveFromAsyncOf(p, l, "fromAsync2", "fromAsyncInput2");
}

}  // namespace asynctb
