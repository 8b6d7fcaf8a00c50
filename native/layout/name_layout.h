// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

// Where V8 keeps a `name` that a function was given as a property of its own. The functions of one
// source share all else. An ordinary function has an accessor there, of its map; what was given a
// name has it in a field, as its map's descriptors say, or in a dictionary.
#pragma once

#include <v8.h>

#include "layout/string_layout.h"
#include "memory/heap_read.h"

namespace asynctb {

class Prover;
struct Layout;

struct NameLayout {
  bool proven = false;
  StringLayout strings;
  v8::Global<v8::String> key;  // the string "name", of which an isolate has one

  // Of a Map.
  int descriptors = -1, bit_field3 = -1, fields_start = -1, size_in_words = -1;
  int dictionary_shift = 0, own_count_mask = 0, own_count_shift = 0;  // in its bit_field3
  // Of a DescriptorArray: bytes before the first entry; words of an entry and in it.
  int header = -1, entry = -1, entry_key = -1, entry_details = -1;
  // In an entry's details.
  int kind_mask = 0, data_kind = -1, place_mask = 0, place_shift = 0, in_field = -1;
  int index_mask = 0, index_shift = 0;
  // Of an object: its further fields, or its dictionary.
  int properties = -1;
  // Of a NameDictionary: words before the first entry, which is a key, a value and a number.
  int dictionary_start = -1, dictionary_entry = -1;
  int descriptors_type = -1, dictionary_type = -1, fields_type = -1;
  // Of the descriptors of a context that was made while the collector was marking: until it has
  // been through once more they hold what they lead to. Otherwise they are like all others.
  int strong_descriptors_type = -1;

  bool IsDescriptorsType(int type) const {
    return type >= 0 && (type == descriptors_type || type == strong_descriptors_type);
  }
};

// A step of the proof; it plants its objects itself.
void ProveFunctionNames(Prover* prover, Layout* layout);

}  // namespace asynctb
