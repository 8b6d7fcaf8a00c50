// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "layout/holder_layout.h"

#include <algorithm>

#include "layout/holder_names.h"
#include "layout/layout.h"
#include "layout/layout_prover.h"
#include "v8/symbols.h"

namespace asynctb {

namespace {

// Each holds `held`; no two alike. `many` stands for a hundred names.
constexpr char kSource[] = R"js((() => {
'use strict';
const s = { held: { held: 1 }, theFieldName: 'inObject', theVariableName: 'captured' };
const held = s.held;
s.inObject = { other: 1, inObject: held };
s.inFields = {};
for (let i = 0; i < 8; i++) s.inFields['f' + i] = i;
s.inFields.beside = held;
s.inDictionary = { a: 1, b: 2, c: held };
delete s.inDictionary.a;
s.inSymbol = { [Symbol('described')]: held };
s.inArray = [1, held, 2];
s.inSparse = [];
s.inSparse[100000] = held;
s.inMap = new Map([[7, 8], ['key', held]]);
s.inSet = new Set([7, held]);
s.weak = new WeakRef(held);
class Planted { #hidden = held; open = 1; }
s.instance = new Planted();
s.inClosure = ((first, captured) => () => [first, captured])(1, held);
s.inAssigned = (() => {
  let first = 1, assigned = held;
  return [() => [first, assigned], () => { first++; assigned = null; }];
})()[0];
s.inNamed = (function named(first, captured) { return () => [named, first, captured]; })(1, held);
s.inMany = ((many, last) => () => [many, last])(many, held);
s.Planted = Planted;
s.proxied = {};
s.proxy = new Proxy(s.proxied, {});
s.error = new Error();
return s;
})())js";

// A scope with so many variables has their names in a table.
std::string SourceWithManyNames() {
  std::string names;
  for (int i = 0; i < 100; i++) names += (i > 0 ? ",v" : "v") + std::to_string(i);
  std::string source = kSource;
  const std::string form = "((many, last) => () => [many, last])(many, held)";
  const size_t at = source.find(form);
  if (at == std::string::npos) return source;
  return source.replace(at, form.size(),
                        "((last," + names + ") => () => [" + names + ",last])(held)");
}

bool ReadType(const char* name, uint16_t* type) {
  int value = 0;
  if (!ReadDebugConstant((std::string("v8dbg_") + name).c_str(), &value)) return false;
  *type = static_cast<uint16_t>(value);
  return true;
}

bool ReadNumber(const char* name, int* value) {
  return ReadDebugConstant((std::string("v8dbg_") + name).c_str(), value);
}

void SetRange(HolderLayout* h, int first, int last, HolderType as) {
  for (int type = first; type <= last && type < HolderLayout::kTypes; type++) h->types[type] = as;
}

bool ReadConstants(HolderLayout* h, const Layout& l) {
  int first_object = 0, special = 0, api = 0, first_context = 0, last_context = 0;
  uint16_t proxy = 0, weak_ref = 0, global_proxy = 0, cell = 0, property_cell = 0;
  if (!(ReadNumber("type_JSObject__JS_OBJECT_TYPE", &first_object) &&
        ReadNumber("SpecialAPIObjectType", &special) && ReadNumber("APIObjectType", &api) &&
        ReadNumber("FirstContextType", &first_context) &&
        ReadNumber("LastContextType", &last_context) &&
        ReadType("type_JSProxy__JS_PROXY_TYPE", &proxy) &&
        ReadType("type_JSWeakRef__JS_WEAK_REF_TYPE", &weak_ref) &&
        ReadType("type_JSGlobalProxy__JS_GLOBAL_PROXY_TYPE", &global_proxy) &&
        ReadType("type_Cell__CELL_TYPE", &cell) &&
        ReadType("type_PropertyCell__PROPERTY_CELL_TYPE", &property_cell) &&
        ReadType("type_JSArray__JS_ARRAY_TYPE", &h->array_type) &&
        ReadType("type_JSMap__JS_MAP_TYPE", &h->map_type) &&
        ReadType("type_JSSet__JS_SET_TYPE", &h->set_type) &&
        ReadType("type_ScopeInfo__SCOPE_INFO_TYPE", &h->scope_info_type) &&
        ReadType("type_Symbol__SYMBOL_TYPE", &h->symbol_type) &&
        ReadType("type_HeapNumber__HEAP_NUMBER_TYPE", &h->number_type) &&
        ReadType("type_Oddball__ODDBALL_TYPE", &h->oddball_type) &&
        (ReadNumber("class_Map__constructor_or_back_pointer__Object", &h->map_constructor) ||
         ReadNumber("class_Map__constructor_or_back_pointer__Tagged_Object_",
                    &h->map_constructor)) &&
        ReadNumber("class_JSObject__elements__Object", &h->elements) &&
        (ReadNumber("class_Symbol__name__Object", &h->symbol_description) ||
         ReadNumber("class_Symbol__description__PrimitiveHeapObject", &h->symbol_description)) &&
        ReadNumber("class_HeapNumber__value__double", &h->number_value))) {
    return false;
  }
  h->property_cell_type = property_cell;
  h->proxy_type = proxy;
  h->api_type = static_cast<uint16_t>(api);
  h->special_api_type = static_cast<uint16_t>(special);
  const int first = std::min({first_object, special, api, int{global_proxy}});
  SetRange(h, first, HolderLayout::kTypes - 1, HolderType::kObject);
  SetRange(h, first_context, last_context, HolderType::kContext);
  for (const uint16_t none : {proxy, weak_ref, global_proxy, l.native_context_type}) {
    h->types[none] = HolderType::kNone;
  }
  h->types[cell] = h->types[property_cell] = HolderType::kCell;
  int first_function = 0, last_function = 0;
  if (ReadNumber("FirstJSFunctionType", &first_function) &&
      ReadNumber("LastJSFunctionType", &last_function)) {
    SetRange(h, first_function, last_function, HolderType::kFunction);
  }
  return true;
}

