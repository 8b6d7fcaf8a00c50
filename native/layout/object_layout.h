// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

// Where V8 keeps the own data of plain objects and of Maps, numbers, and what a symbol is called;
// and what a reaction of a promise keeps for whoever follows asynchronous contexts.
#pragma once

#include <cstdint>

namespace asynctb {

struct ObjectLayout {
  static constexpr uint16_t kNoType = 0xffff;
  bool proven = false;
  uint16_t object_type = kNoType, map_type = kNoType, symbol_type = kNoType;
  uint16_t number_type = kNoType;  // of a number that is no Smi
  uint16_t table_type = kNoType;   // of what a Map keeps its entries in
  int map_table = -1, symbol_description = -1, number_value = -1;
  // Of an array: what has its elements. An array of numbers may have them as they are, without
  // tags.
  uint16_t array_type = kNoType, elements_type = kNoType, doubles_type = kNoType;
  int array_elements = -1;
  // Of a reaction: with what V8 continues; -1: not found.
  int reaction_data = -1;
};

// Of a Map's table, in words: how many buckets it has, where these begin, and how long an entry
// is: its key, its value and the next one in its bucket.
inline constexpr int kTableBuckets = 2, kTableHeader = 3, kTableEntry = 3;

class Prover;
struct Layout;

// A step of the proof; it plants its objects itself.
void ProveObjects(Prover* prover, Layout* layout);

}  // namespace asynctb
