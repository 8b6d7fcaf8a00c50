// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

// How bytecode_uses.h is proven: planted functions, of which it is known what they use.

#include <algorithm>
#include <iterator>

#include "layout/bytecode_table.h"
#include "layout/bytecode_uses.h"
#include "layout/layout_prover.h"
#include "layout/property_mentions.h"
#include "v8/symbols.h"

namespace asynctb {

namespace {

// Functions that use some of their parameters and variables behind their await, and others before
// it or not at all: what is used is called `used`.
constexpr char kUsesSource[] = R"js((() => {
'use strict';
const u = { used: { used: true }, unused: { used: false } };
u.never = new Promise((resolve) => { u.releaseUses = resolve; });
u.wide = {};
u.mentioned = 'mentionedByPlain';
for (const key of ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i', 'j']) u.wide[key] = u.used;
const { never, used, unused } = u;
const use = (...all) => all.length;
u.plain = (async function (p, q, r) {
  const before = p; let after = q;
  use(before, p, r);
  await never;
  return use(q, after, never.mentionedByPlain);
})(unused, used, unused);
u.looped = (async function (p) {
  let kept = used; const other = unused;
  use(other, p);
  for (let i = 0; ; i++) { use(kept); const fresh = unused; use(fresh); await never; if (use() === i) return; }
})(unused);
u.scoped = (async function (p, q) {
  const inner = () => [p, q];
  use(inner, q);
  await never;
  return use(p);
})(used, unused);
return u;
})())js";

// The activation of an async function that waits for `never`.
Address PlantedActivation(Prover* p, Layout* l, const char* name) {
  Address reaction = p->Word(p->At("never"), l->promise_reactions);
  for (int i = 0; i < 8 && p->IsObjectOfType(reaction, l->reaction_type); i++) {
    const Address context = p->Word(p->Word(reaction, l->reaction_fulfill), l->function_context);
    for (int k = 0; k < p->ArrayLength(context); k++) {
      const Address value = ReadWord(context, kContextSlots + 8 * k);
      if (p->IsObjectOfType(value, l->async_function_type) &&
          ReadWord(value, l->async_function_promise) == p->At(name)) {
        return value;
      }
    }
    reaction = p->Word(reaction, l->reaction_next);
  }
  p->Require(false, std::string(name) + " does not wait where it was planted");
  return kNoAddress;
}

void FindBytecode(Prover* p, Layout* l, Address activation) {
  const Address shared = p->Word(p->Word(activation, l->generator_function), l->function_shared);
  for (int offset = 8; p->ok() && offset < p->SizeOf(shared); offset += 8) {
    const Address data = ReadWord(shared, offset);
    bool leads = p->IsObjectOfType(data, l->bytecode_type);
    for (const int inner : {8, 16}) {
      leads = leads || (p->IsObject(data) && p->SizeOf(data) > inner &&
                        p->IsObjectOfType(ReadWord(data, inner), l->bytecode_type));
    }
    if (leads) l->shared_bytecode = offset;
  }
  p->Require(l->shared_bytecode >= 0, "a function does not lead to its bytecode");
  constexpr const char* kNames[] = {
      "v8dbg_type_Code__CODE_TYPE",
      "v8dbg_type_CodeDataContainer__CODE_DATA_CONTAINER_TYPE",
      "v8dbg_type_InterpreterData__INTERPRETER_DATA_TYPE",
  };
  static_assert(std::size(kNames) == sizeof(l->code_types) / sizeof(l->code_types[0]));
  // Without a name such functions stay unread.
  for (size_t i = 0; i < std::size(kNames); i++) {
    int type = -1;
    if (ReadDebugConstant(kNames[i], &type)) l->code_types[i] = static_cast<uint16_t>(type);
  }
}

// What is used among what an activation holds: `used` for sure, and `unused` not.
void CheckUses(Prover* p, Layout* l, Address activation, bool in_scope) {
  if (!p->ok()) return;
  const Uses uses = FindUses(*l, activation);
  const Address registers = ReadWord(activation, l->generator_registers);
  int used = 0, unused = 0;
  const auto count = [&](Address value) {
    used += value == p->At("used") ? 1 : 0;
    unused += value == p->At("unused") ? 1 : 0;
  };
  for (const int place : uses.registers) count(ReadWord(registers, kContextSlots + 8 * place));
  p->Require(unused == 0 && (in_scope || used > 0), "it is not told which registers are used");
  for (const ScopeUse& use : uses.variables) {
    // In the scopes around all of them are the variables of the probe.
    const Address scope = ScopeOf(*l, activation, use);
    if (in_scope && scope == ReadWord(activation, l->generator_context) &&
        use.offset < kContextSlots + 8 * ReadLength(scope)) {
      count(ReadWord(scope, use.offset));
    }
  }
  p->Require(unused == 0 && used > 0, "it is not told which variables are used");
}

}  // namespace

void ProveUses(Prover* p, Layout* l) {
  p->Require(ReadDebugConstant("v8dbg_class_BytecodeArray__data__uintptr_t", &l->bytecode_data),
             "this binary exports no layout of bytecode");
  int type = -1;
  p->Require(ReadDebugConstant("v8dbg_type_BytecodeArray__BYTECODE_ARRAY_TYPE", &type),
             "this binary exports no type of bytecode");
  p->Require(!GetBytecodes().empty(), "V8's tables of bytecodes were not found");
  p->Require(l->generator_context >= 0 && p->PlantScript(kUsesSource), "the probe could not run");
  if (!p->ok()) return;
  l->bytecode_type = static_cast<uint16_t>(type);
  const char* names[] = {"plain", "looped", "scoped"};
  constexpr int kParameters[] = {3, 1, 2};
  Address activations[3] = {};
  for (int i = 0; i < 3; i++) activations[i] = PlantedActivation(p, l, names[i]);
  if (p->ok()) FindBytecode(p, l, activations[0]);
  if (!p->ok()) return;
  int found = 0;
  for (int offset = 16; offset + 4 <= l->bytecode_data; offset += 4) {
    bool fits = true;
    for (int i = 0; i < 3; i++) {
      const Address bytecode = BytecodeOf(*l, ReadWord(activations[i], l->generator_function));
      const int length = ReadLength(ReadWord(activations[i], l->generator_registers));
      fits = fits && bytecode != kNoAddress &&
             ReadInt32(bytecode, offset) == 8 * (length - kParameters[i]);
    }
    if (!fits) continue;
    l->bytecode_frame_size = offset;
    found++;
  }
  p->Require(found == 1, "the number of a function's registers was not found");
  for (int i = 0; i < 3; i++) CheckUses(p, l, activations[i], i == 2);
  l->object_type = p->TypeOf("used");
  const Address store = p->Word(p->At("wide"), 8);
  int inside = 0;
  // Its length stands beside the identity hash.
  for (int i = 0; p->IsObject(store) && p->SizeOf(store) == 0 && i < 3; i++) {
    inside += ReadWord(store, kContextSlots + 8 * i) == p->At("used") ? 1 : 0;
  }
  p->Require(inside > 0, "the store of an object's properties was not found");
  if (!p->ok()) return;
  l->property_array_type = InstanceType(store);
  l->native_context_type = p->NativeContextType();
  l->has_uses = true;
  ProveConstants(p, l, BytecodeOf(*l, ReadWord(activations[0], l->generator_function)),
                 p->At("mentioned"));
}

}  // namespace asynctb
