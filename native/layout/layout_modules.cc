// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "layout/layout_modules.h"

#include "layout/layout_reactions.h"

namespace asynctb {

void ProveModules(Prover* p, Layout* l) {
  const Address body = ProveAwait(p, l, "never", nullptr);
  if (!p->ok()) return;
  p->Require(InstanceType(body) == l->async_function_type, "a module's body is no async function");
  const Address done = p->Word(body, l->async_function_promise);
  const Address reaction = p->Word(done, l->promise_reactions);
  const Address handler = p->Word(reaction, l->reaction_fulfill);
  const Address child = p->At("childModule");
  if (!p->ok()) return;
  Address closure = handler;
  int slot = -1;
  if (InstanceType(handler) == l->function_type) {
    slot = p->FindInArray(p->Word(handler, l->function_context), child);
  } else {
    l->bound_type = InstanceType(handler);
    l->bound_target = p->FindOfType(handler, l->function_type);
    l->bound_this = p->FindIn(handler, child);
    if (!p->ok()) return;
    closure = ReadWord(handler, l->bound_target);
  }
  l->module_type = InstanceType(child);
  l->module_capability = p->Find("parentModule", "parentPromise");
  if (!p->ok()) return;
  const Address parent = p->At("parentModule");
  int found = 0;
  for (int offset = 8; offset < p->SizeOf(child); offset += 8) {
    const Address list = ReadWord(child, offset);
    for (int i = 0; i < p->ArrayLength(list); i++) {
      if (ReadWord(list, 16 + 8 * i) != parent) continue;
      l->module_parents = offset;
      l->module_parents_type = InstanceType(list);
      found++;
      break;
    }
  }
  p->Require(found == 1, "the modules that wait for a module were not found");
  found = 0;
  for (int offset = 8; offset < p->SizeOf(parent); offset += 8) {
    const Address list = ReadWord(parent, offset);
    if (p->ArrayLength(list) != 1 || ReadWord(list, 16) != child) continue;
    l->module_requested = offset;
    l->module_requested_type = InstanceType(list);
    found++;
  }
  p->Require(found == 1, "the modules that a module imports were not found");
  const Address function = p->Word(body, l->generator_function);
  const Address shared = p->Word(function, l->function_shared);
  if (!p->ok()) return;
  l->async_module_kind = FunctionKindOf(*l, shared);
  const Address plain = p->Word(p->At("asyncFunction"), l->function_shared);
  p->Require(l->async_module_kind != FunctionKindOf(*l, plain),
             "a module's body cannot be told from an async function");
  p->AddClosure(l, closure, ClosureRole::kModule, slot, -1);
}

}  // namespace asynctb
