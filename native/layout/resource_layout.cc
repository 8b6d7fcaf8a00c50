// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "layout/resource_layout.h"

#include <bit>

#include "layout/layout.h"
#include "layout/layout_prover.h"
#include "layout/resource_probe.h"

namespace asynctb {

namespace {

bool IsOneBit(uint32_t word) { return std::has_single_bit(word); }

// The block object in a planted generator's registers: the one object with an array that begins
// with `first`.
Address FindBlock(Prover* p, const Layout& l, const char* generator, const char* first,
                  int* entries) {
  const Address registers = p->Word(p->At(generator), l.generator_registers);
  Address found = kNoAddress;
  for (int i = 0; i < p->ArrayLength(registers); i++) {
    const Address object = ReadWord(registers, 16 + 8 * i);
    if (object == found || !p->IsObject(object)) continue;
    for (int offset = 24; offset < p->SizeOf(object); offset += 8) {
      const Address array = ReadWord(object, offset);
      if (p->ArrayLength(array) < kEntryWords || ReadWord(array, 16) != p->At(first)) continue;
      p->Require(found == kNoAddress, "more than one object holds a block's resource");
      found = object;
      *entries = offset;
    }
  }
  p->Require(found != kNoAddress, "an open block was not found in its generator's registers");
  return p->ok() ? found : kNoAddress;
}

uint32_t Number(Prover* p, Address object, int offset) {
  const Address word = p->Word(object, offset);
  p->Require(IsSmi(word), "a number of a disposable stack is none");
  return p->ok() ? static_cast<uint32_t>(SmiValue(word)) : 0;
}

uint32_t FlagsOf(Prover* p, const ResourceLayout& r, Address holder, int index) {
  return Number(p, p->Word(holder, r.entries), 16 + 8 * (kEntryWords * index + 2));
}

// Whether entry `index` of a block or stack is this.
void RequireEntry(Prover* p, const ResourceLayout& r, Address holder, int index, Address value,
                  const char* method) {
  const Address entries = p->Word(holder, r.entries);
  const int at = 16 + 8 * kEntryWords * index;
  p->Require(p->Word(entries, at) == value, "a disposable stack holds another value");
  if (method != nullptr) {
    p->Require(p->Word(entries, at + 8) == p->At(method),
               "a disposable stack holds another method");
  }
}

void ProveStatus(Prover* p, ResourceLayout* r, Address one, Address two) {
  int found = 0;
  for (int offset = 24; offset < p->SizeOf(one); offset += 8) {
    const Address less = ReadWord(one, offset), more = ReadWord(two, offset);
    if (!IsSmi(less) || !IsSmi(more) || less == more) continue;
    const uint32_t added =
        static_cast<uint32_t>(SmiValue(more)) - static_cast<uint32_t>(SmiValue(less));
    if (added % kEntryWords != 0 || !IsOneBit(added / kEntryWords)) continue;
    r->status = offset;
    r->length_unit = added / kEntryWords;
    found++;
  }
  p->Require(found == 1, "the length of a block's list was not found");
  const Address fresh = p->At("emptyStack"), disposed = p->At("disposedStack");
  const uint32_t pending = Number(p, fresh, r->status);
  r->pending_mask = pending ^ Number(p, disposed, r->status);
  p->Require(IsOneBit(r->pending_mask) && r->pending_mask < r->length_unit &&
                 (pending & r->pending_mask) != 0,
             "whether a disposable stack is disposed was not found");
  p->Require(r->length_unit != 0 && Number(p, one, r->status) / r->length_unit == kEntryWords &&
                 (Number(p, one, r->status) & r->pending_mask) != 0,
             "an open block does not look like a disposable stack");
}

void ProveFlags(Prover* p, ResourceLayout* r) {
  const Address sync = p->At("oneInStack"), async = p->At("asyncStack");
  const Address adopting = p->At("adopting"), both = p->At("asyncAdopting");
  RequireEntry(p, *r, sync, 0, p->At("firstHeld"), nullptr);
  RequireEntry(p, *r, async, 0, p->At("asyncHeld"), nullptr);
  RequireEntry(p, *r, adopting, 0, p->At("firstHeld"), "onDispose");
  RequireEntry(p, *r, p->At("deferring"), 0, p->Undefined(), "onDispose");
  const uint32_t plain = FlagsOf(p, *r, sync, 0);
  const uint32_t async_bit = FlagsOf(p, *r, async, 0) ^ plain;
  const uint32_t argument_bit = FlagsOf(p, *r, adopting, 0) ^ plain;
  p->Require(IsOneBit(async_bit) && IsOneBit(argument_bit) && async_bit != argument_bit &&
                 (plain & (async_bit | argument_bit)) == 0 &&
                 FlagsOf(p, *r, both, 0) == (plain | async_bit | argument_bit),
             "how the entries of a disposable stack are disposed of was not found");
  r->async_mask = static_cast<int32_t>(async_bit);
  r->argument_mask = static_cast<int32_t>(argument_bit);
}

// A block that waits in the disposal of its second resource of three.
void ProveExiting(Prover* p, const Layout& l, ResourceLayout* r) {
  int entries = -1;
  const Address block = FindBlock(p, l, "exiting", "exitingFirst", &entries);
  const uint32_t status = Number(p, block, r->status);
  p->Require(entries == r->entries && (status & r->pending_mask) == 0 &&
                 status / r->length_unit == kEntryWords,
             "a block that is being left does not say how far it has come");
  RequireEntry(p, *r, block, 1, p->At("exitingSecond"), nullptr);
}

// What continues AsyncDisposableStack.disposeAsync() after one of its entries leads to the promise
// that was returned, like a `resolve` function.
void ProveStackDisposal(Prover* p, Layout* l) {
  const Address stack = p->At("leavingStack");
  const Address promise = p->At("leavingPromise"), slow = p->At("leavingDisposal");
  p->Require((Number(p, stack, l->resources.status) & l->resources.pending_mask) == 0,
             "a stack that is being disposed of looks open");
  const Address reaction = p->Word(slow, l->promise_reactions);
  for (const int field : {l->reaction_fulfill, l->reaction_reject}) {
    const Address handler = p->Word(reaction, field);
    const Address context = p->Word(handler, l->function_context);
    const int slot = p->FindInArray(context, promise);
    if (p->ok()) p->AddClosure(l, handler, ClosureRole::kResolve, slot, -1);
  }
}

}  // namespace

void ProveBoundFunctions(Prover* p, Layout* l) {
  ResourceLayout* r = &l->resources;
  r->bound_this = p->Find("boundFunction", "marker");
  r->bound_target = p->Find("boundFunction", "fulfill1");
  if (p->ok()) r->bound_type = p->TypeOf("boundFunction");
}

void ProveResources(Prover* p, Layout* l) {
  if (!p->PlantScript(kResourceProbeSource)) {
    p->Require(false, "this V8 has no `using` declarations");
    return;
  }
  ResourceLayout* r = &l->resources;
  int other = -1;
  const Address one = FindBlock(p, *l, "usingOne", "firstHeld", &r->entries);
  const Address two = FindBlock(p, *l, "usingTwo", "firstHeld", &other);
  p->Require(one != kNoAddress && two != kNoAddress && r->entries == other &&
                 InstanceType(one) == InstanceType(two),
             "two open blocks do not look alike");
  if (!p->ok()) return;
  r->block_type = InstanceType(one);
  r->entries_type = InstanceType(ReadWord(one, r->entries));
  r->stack_type = p->TypeOf("oneInStack");
  r->async_stack_type = p->TypeOf("asyncStack");
  ProveStatus(p, r, one, two);
  RequireEntry(p, *r, two, 1, p->At("secondHeld"), nullptr);
  ProveFlags(p, r);
  ProveExiting(p, *l, r);
  if (p->ok() && l->reaction_fulfill >= 0 && l->function_context >= 0) ProveStackDisposal(p, l);
  if (!p->ok()) r->block_type = r->stack_type = r->async_stack_type = ResourceLayout::kNoType;
}

}  // namespace asynctb
