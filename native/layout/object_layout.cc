// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "layout/object_layout.h"

#include "layout/layout.h"
#include "layout/layout_prover.h"
#include "layout/own_data.h"

namespace asynctb {

namespace {

// The same data kept in each way, and what must not be taken for it.
constexpr char kSource[] = R"js((() => {
'use strict';
const s = { mark: {}, otherMark: {}, text: 'asynctb' + ' text', symbol: Symbol('asynctb symbol') };
s.description = 'asynctb symbol';
s.number = { value: 1234.5 };
s.map = new Map([['gone', 1], [s.mark, s.otherMark], ['text', s.text]]);
s.map.delete('gone');
s.subMap = new (class extends Map {})([[s.mark, s.otherMark]]);
s.grownMap = new Map();
for (let i = 0; i < 40; i++) s.grownMap.set('key ' + i, i);
s.grownMap.set('text', s.text);
s.plain = { before: 1, text: s.text, count: 7, ratio: 1234.5, [s.symbol]: s.mark };
s.grown = {};
for (let i = 0; i < 20; i++) s.grown['key' + i] = i;
Object.assign(s.grown, { text: s.text, count: 7, ratio: 1234.5, [s.symbol]: s.mark });
s.dictionary = Object.assign(Object.create(null), s.plain);
delete s.dictionary.before;
s.getter = { get text() { throw 1; }, count: 7, ratio: 1234.5, [s.symbol]: s.mark };
s.privateName = new (class { #name = s.text; count = 7; ratio = 1234.5; [s.symbol] = s.mark; })();
s.promise = Promise.resolve();
s.promise[s.symbol] = s.mark;
s.pair = [1234567, 89];
s.doubles = [1234567.5, 0.25];
return s;
})())js";

void FindFields(Prover* p, Layout* l) {
  ObjectLayout* o = &l->objects;
  o->object_type = p->TypeOf("plain");
  o->map_type = p->TypeOf("map");
  o->symbol_type = p->TypeOf("symbol");
  p->Require(p->TypeOf("subMap") == o->map_type && p->TypeOf("privateName") == o->object_type &&
                 p->TypeOf("dictionary") == o->object_type,
             "objects of one kind have several types");
  const OwnData data(*l);
  const Address symbol = p->At("symbol");
  if (!p->ok()) return;
  for (int offset = 8; offset < p->SizeOf(symbol); offset += 8) {
    const Address word = ReadWord(symbol, offset);
    if (p->IsObject(word) && data.IsText(word, "asynctb symbol")) o->symbol_description = offset;
  }
  p->Require(o->symbol_description > 0, "the description of a symbol was not found");

  const Address map = p->At("map");
  int found = 0;
  for (int offset = 8; p->ok() && offset < p->SizeOf(map); offset += 8) {
    const Address table = ReadWord(map, offset);
    const int length = p->ArrayLength(table);
    for (int i = 0; i + 1 < length; i++) {
      if (ReadWord(table, 16 + 8 * i) != p->At("mark") ||
          ReadWord(table, 24 + 8 * i) != p->At("otherMark")) {
        continue;
      }
      o->map_table = offset;
      o->table_type = InstanceType(table);
      found++;
    }
  }
  p->Require(found == 1, "the entries of a Map were not found");
}

// A number that is no Smi is an object of two words, of which the second is the number.
void FindNumber(Prover* p, Layout* l) {
  ObjectLayout* o = &l->objects;
  int found = 0;
  const Address holder = p->At("number");
  for (int offset = 24; p->ok() && offset < p->SizeOf(holder); offset += 8) {
    const Address number = ReadWord(holder, offset);
    if (!p->IsObject(number) || p->SizeOf(number) != 16) continue;
    double value = 0;
    o->number_value = 8;
    o->number_type = InstanceType(number);
    if (OwnData(*l).Number(number, &value) && value == 1234.5) found++;
  }
  p->Require(found == 1, "a number was not found in its object");
}

void CheckData(Prover* p, Layout* l) {
  const OwnData data(*l);
  for (const char* name : {"plain", "grown", "dictionary", "getter", "privateName"}) {
    const Address object = p->At(name);
    if (!p->ok()) return;
    const bool has_text = std::string(name) != "getter" && std::string(name) != "privateName";
    double count = 0, ratio = 0;
    p->Require(data.Get(object, "text") == (has_text ? p->At("text") : kNoAddress) &&
                   data.Number(data.Get(object, "count"), &count) && count == 7 &&
                   data.Number(data.Get(object, "ratio"), &ratio) && ratio == 1234.5 &&
                   data.GetBySymbol(object, "asynctb symbol") == p->At("mark"),
               std::string("the data of ") + name + " was not found where it is");
  }
  if (!p->ok()) return;
  p->Require(data.GetBySymbol(p->At("privateName"), "#name") == p->At("text"),
             "a private field was not found where it is");
  p->Require(data.GetBySymbol(p->At("promise"), "asynctb symbol") == p->At("mark"),
             "a property of a promise was not found where it is");
  struct Expected {
    const char* map;
    const char* key;  // planted, or the text "text"
    const char* value;
    int count;
  };
  constexpr Expected kMaps[] = {{"map", "mark", "otherMark", 2},
                                {"map", nullptr, "text", 2},
                                {"subMap", "mark", "otherMark", 1},
                                {"grownMap", nullptr, "text", 41}};
  for (const Expected& expected : kMaps) {
    bool found = false;
    int count = 0;
    data.ForEachEntry(p->At(expected.map), [&](Address key, Address value) {
      if (data.IsString(key) || data.IsObject(key)) count++;
      const bool fits =
          expected.key == nullptr ? data.IsText(key, "text") : key == p->At(expected.key);
      found = found || (fits && value == p->At(expected.value));
      return true;
    });
    p->Require(found && count == expected.count,
               std::string("the entries of ") + expected.map + " were not found where they are");
  }
}

void FindElements(Prover* p, Layout* l) {
  ObjectLayout* o = &l->objects;
  o->array_type = p->TypeOf("pair");
  const Address pair = p->At("pair"), doubles = p->At("doubles");
  for (int offset = 8; p->ok() && offset < p->SizeOf(pair); offset += 8) {
    const Address elements = ReadWord(pair, offset);
    if (p->ArrayLength(elements) != 2 || !IsSmi(ReadWord(elements, 16)) ||
        SmiValue(ReadWord(elements, 16)) != 1'234'567) {
      continue;
    }
    o->array_elements = offset;
    o->elements_type = InstanceType(elements);
    const Address other = ReadWord(doubles, offset);
    if (p->IsObject(other)) o->doubles_type = InstanceType(other);
  }
  const OwnData data(*l);
  double first = 0, second = 0, third = 0;
  p->Require(o->array_elements > 0 && data.Element(pair, 1, &first) && first == 89 &&
                 data.Element(doubles, 0, &second) && second == 1'234'567.5 &&
                 data.Element(doubles, 1, &third) && third == 0.25,
             "the elements of an array were not found");
}

// A reaction has six words. Five of them are known; V8 continues with what the other one holds.
void FindReactionData(Prover* p, Layout* l) {
  const Address reaction = p->Word(p->At("awaited"), l->promise_reactions);
  if (!p->ok() || p->SizeOf(reaction) != 48) return;
  int found = -1, count = 0;
  for (int offset = 8; offset < 48; offset += 8) {
    if (offset == l->reaction_next || offset == l->reaction_fulfill ||
        offset == l->reaction_reject || offset == l->reaction_target) {
      continue;
    }
    found = offset;
    count++;
  }
  if (count == 1 && p->IsObject(ReadWord(reaction, found))) l->objects.reaction_data = found;
}

}  // namespace

void ProveObjects(Prover* p, Layout* l) {
  p->Require(p->PlantScript(kSource), "objects with data could not be planted");
  if (p->ok()) FindFields(p, l);
  if (p->ok()) FindNumber(p, l);
  if (p->ok()) CheckData(p, l);
  if (p->ok()) FindElements(p, l);
  if (p->ok()) FindReactionData(p, l);
  l->objects.proven = p->ok();
}

}  // namespace asynctb
