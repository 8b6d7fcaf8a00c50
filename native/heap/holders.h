// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

// What refers to an object, and what refers to that in turn. One walk of the heap for any number of
// objects and levels, so it is for those that ask.
#pragma once

#include <v8.h>

#include <bitset>
#include <vector>

#include "base/capture_schema.h"
#include "base/record_array.h"
#include "layout/env_data.h"

namespace asynctb {

struct Holder {
  int of = 0;  // what it holds: one of the values, or behind them the holder with that index
  HolderKind kind = HolderKind::kObject;
  v8::Local<v8::Value> value, extra;
};

struct HolderSearch {
  std::vector<v8::Local<v8::Value>> values;
  // A plain object, an array and a bound function, whose types are the ones that are looked into,
  // two objects that keep their properties in an array and in a dictionary, three whose like is
  // passed over, and a closure with what a variable of its scope holds that was assigned to.
  std::vector<v8::Local<v8::Value>> samples;
  // The higher levels look for what holds the objects and closures that were found: the way up
  // through the insides of a library.
  int levels = 1;
};

// The holders of the first level in the order of the heap, then those of the second, and so on; at
// most 200 of each value and 1,000 objects, and those of at most 100 a level. Empty where the heap
// cannot be walked. Objects that died since the last collection may be among them.
std::vector<Holder> FindHolders(const EnvData& env, const HolderSearch& search);

// What a walk that was made for something else has met and may hold something, so that the first
// level needs no walk of its own. In a large heap that is too much to keep.
class HolderCandidates {
 public:
  // `search`: its samples. Off where holders cannot be found.
  HolderCandidates(const EnvData& env, const HolderSearch& search);

  void Visit(Address object, uint16_t type) {
    if (!is_complete_ || !MayHold(type)) return;
    is_complete_ = objects_.size() < kMost && objects_.push_back(object);
  }

  // Whether FindHoldersAmong says the same as FindHolders. SAFETY: until the isolate allocates.
  bool is_complete() const { return is_complete_; }
  const RecordArray<Address>& objects() const { return objects_; }

 private:
  static constexpr size_t kMost = 256 * 1024;  // 2 MB

  bool MayHold(uint16_t type) const { return types_[type]; }

  bool is_complete_;
  std::bitset<1 << 16> types_;  // small enough to stay in the cache
  RecordArray<Address> objects_;
};

// The holders of one level among these.
std::vector<Holder> FindHoldersAmong(const EnvData& env, const HolderSearch& search,
                                     const HolderCandidates& candidates);

}  // namespace asynctb
