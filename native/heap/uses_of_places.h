// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

// What suspended functions still use of what they hold, found once for all that stand at one place.
//
// SAFETY: addresses in, no allocation in the isolate; see heap_read.h.
#pragma once

#include <cstdint>
#include <unordered_map>
#include <vector>

#include "layout/bytecode_uses.h"
#include "layout/layout.h"
#include "memory/heap_read.h"

namespace asynctb {

class UsesOfPlaces {
 public:
  static constexpr uint32_t kNoSite = 0xffffffff;

  explicit UsesOfPlaces(const Layout& layout) : layout_(layout) {}

  // `site`: the number of the activation's place, kNoSite if it has none.
  const Uses& At(Address activation, uint32_t site) {
    if (site != kNoSite) {
      if (site >= by_site_.size()) by_site_.resize(site + 1);
      if (by_site_[site] != nullptr) return *by_site_[site];
    }
    const Address function = ReadWord(activation, layout_.generator_function);
    const Key key = {HasType(function, layout_.function_type)
                         ? ReadWord(function, layout_.function_shared)
                         : kNoAddress,
                     ReadWord(activation, layout_.generator_continuation)};
    const auto [at, is_new] = uses_.try_emplace(key);
    if (is_new && key.shared != kNoAddress) at->second = FindUses(layout_, activation);
    if (site != kNoSite) by_site_[site] = &at->second;
    return at->second;
  }

 private:
  struct Key {
    Address shared, continuation;
    bool operator==(const Key& other) const {
      return shared == other.shared && continuation == other.continuation;
    }
  };
  struct Hash {
    size_t operator()(const Key& key) const {
      return (key.shared >> 3) * 0x9e3779b97f4a7c15 + key.continuation;
    }
  };

  const Layout& layout_;
  std::vector<const Uses*> by_site_;
  std::unordered_map<Key, Uses, Hash> uses_;
};

}  // namespace asynctb
