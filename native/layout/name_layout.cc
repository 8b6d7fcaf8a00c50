// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "layout/name_layout.h"

#include <unistd.h>

#include "layout/heap_text.h"
#include "layout/layout.h"
#include "layout/layout_prover.h"
#include "layout/own_name.h"
#include "memory/checked_read.h"
#include "v8/handle_address.h"
#include "v8/symbols.h"

namespace asynctb {

namespace {

// One function for each way of keeping a name, and what must not be taken for one.
constexpr char kSource[] = R"js((() => {
'use strict';
const s = { givenName: 'asynctb' + ' given', longName: 'asynctb given, and longer than that' };
const make = () => async () => {};
s.unnamed = make();
s.manyFields = make();
for (let i = 0; i < 10; i++) s.manyFields['field' + i] = s.givenName;
s.namedInDictionary = Object.defineProperty(make(), 'name', { value: s.givenName });
s.namedInObject = { [s.givenName]: async () => {} }[s.givenName];
s.renamedInObject = Object.defineProperty({ ['x' + s]: async () => {} }['x' + s], 'name', {
  value: s.givenName, writable: false, enumerable: false, configurable: true });
s.namedInFields = function () {};
delete s.namedInFields.name;
for (let i = 0; i < 10; i++) s.namedInFields['field' + i] = i;
Object.defineProperty(s.namedInFields, 'name', { value: s.givenName });
const child = Object.create(s.namedInFields);
const read = (object) => object.name;
for (let i = 0; i < 100; i++) read(child);  // what is a prototype gets its fields back
s.namedByGetter = Object.defineProperty(make(), 'name', { get: () => s.givenName });
s.namedByNumber = Object.defineProperty(make(), 'name', { value: 7 });
s.nameless = make();
delete s.nameless.name;
s.namedInPieces = Object.defineProperty(make(), 'name', { value: s.givenName + ', and longer than that' });
return s;
})())js";

bool ReadConstants(NameLayout* n) {
  const auto read = [](const char* name, int* value) {
    return ReadDebugConstant((std::string("v8dbg_") + name).c_str(), value);
  };
  int prefix_start = 0, prefix_size = 0;
  const bool all =
      ReadStringLayout(&n->strings) &&
      (read("class_Map__instance_descriptors__DescriptorArray", &n->descriptors) ||
       read("class_Map__instance_descriptors__Tagged_DescriptorArray_", &n->descriptors)) &&
      read("class_Map__bit_field3__int", &n->bit_field3) &&
      read("class_Map__inobject_properties_start_or_constructor_function_index__char",
           &n->fields_start) &&
      read("class_Map__instance_size_in_words__char", &n->size_in_words) &&
      read("bit_field3_is_dictionary_map_shift", &n->dictionary_shift) &&
      read("bit_field3_number_of_own_descriptors_mask", &n->own_count_mask) &&
      read("bit_field3_number_of_own_descriptors_shift", &n->own_count_shift) &&
      read("class_DescriptorArray__header_size__uintptr_t", &n->header) &&
      read("prop_desc_size", &n->entry) && read("prop_desc_key", &n->entry_key) &&
      read("prop_desc_details", &n->entry_details) && read("prop_kind_mask", &n->kind_mask) &&
      read("prop_kind_Data", &n->data_kind) && read("prop_location_mask", &n->place_mask) &&
      read("prop_location_shift", &n->place_shift) && read("prop_location_Field", &n->in_field) &&
      read("prop_index_mask", &n->index_mask) && read("prop_index_shift", &n->index_shift) &&
      (read("class_JSReceiver__raw_properties_or_hash__Object", &n->properties) ||
       read("class_JSReceiver__raw_properties_or_hash__Tagged_Object_", &n->properties)) &&
      read("namedictionary_prefix_start_index", &prefix_start) &&
      read("namedictionaryshape_prefix_size", &prefix_size) &&
      read("namedictionaryshape_entry_size", &n->dictionary_entry) &&
      read("type_DescriptorArray__DESCRIPTOR_ARRAY_TYPE", &n->descriptors_type) &&
      read("type_StrongDescriptorArray__STRONG_DESCRIPTOR_ARRAY_TYPE",
           &n->strong_descriptors_type) &&
      read("type_PropertyArray__PROPERTY_ARRAY_TYPE", &n->fields_type);
  n->dictionary_start = prefix_start + prefix_size;
  return all && n->entry > 0 && n->dictionary_entry > 1;
}

