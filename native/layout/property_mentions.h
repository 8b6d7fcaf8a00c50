// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

// Whether a function may use a field of an object that it holds: its bytecode has the field's name
// among its constants, or that of a method of the object which has. A function that only counts in
// `this` does not settle what another field of it could.
//
// SAFETY: addresses in, no allocation in the isolate; see heap_read.h.
#pragma once

#include <array>
#include <map>
#include <unordered_set>
#include <vector>

#include "layout/env_data.h"

namespace asynctb {

class PropertyMentions {
 public:
  struct Field {
    Address object = kNoAddress;
    int offset = 0;
    bool in_store = false;  // of further properties, not in the object itself
    // The object may be handed on as it is: what uses no field of it by name may use any.
    bool may_be_handed_on = false;
  };

  explicit PropertyMentions(const EnvData& env);

  // Whether `function` may use the field at the end of a path of fields. True where that cannot be
  // told.
  bool MayUse(Address function, const std::vector<Field>& path);

 private:
  bool Decide(Address function, const std::vector<Field>& path);
  void AddFunction(Address function);
  void AddCode(Address shared, int depth);
  void AddMethods(Address object);
  void AddMethodsOf(Address holder);
  void AddDescribed(Address holder, Address map);
  void AddFromDictionary(Address dictionary);
  void AddMethod(Address key, Address value, bool is_data);
  Address KeyOf(const Field& field) const;
  bool NamesAnyOf(Address object) const;
  // The descriptors of a map and how many of them are its own; 0 where they cannot be read.
  int OwnDescriptors(Address map, Address* descriptors) const;
  Address FieldAt(Address holder, Address map, int index) const;

  const Layout& layout_;
  const Address null_value_;
  // Of the question that is answered.
  bool unknown_ = false;
  std::unordered_set<Address> names_, codes_;
  // By function and, for two fields, map and place.
  using Key = std::array<Address, 5>;
  std::map<Key, bool> known_;
};

class Prover;
// Finds where bytecode keeps its constants, in a planted function that mentions a name.
void ProveConstants(Prover* prover, Layout* layout, Address bytecode, Address name);

}  // namespace asynctb
