// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "layout/layout.h"

#include "layout/bytecode_uses.h"
#include "layout/layout_modules.h"
#include "layout/layout_prover.h"
#include "layout/layout_reactions.h"
#include "layout/microtasks.h"
#include "layout/probe_source.h"
#include "v8/symbols.h"
#include "v8/v8_compat.h"
#include "v8/v8_internals.h"

namespace asynctb {

using v8::HandleScope;
using v8::Isolate;
using v8::Local;

namespace {

void ProvePromises(Prover* p, Layout* l) {
  l->promise_type = p->TypeOf("pending");
  l->promise_reactions = p->Find("fulfilled", "marker");
  p->Require(l->promise_reactions == p->Find("rejected", "marker"), "a promise's result moved");
  l->promise_flags = l->promise_reactions + 8;
  const int expected[] = {kPromisePending, 1, 2};
  const char* names[] = {"pending", "fulfilled", "rejected"};
  for (int i = 0; i < 3; i++) {
    const Address flags = p->Word(p->At(names[i]), l->promise_flags);
    p->Require(IsSmi(flags) && (SmiValue(flags) & kPromiseStatusMask) == expected[i],
               "a promise's status is not where it was expected");
  }
  const Address newest = p->Word(p->At("pending"), l->promise_reactions);
  p->Require(IsHeapObject(newest), "a pending promise has no reactions");
  if (!p->ok()) return;
  l->reaction_type = InstanceType(newest);
  l->reaction_fulfill = p->FindIn(newest, p->At("fulfill2"));
  l->reaction_reject = p->FindIn(newest, p->At("reject2"));
  l->reaction_target = p->FindIn(newest, p->At("target2"));
  l->reaction_next = p->FindOfType(newest, l->reaction_type);
  if (!p->ok()) return;
  const Address oldest = ReadWord(newest, l->reaction_next);
  p->Require(p->Word(oldest, l->reaction_fulfill) == p->At("fulfill1") &&
                 p->Word(oldest, l->reaction_reject) == p->At("reject1") &&
                 p->Word(oldest, l->reaction_target) == p->At("target1") &&
                 IsSmi(p->Word(oldest, l->reaction_next)),
             "the second reaction disagrees with the first");
  // A subclass's then() leaves a capability where a plain one leaves the derived promise.
  const Address sub = p->Word(p->At("subInput"), l->promise_reactions);
  const Address capability = p->Word(sub, l->reaction_target);
  p->Require(IsHeapObject(capability), "a subclass's reaction has no capability");
  if (!p->ok()) return;
  l->capability_type = InstanceType(capability);
  l->capability_promise = p->FindIn(capability, p->At("subTarget"));
}

void ProveFunctions(Prover* p, Layout* l) {
  int shared_type = 0, script_type = 0, flags = 0;
  p->Require(ReadDebugConstant("v8dbg_class_JSFunction__context__Context", &l->function_context) &&
                 ReadDebugConstant("v8dbg_class_JSFunction__shared__SharedFunctionInfo",
                                   &l->function_shared) &&
                 ReadDebugConstant("v8dbg_class_SharedFunctionInfo__flags__int", &flags) &&
                 ReadDebugConstant("v8dbg_type_Script__SCRIPT_TYPE", &script_type) &&
                 ReadDebugConstant("v8dbg_type_SharedFunctionInfo__SHARED_FUNCTION_INFO_TYPE",
                                   &shared_type),
             "this binary exports no v8dbg_ constants");
  if (!p->ok()) return;
  l->function_type = p->TypeOf("resolve");
  l->script_type = static_cast<uint16_t>(script_type);
  l->shared_type = static_cast<uint16_t>(shared_type);
  int debug_info_type = 0;
  if (ReadDebugConstant("v8dbg_type_DebugInfo__DEBUG_INFO_TYPE", &debug_info_type)) {
    l->debug_info_type = static_cast<uint16_t>(debug_info_type);
  }
  int resume_type = 0, suspender_type = 0;
  if (ReadDebugConstant("v8dbg_type_WasmResumeData__WASM_RESUME_DATA_TYPE", &resume_type) &&
      ReadDebugConstant("v8dbg_type_WasmSuspenderObject__WASM_SUSPENDER_OBJECT_TYPE",
                        &suspender_type)) {
    l->wasm_resume_type = static_cast<uint16_t>(resume_type);
    l->wasm_suspender_type = static_cast<uint16_t>(suspender_type);
  }
  const Address shared = p->Word(p->At("fulfill1"), l->function_shared);
  p->Require(HasType(shared, static_cast<uint16_t>(shared_type)),
             "a function's SharedFunctionInfo is not where it was expected");
  if (!p->ok()) return;
  l->shared_script = p->FindOfType(shared, l->script_type);
  l->shared_flags = flags;
  const Address resolve_context = p->Word(p->At("resolve"), l->function_context);
  p->FindInArray(resolve_context, p->At("constructed"));
  p->Require(p->Word(p->At("reject"), l->function_context) == resolve_context,
             "resolve and reject do not share their context");
  // The index of a combinator's input is its element function's identity hash.
  l->function_hash = 8;
}

void ProveGenerators(Prover* p, Layout* l) {
  l->generator_type = p->TypeOf("notStarted");
  l->generator_function = p->Find("notStarted", "generatorFunction");
  l->generator_receiver = p->Find("notStarted", "receiver");
  if (!p->ok()) return;
  // The register file holds the argument; it is the one array in the object that does.
  const Address suspended = p->At("atSecond");
  int found = 0;
  for (int offset = 24; offset < p->SizeOf(suspended); offset += 8) {
    const Address array = ReadWord(suspended, offset);
    if (offset == l->generator_function || offset == l->generator_receiver) continue;
    if (p->ArrayLength(array) < 1) continue;
    if (ReadWord(array, 16) != p->At("argument")) continue;
    l->generator_registers = offset;
    l->register_file_type = InstanceType(array);
    found++;
  }
  p->Require(found == 1, "the register file was not found");
  // Continuation: 0 before the start, 1 and 2 at the yields, negative at the end.
  found = 0;
  for (int offset = 24; offset < p->SizeOf(suspended); offset += 8) {
    const auto at = [&](const char* name) { return p->Word(p->At(name), offset); };
    if (!IsSmi(at("notStarted")) || !IsSmi(at("atFirst")) || !IsSmi(at("atSecond")) ||
        !IsSmi(at("finished"))) {
      continue;
    }
    if (SmiValue(at("notStarted")) == 0 && SmiValue(at("atFirst")) == 1 &&
        SmiValue(at("atSecond")) == 2 && SmiValue(at("finished")) == kGeneratorClosed) {
      l->generator_continuation = offset;
      found++;
    }
  }
  p->Require(found == 1, "the continuation was not found");
}

// A generator's scope, which leads by scopes around it to that of its function. Their variables
// begin behind the scope around.
void ProveGeneratorScopes(Prover* p, Layout* l) {
  const Address scope = p->Word(p->At("scopedClosure"), l->function_context);
  const Address around = p->Word(p->At("scopedFunction"), l->function_context);
  if (!p->ok()) return;
  const int offset = p->FindIn(p->At("scoped"), scope);
  p->Require(p->ArrayLength(scope) > 2 && ReadWord(scope, kContextPrevious) == around,
             "a generator's scope does not lead to its function's");
  if (p->ok()) l->generator_context = offset;
}

// The distance from `delegate` to `next` in the register file of `outer`; 0 when they are not both
// there once.
int DelegateDistance(Prover* p, Layout* l, const char* outer, Address delegate, const char* next) {
  const Address registers = p->Word(p->At(outer), l->generator_registers);
  const int at = p->FindInArray(registers, delegate);
  const int next_at = p->FindInArray(registers, p->At(next));
  return p->ok() ? (next_at - at) / 8 : 0;
}

void ProveDelegates(Prover* p, Layout* l) {
  l->delegate_next = DelegateDistance(p, l, "outer", p->At("inner"), "next");
  p->Require(l->delegate_next != 0, "a delegate was not found in its generator's registers");
  p->Require(
      l->delegate_next == DelegateDistance(p, l, "asyncOuter", p->At("asyncInner"), "asyncNext"),
      "sync and async delegation leave different registers");
  // A sync iterator in an async generator is wrapped into an object that scripts never see.
  const Address registers = p->Word(p->At("wrappingOuter"), l->generator_registers);
  int found = 0;
  for (int i = 0; i < p->ArrayLength(registers); i++) {
    const Address wrapper = ReadWord(registers, 16 + 8 * i);
    if (!p->IsObject(wrapper)) continue;
    const int offset = p->Scan(wrapper, p->At("wrapped"));
    if (offset < 0) continue;
    l->async_from_sync_type = InstanceType(wrapper);
    l->async_from_sync_iterator = offset;
    found++;
  }
  p->Require(found == 1, "the wrapper of a sync delegate was not found");
}

// That the prototype of plain promises has a type of its own tells those of a subclass.
void ProveSubclasses(Prover* p, Layout* l) {
  int offset = 0;
  p->Require(ReadDebugConstant("v8dbg_class_Map__prototype__Object", &offset),
             "this binary exports no v8dbg_ constants");
  if (!p->ok()) return;
  const Address plain = MapOf(p->At("pending"));
  const Address sub = MapOf(p->At("subInput"));
  p->Require(p->Word(plain, offset) == p->At("promisePrototype") &&
                 p->Word(sub, offset) == p->At("subclassPrototype"),
             "a promise's prototype is not where it was expected");
  const uint16_t type = p->TypeOf("promisePrototype");
  p->Require(type != p->TypeOf("subclassPrototype"),
             "the prototype of promises has no type of its own");
  if (!p->ok()) return;
  l->map_prototype = offset;
  l->promise_prototype_type = type;
}

void ProveAsyncFunctions(Prover* p, Layout* l) {
  const Address generator = ProveAwait(p, l, "awaited", "asyncFunction");
  if (!p->ok()) return;
  l->async_function_type = InstanceType(generator);
  p->Require(ReadWord(generator, l->generator_receiver) == p->At("receiver"),
             "an async function's receiver is not where a generator's is");
  l->async_function_promise = p->FindIn(generator, p->At("asyncPromise"));
}

void ProveAsyncGenerators(Prover* p, Layout* l) {
  const Address generator = p->At("asyncGenerator");
  l->async_generator_type = InstanceType(generator);
  const Address awaiting = ProveAwait(p, l, "asyncGeneratorAwaited", "asyncGeneratorFunction");
  p->Require(awaiting == generator, "an async generator's await resumes something else");
  if (!p->ok()) return;
  for (int offset = 24; offset < p->SizeOf(generator); offset += 8) {
    const Address request = ReadWord(generator, offset);
    if (!p->IsObject(request) || p->SizeOf(request) < 24) continue;
    const int promise = p->Scan(request, p->At("request1"));
    const int next = p->ScanOfType(request, InstanceType(request));
    if (promise < 0 || next < 0) continue;
    p->Require(p->Word(ReadWord(request, next), promise) == p->At("request2"),
               "the second request of an async generator disagrees with the first");
    l->async_generator_queue = offset;
    l->request_promise = promise;
    l->request_next = next;
    l->request_type = InstanceType(request);
  }
  p->Require(l->async_generator_queue >= 0, "an async generator's queue was not found");
  const char* others[] = {"yieldAwaited", "closedAwaited", "returnAwaited", "returnAwaited2"};
  for (const char* awaited : others) ProveAwait(p, l, awaited, nullptr);
}

void ProveSource(Prover* p, Layout* l) {
  const auto& internals = GetV8Internals();
  // Asks for a location once, so that V8 has computed where the probe's lines end.
  v8::Local<v8::Value> generator = p->Handle("atSecond");
  const DebugLocation location =
      internals.suspended_location(*reinterpret_cast<void**>(&generator));
  p->Require(!location.is_empty && location.line == p->LineOf("yield argument") &&
                 location.column == p->ColumnOf("yield argument"),
             "a planted generator is not where its source says");
  // Of a function that has never run: of one that has, coverage may keep notes instead.
  const Address shared = p->Word(p->At("fulfill1"), l->function_shared);
  const Address script = p->Word(shared, l->shared_script);
  if (!p->ok()) return;
  l->script_source = p->FindIn(script, p->At("source"));
  int found = 0;
  for (int offset = 8; offset < p->SizeOf(script); offset += 8) {
    const Address ends = ReadWord(script, offset);
    if (!p->IsObjectOfType(ends, l->register_file_type) || p->ArrayLength(ends) < 2) continue;
    const Address first = ReadWord(ends, 16);
    if (!IsSmi(first) || SmiValue(first) != p->FirstLineEnd()) continue;
    l->script_line_ends = offset;
    found++;
  }
  p->Require(found == 1, "where the lines of a script end was not found");
  const Address moved = p->Word(p->At("offsetFunction"), l->function_shared);
  const Address moved_script = p->Word(moved, l->shared_script);
  if (!p->ok()) return;
  l->script_line_offset = p->FindSmi(moved_script, kProbeLineOffset);
  l->script_column_offset = p->FindSmi(moved_script, kProbeColumnOffset);
}

}  // namespace

int FunctionKindOf(const Layout& layout, Address shared) {
  return ReadInt32(shared, layout.shared_flags) & kFunctionKindMask;
}

Address ScriptOf(const Layout& layout, Address shared) {
  const Address script = ReadWord(shared, layout.shared_script);
  if (HasType(script, layout.script_type)) return script;
  if (!HasType(script, layout.debug_info_type)) return kNoAddress;
  // SAFETY: all fields of a DebugInfo are tagged.
  for (int offset = 8; offset < SizeOf(layout, script); offset += 8) {
    const Address field = ReadWord(script, offset);
    if (HasType(field, layout.script_type)) return field;
  }
  return kNoAddress;
}

namespace {

// What it needs beside the layout; that V8's visitor is as expected shows at the first use.
void FinishStuck(const V8Internals& internals, CapabilityState* stuck) {
  for (const char* need : {"heapWalk", "callbacks", "combinators"}) stuck->needs.push_back(need);
  if (!stuck->available) return;
  stuck->available = internals.can_visit_roots();
  (stuck->available ? stuck->via : stuck->reason) =
      stuck->available ? "v8::internal::Heap::IterateRoots by the " + internals.via
                       : "V8's Heap::IterateRoots was not found: " + internals.reason;
  if (!stuck->available) stuck->via.clear();
}

}  // namespace

bool ProveLayout(Isolate* isolate, Layout* l, CapabilityMap* capabilities) {
  const V8InternalsAhead ahead;
  HandleScope scope(isolate);
  Prover p(isolate);
  l->map_size = p.map_size_field();
  const std::string via = "planted objects";
  const auto prove = [&](const char* name, std::initializer_list<const char*> needs,
                         void (*step)(Prover*, Layout*)) {
    CapabilityState& state = (*capabilities)[name];
    state.needs.assign(needs.begin(), needs.end());
    for (const char* need : needs) {
      if (!(*capabilities)[need].available) {
        return;  // for a reason that SpreadFailures gives
      }
    }
    p.Begin();
    if (p.ok()) step(&p, l);
    state.available = p.ok();
    (p.ok() ? state.via : state.reason) = p.ok() ? via : p.reason();
  };

  prove("generators", {}, ProveGenerators);
  prove("functions", {"generators"}, ProveFunctions);
  prove("promises", {"generators"}, ProvePromises);
  prove("asyncFunctions", {"promises", "functions"}, ProveAsyncFunctions);
  prove("asyncGenerators", {"promises", "functions"}, ProveAsyncGenerators);
  prove("delegates", {"generators"}, ProveDelegates);
  prove("combinators", {"promises", "functions"}, ProveCombinators);
  prove("resolvers", {"promises", "functions"}, ProveResolvers);
  prove("callbacks", {"promises", "functions"}, ProveCallbacks);
  prove("modules", {"asyncFunctions"}, ProveModules);

  // Not sooner: until here, they are looked up beside the proof.
  const V8Internals& internals = GetV8Internals();
  CapabilityState& positions = (*capabilities)["positions"];
  if (internals.suspended_location == nullptr) {
    positions.reason = "V8's GeneratorObject::SuspendedLocation was not found: " + internals.reason;
  } else {
    prove("positions", {"functions"}, ProveSource);
    if (positions.available) positions.via = "v8::debug by the " + internals.via;
  }
  // Of no use by themselves, so they are no capabilities: where they fail, nothing is bound, and
  // nothing is held by the scope of something suspended.
  for (void (*const step)(Prover*, Layout*) :
       {ProveBoundFunctions, ProveGeneratorScopes, ProveSubclasses}) {
    p.Begin();
    if (p.ok()) step(&p, l);
  }
  if ((*capabilities)["combinators"].available) {
    p.Begin();
    if (p.ok()) ProveFromAsync(&p, l);
  }
  prove("resources", {"generators"}, ProveResources);
  prove("functionNames", {"functions"}, ProveFunctionNames);
  prove("asyncContext", {"promises", "functionNames"}, ProveObjects);
  if ((*capabilities)["resolvers"].available && (*capabilities)["asyncFunctions"].available) {
    p.Begin();
    if (p.ok()) ProveUses(&p, l);
    l->uses_reason = p.reason();
  }
  prove("microtasks", {"promises"}, ProveMicrotasks);
  prove("stuck", {"asyncFunctions", "asyncGenerators", "resolvers"}, ProveStores);
  prove("holders", {"resolvers", "asyncFunctions", "functionNames"}, ProveHolders);
  p.Release();
  l->probe_queue = p.TakeQueue();

  CapabilityState& scopes = (*capabilities)["scopes"];
  scopes.available = internals.can_read_scopes();
  (scopes.available ? scopes.via : scopes.reason) =
      scopes.available ? "v8::debug by the " + internals.via
                       : "V8's ScopeIterator was not found: " + internals.reason;
  CapabilityState& query = (*capabilities)["queryObjects"];
  query.available = HasQueryObjects();
  (query.available ? query.via : query.reason) =
      query.available
          ? "v8::HeapProfiler::QueryObjects, which collects garbage and type feedback first"
          : "this V8 has no public HeapProfiler::QueryObjects";
  scopes.needs = {"generators"};
  CapabilityState& walk = (*capabilities)["heapWalk"];
  walk.needs = {"generators"};
  walk.available = internals.can_walk();
  (walk.available ? walk.via : walk.reason) =
      walk.available ? "HeapObjectIterator by the " + internals.via
                     : "V8's HeapObjectIterator was not found: " + internals.reason;
  FinishStuck(internals, &(*capabilities)["stuck"]);
  // A step fails for good; planting, and opening a file, can fail because of the moment.
  return p.planted() && !internals.transient;
}

}  // namespace asynctb