// Nothing is proven yet: the kernel is asked before each page is read.
class ProvingReader {
 public:
  explicit ProvingReader(int map_type) : map_type_(map_type) {}
  int TypeOf(Address object) { return reader_.TypeOf(object, map_type_); }
  bool Word(Address object, int offset, Address* value) {
    return reader_.Word(object, offset, value);
  }
  template <typename Unit>
  bool LoadUnit(uintptr_t address, Unit* value) {
    return reader_.LoadUnit(address, value);
  }

 private:
  const int map_type_;
  CheckedReader reader_;
};

}  // namespace

void ProveFunctionNames(Prover* p, Layout* l) {
  using Kind = NamePlace::Kind;
  v8::Isolate* isolate = p->isolate();
  NameLayout* n = &l->names;
  p->Require(ReadConstants(n), "this binary lacks some of the v8dbg_ constants");
  p->Require(p->PlantScript(kSource), "functions with names of their own could not be planted");
  if (!p->ok()) return;
  v8::Local<v8::String> key;
  if (!v8::String::NewFromUtf8(isolate, "name", v8::NewStringType::kInternalized).ToLocal(&key)) {
    p->Require(false, "the string \"name\" could not be made");
    return;
  }
  n->key.Reset(isolate, key);
  const Address dictionary = p->Word(p->At("namedInDictionary"), n->properties);
  p->Require(p->IsObject(dictionary), "a renamed function has no dictionary");
  if (!p->ok()) return;
  n->dictionary_type = InstanceType(dictionary);

  int map_type = -1;
  p->Require(ReadDebugConstant("v8dbg_type_Map__MAP_TYPE", &map_type),
             "the type of maps is unknown");
  ProvingReader reader(map_type);
  struct Planted {
    const char* function;
    Kind kind;
    const char* name;  // null: none of its own
  };
  constexpr Planted kPlanted[] = {
      {"unnamed", Kind::kOfSource, nullptr},
      {"manyFields", Kind::kOfSource, nullptr},
      {"namedInDictionary", Kind::kInDictionary, "givenName"},
      {"namedInObject", Kind::kInObject, "givenName"},
      {"renamedInObject", Kind::kInObject, "givenName"},
      {"namedInFields", Kind::kInProperties, "givenName"},
      {"namedByGetter", Kind::kInDictionary, nullptr},
      {"namedByNumber", Kind::kInDictionary, nullptr},
      {"nameless", Kind::kInDictionary, nullptr},
      {"namedInPieces", Kind::kInDictionary, "longName"},
  };
  for (const Planted& planted : kPlanted) {
    const Address function = p->At(planted.function);
    if (!p->ok()) return;
    const Address map = ReadWord(function, v8::internal::Internals::kHeapObjectMapOffset);
    const NamePlace place = FindNamePlace(&reader, *n, ToAddress(key), map);
    const Address name = ReadOwnName(&reader, *n, ToAddress(key), place, function);
    // Whether a prototype has its fields back is V8's affair at that moment.
    const bool may_vary = planted.kind == Kind::kInProperties;
    p->Require((place.kind == planted.kind || may_vary) &&
                   (name != kNoAddress) == (planted.name != nullptr),
               std::string("the name of ") + planted.function + " was not found where it is");
    if (!p->ok() || planted.name == nullptr) continue;
    std::string text, expected;
    p->Require(ReadHeapText(n->strings, name, &text) &&
                   ReadHeapText(n->strings, p->At(planted.name), &expected) && text == expected &&
                   text.starts_with("asynctb given"),
               std::string("the name of ") + planted.function + " is another one");
  }
  n->proven = p->ok();
}

}  // namespace asynctb
