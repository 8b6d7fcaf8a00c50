// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "layout_reactions.h"

namespace asynctb {

namespace {

void ProveCombinator(Prover* p, Layout* l, const char* input, const char* result, bool rejects,
                     ClosureRole role) {
  const Address reaction = p->Word(p->At(input), l->promise_reactions);
  const Address handler =
      p->Word(reaction, rejects ? l->reaction_reject : l->reaction_fulfill);
  const Address context = p->Word(handler, l->function_context);
  if (!p->ok()) return;
  int slot = -1, values = -1;
  for (int i = 0; i < p->ArrayLength(context); i++) {
    const Address value = ReadWord(context, 16 + 8 * i);
    if (value == p->At(result) ||
        (p->IsObjectOfType(value, l->capability_type) &&
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
  if (p->ok()) p->AddClosure(l, handler, role, slot, values);
}

}  // namespace

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

}  // namespace asynctb