// What has no types of its own among the constants, by samples.
void ReadSamples(Prover* p, Layout* l) {
  HolderLayout* h = &l->holders;
  const auto store_of = [&](const char* name, int field) {
    const Address store = p->Word(p->At(name), field);
    p->Require(p->IsObject(store), std::string("nothing is beside ") + name);
    return p->ok() ? store : kNoAddress;
  };
  const Address elements = store_of("inArray", h->elements);
  const Address sparse = store_of("inSparse", h->elements);
  const Address dictionary = store_of("inDictionary", l->names.properties);
  const Address fields = store_of("inFields", l->names.properties);
  h->collection_table = 24;
  const Address map_table = store_of("inMap", h->collection_table);
  const Address set_table = store_of("inSet", h->collection_table);
  if (!p->ok()) return;
  h->sparse_type = InstanceType(sparse);
  h->map_table_type = InstanceType(map_table);
  h->set_table_type = InstanceType(set_table);
  for (const Address store : {elements, sparse, map_table, set_table}) {
    h->types[InstanceType(store)] = HolderType::kElements;
  }
  h->types[l->register_file_type] = HolderType::kElements;
  h->types[InstanceType(dictionary)] = HolderType::kDictionary;
  h->types[InstanceType(fields)] = HolderType::kFields;
  p->Require(InstanceType(dictionary) == l->names.dictionary_type &&
                 InstanceType(fields) == l->names.fields_type,
             "properties are kept in something else");
  h->array_length = p->FindSmi(p->At("inArray"), 3);
  for (const char* name : {"inClosure", "Planted"}) {
    h->types[p->TypeOf(name)] = HolderType::kFunction;
  }
  h->types[l->function_type] = HolderType::kFunction;
  // It has the functions of the stack on which it was made, and calls none of them.
  const uint16_t error = p->TypeOf("error");
  p->Require(error != p->TypeOf("inObject"), "an error is like any object");
  h->types[error] = HolderType::kNone;
  for (const uint16_t type : {l->generator_type, l->async_function_type, l->async_generator_type}) {
    if (type != Layout::kNoType) h->types[type] = HolderType::kActivation;
  }
  h->types[l->reaction_type] = HolderType::kReaction;
  h->types[l->promise_type] = HolderType::kPromise;
  h->types[l->capability_type] = HolderType::kCapability;
}

// Newer V8s keep what a variable holds that is assigned to in a cell, which the context refers to.
void FindCells(Prover* p, Layout* l) {
  const Address context = p->Word(p->At("inAssigned"), l->function_context);
  const int length = p->ArrayLength(context);
  for (int i = 2; i < length; i++) {
    const Address cell = ReadWord(context, kContextSlots + 8 * i);
    if (!p->IsObject(cell) || cell == p->At("held") || p->Word(cell, 8) != p->At("held")) continue;
    l->holders.cell_type = InstanceType(cell);
    l->holders.types[InstanceType(cell)] = HolderType::kCell;
  }
}

