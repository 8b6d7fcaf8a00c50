// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

// What may hold something, by its type, and under which name: properties in the object, beside it
// or in a dictionary, elements, entries of maps and sets, variables of scopes.
#pragma once

#include <cstdint>

namespace asynctb {

class Prover;
struct Layout;

// What a type is, for who goes from what is held to what holds it.
enum class HolderType : uint8_t {
  kNone,  // holds nothing, or holds it weakly
  kObject,
  kFunction,
  kActivation,
  kContext,
  kFields,      // an object's further fields
  kDictionary,  // an object's properties: a key, a value and a number an entry
  kElements,    // elements, registers, numbered dictionaries, tables of maps and sets
  kCell,
  kReaction,
  kPromise,
  kCapability,
};

struct HolderLayout {
  static constexpr int kTypes = 1 << 16;
  bool proven = false;
  HolderType types[kTypes] = {};
  int map_constructor = -1;  // of a Map: the constructor, or the map before
  int elements = -1;         // of an object
  int array_length = -1;
  int collection_table = -1;  // of a Map or Set
  uint16_t scope_info_type = 0xffff;
  uint16_t names_type = 0xffff;  // of the table that a scope with many variables has its names in
  uint16_t symbol_type = 0xffff, number_type = 0xffff, oddball_type = 0xffff;
  // Of objects that Node or an addon has made, and may hold from outside of the heap.
  uint16_t api_type = 0xffff, special_api_type = 0xffff;
  uint16_t array_type = 0xffff, map_type = 0xffff, set_type = 0xffff;
  uint16_t map_table_type = 0xffff, set_table_type = 0xffff;
  uint16_t sparse_type = 0xffff;  // elements of an array with holes
  uint16_t property_cell_type = 0xffff;
  uint16_t cell_type = 0xffff;  // of a variable that is assigned to; not in every V8
  uint16_t proxy_type = 0xffff;
  int proxy_target = -1;
  int symbol_description = -1;
  int number_value = -1;

  HolderType Of(uint16_t type) const { return types[type]; }
};

// A step of the proof; it plants its objects itself.
void ProveHolders(Prover* prover, Layout* layout);

}  // namespace asynctb
