// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

// What a function, or an object with functions, leads to: scopes, bound functions, and fields of
// plain objects, the nearest first. Lists and Maps lead to others of their kind, and are not
// followed.
//
// SAFETY: addresses in, no allocation in the isolate; see heap_read.h.
#pragma once

#include <algorithm>
#include <unordered_set>
#include <vector>

#include "layout/env_data.h"

namespace asynctb {

class Nearby {
 public:
  explicit Nearby(const EnvData& env) : layout_(env.layout()) {}

  // Calls `visit(word)` for each object or function on the way, which says whether to go on behind
  // it; at most `most` of them.
  template <typename Visit>
  void Run(const std::vector<Address>& starts, size_t most, Visit visit) {
    todo_.clear();
    known_.clear();
    most_ = most;
    for (const Address start : starts) Note(start);
    for (size_t i = 0; i < todo_.size(); i++) {
      const Address word = todo_[i];
      if (visit(word)) Expand(word);
    }
  }

 private:
  static constexpr int kMostFields = 64, kMostScopes = 8, kMostVariables = 64;

  bool IsFollowed(Address word) const {
    if (!IsHeapObject(word)) return false;
    const uint16_t type = InstanceType(word);
    return type == layout_.function_type || type == layout_.object_type ||
           type == layout_.resources.bound_type;
  }
  void Note(Address word) {
    if (IsHeapObject(word) && layout_.holders.cell_type != Layout::kNoType &&
        HasType(word, layout_.holders.cell_type)) {
      word = ReadWord(word, 8);
    }
    if (IsFollowed(word) && todo_.size() < most_ && known_.insert(word).second) {
      todo_.push_back(word);
    }
  }
  void Expand(Address word) {
    const uint16_t type = InstanceType(word);
    if (type == layout_.function_type) {
      Address scope = ReadWord(word, layout_.function_context);
      for (int i = 0; i < kMostScopes && IsHeapObject(scope); i++) {
        if (layout_.holders.Of(InstanceType(scope)) != HolderType::kContext) return;
        const int length = ReadLength(scope);
        // What is that large is a module's.
        if (length > kMostVariables) return;
        for (int k = 2; k < length; k++) Note(ReadWord(scope, kContextSlots + 8 * k));
        scope = ReadWord(scope, kContextPrevious);
      }
      return;
    }
    const int size = std::min(SizeOf(layout_, word), 24 + 8 * kMostFields);
    const int first = type == layout_.object_type ? 24 : 8;
    for (int offset = first; offset < size; offset += 8) {
      const Address value = ReadWord(word, offset);
      Note(value);
      // What a bound function was given.
      if (first == 8) NoteStore(value);
    }
    if (first == 24) NoteStore(ReadWord(word, 8));
  }
  void NoteStore(Address store) {
    if (!IsHeapObject(store)) return;
    const int type = InstanceType(store);
    const bool is_dictionary = type == layout_.names.dictionary_type;
    if (!is_dictionary && type != layout_.names.fields_type && type != layout_.register_file_type) {
      return;
    }
    constexpr int kLengthMask = 1'023;
    const int length =
        type == layout_.names.fields_type ? ReadLength(store) & kLengthMask : ReadLength(store);
    const int most = is_dictionary ? 8 * kMostFields : kMostFields;
    for (int i = 0; i < std::min(length, most); i++) Note(ReadWord(store, kContextSlots + 8 * i));
  }

  const Layout& layout_;
  std::vector<Address> todo_;
  std::unordered_set<Address> known_;
  size_t most_ = 0;
};

}  // namespace asynctb