std::string NameOf(const Layout& layout, Address key) {
  std::string text;
  return ReadKey(layout, key, &text) ? text : "";
}

// The first object in the description of a scope with many variables.
void FindNamesTable(Prover* p, Layout* l) {
  const Address context = p->Word(p->At("inMany"), l->function_context);
  if (!p->ok() || p->ArrayLength(context) < 2) return;
  const Address info = ReadWord(context, kContextSlots);
  if (!p->IsObjectOfType(info, l->holders.scope_info_type)) return;
  constexpr int kMostBefore = 10;
  for (int i = 1; i <= kMostBefore; i++) {
    const Address word = ReadWord(info, 8 * i);
    if (!p->IsObject(word)) continue;
    if (p->ArrayLength(word) > 100) l->holders.names_type = InstanceType(word);
    return;
  }
}

// How one planted object says that it holds `held`.
std::string FoundName(Prover* p, const Layout& l, const char* name) {
  const Address object = p->At(name), held = p->At("held");
  if (!p->ok()) return "";
  std::string found;
  const int size = SizeOf(l, object);
  for (int offset = 8; offset < size; offset += 8) {
    const Address word = ReadWord(object, offset);
    if (word == held) found = NameOf(l, KeyOfField(l, object, offset));
    if (!IsHeapObject(word) || !p->IsObject(word)) continue;
    const HolderType type = l.holders.Of(InstanceType(word));
    if (type != HolderType::kFields && type != HolderType::kDictionary &&
        type != HolderType::kElements && type != HolderType::kContext) {
      continue;
    }
    const int length = LengthOfStore(l, word);
    for (int i = 0; i < length; i++) {
      const Address inside = ReadWord(word, kContextSlots + 8 * i);
      const bool in_cell = l.holders.cell_type != Layout::kNoType &&
                           HasType(inside, l.holders.cell_type) && ReadWord(inside, 8) == held;
      if (inside != held && !in_cell) continue;
      if (type == HolderType::kContext) {
        found = NameOf(l, VariableOfSlot(l, word, i));
      } else {
        const StoreEntry entry = EntryOfStore(l, object, word, i);
        found = entry.key != kNoAddress ? NameOf(l, entry.key)
                                        : "[" + std::to_string(entry.index) + "]";
      }
    }
  }
  return found;
}

}  // namespace

void ProveHolders(Prover* p, Layout* l) {
  HolderLayout* h = &l->holders;
  p->Require(l->names.proven, "names of properties cannot be read");
  p->Require(ReadConstants(h, *l), "this binary lacks some of the v8dbg_ constants");
  p->Require(p->PlantScript(SourceWithManyNames().c_str()),
             "objects that hold something could not be planted");
  if (!p->ok()) return;
  ReadSamples(p, l);
  if (!p->ok()) return;
  FindCells(p, l);
  FindNamesTable(p, l);
  constexpr const char* kExpected[][2] = {
      {"inObject", "inObject"},  {"inFields", "beside"},     {"inDictionary", "c"},
      {"inSymbol", "described"}, {"inArray", "[1]"},         {"inSparse", "[100000]"},
      {"inMap", "key"},          {"instance", "#hidden"},    {"inClosure", "captured"},
      {"inNamed", "captured"},   {"inAssigned", "assigned"}, {"inSet", "[-1]"},
      {"inMany", "last"},
  };
  for (const auto& [name, expected] : kExpected) {
    if (!p->ok()) return;
    const std::string found = FoundName(p, *l, name);
    p->Require(found == expected,
               std::string("what ") + name + " holds is called '" + found + "' there");
  }
  const Address map = MapOf(p->At("instance"));
  Address constructor = p->Word(map, h->map_constructor);
  for (int i = 0;
       i < 10 && p->IsObject(constructor) && InstanceType(constructor) == InstanceType(map); i++) {
    constructor = p->Word(constructor, h->map_constructor);
  }
  p->Require(constructor == p->At("Planted"), "an object does not lead to its class");
  for (const char* none : {"weak", "proxy"}) {
    p->Require(h->Of(p->TypeOf(none)) == HolderType::kNone, "what is weak seems to hold");
  }
  // Where a proxy has its target; it is not followed but by who knows whose proxy it is.
  constexpr int kEndOfProxy = 32;
  for (int offset = 16; offset < kEndOfProxy && h->proxy_target < 0; offset += 8) {
    if (p->Word(p->At("proxy"), offset) == p->At("proxied")) h->proxy_target = offset;
  }
  h->proven = p->ok();
}

}  // namespace asynctb
