// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "layout/store_layout.h"

#include <algorithm>
#include <iterator>

#include "layout/layout.h"
#include "layout/layout_prover.h"
#include "v8/symbols.h"

namespace asynctb {

namespace {

constexpr char kSource[] = R"js((() => {
'use strict';
const s = {};
const held = s.storeHeld = { held: true };
class Instance { #hidden = held; }
s.storeInstance = new Instance();
s.storeClass = Instance;
s.storeArray = [held];
s.storeMap = new Map([[held, held]]);
s.storeSet = new Set([held]);
s.storeWeakMap = new WeakMap([[held, held]]);
const own = s.storeProperties = {};
own.a = held; own.b = held; own.c = held; own.d = held; own.e = held; own.f = held; own.g = held;
own.h = held;
s.storeDictionary = Object.create(null);
for (let i = 0; i < 20; i++) s.storeDictionary['p' + i] = held;
delete s.storeDictionary.p0;
s.storeSparse = [];
s.storeSparse[10000000] = held;
s.storeArguments = (function () { return arguments; })(held);
s.storeBound = (function () {}).bind(held, held);
let assigned = 1;
s.storeClosure = () => assigned;
s.storeClosure();
assigned = 2;
s.storeClosure();
assigned = held;
s.storeWeakRef = new WeakRef(held);
s.storeRegistry = new FinalizationRegistry(() => {});
return s;
})())js";

void Add(std::vector<uint16_t>* types, uint16_t type) {
  if (std::find(types->begin(), types->end(), type) == types->end()) types->push_back(type);
}

// The arrays that an object of JavaScript's refers to and that have what was put into it.
bool AddStoresOf(Prover* p, const char* name, StoreLayout* stores) {
  const Address object = p->At(name), held = p->At("storeHeld");
  bool found = false;
  for (int offset = 8; offset < p->SizeOf(object); offset += 8) {
    const Address word = p->Word(object, offset);
    const int length = p->IsObject(word) ? p->ArrayLength(word) : -1;
    for (int i = 0; i < length; i++) {
      if (ReadWord(word, 16 + 8 * i) != held) continue;
      Add(&stores->store_types, InstanceType(word));
      found = true;
      break;
    }
  }
  return found;
}

// A V8 may keep a variable that is assigned to in a cell of its own, between the scope and the
// value.
bool AddCellOfScope(Prover* p, const Layout& l, StoreLayout* stores) {
  const Address held = p->At("storeHeld");
  const Address scope = p->Word(p->At("storeClosure"), l.function_context);
  const int length = p->ArrayLength(scope);
  for (int i = 0; i < length; i++) {
    const Address word = ReadWord(scope, kContextSlots + 8 * i);
    if (word == held) return true;
    if (!p->IsObject(word)) continue;
    for (int offset = 8; offset < p->SizeOf(word); offset += 8) {
      if (p->Word(word, offset) != held) continue;
      Add(&stores->object_types, InstanceType(word));
      return true;
    }
  }
  return false;
}

}  // namespace

void ProveStores(Prover* p, Layout* l) {
  if (!p->PlantScript(kSource)) {
    p->Require(false, "the objects that hold something could not be planted");
    return;
  }
  StoreLayout found;
  for (const char* name : {"storeHeld",       "storeInstance",     "storeClass",
                           "storeArray",      "storeMap",          "storeSet",
                           "storeWeakMap",    "storeWeakRef",      "storeArguments",
                           "storeBound",      "storeClosure",      "storeProperties",
                           "storeDictionary", "storeSparse",       "fulfilled",
                           "notStarted",      "asyncGenerator",    "fulfill1",
                           "asyncFunction",   "generatorFunction", "asyncGeneratorFunction"}) {
    Add(&found.object_types, p->TypeOf(name));
  }
  Add(&found.object_types, l->async_function_type);
  for (const char* name : {"storeArray", "storeMap", "storeSet", "storeWeakMap", "storeProperties",
                           "storeDictionary", "storeSparse", "storeArguments", "storeBound"}) {
    p->Require(AddStoresOf(p, name, &found), std::string(name) + " does not show what it holds");
  }
  p->Require(AddCellOfScope(p, *l, &found), "a scope does not show what it holds");
  for (const char* constant :
       {"v8dbg_type_Cell__CELL_TYPE", "v8dbg_type_PropertyCell__PROPERTY_CELL_TYPE"}) {
    int type = -1;
    p->Require(ReadDebugConstant(constant, &type), std::string("there is no ") + constant);
    if (type >= 0) Add(&found.object_types, static_cast<uint16_t>(type));
  }
  found.finalization_registry_type = p->TypeOf("storeRegistry");
  found.native_context_type = p->NativeContextType();
  // V8's own structures must not be among them.
  for (const uint16_t type :
       {l->reaction_type, l->capability_type, l->request_type, p->NativeContextType()}) {
    for (const std::vector<uint16_t>* types : {&found.object_types, &found.store_types}) {
      p->Require(std::find(types->begin(), types->end(), type) == types->end(),
                 "what settles promises looks like a plain object");
    }
  }
  if (p->ok()) l->stores = std::move(found);
}

}  // namespace asynctb
