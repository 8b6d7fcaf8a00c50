// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

// Which promises a suspended activation can still settle: it holds their `resolve` or `reject`, and
// its code uses what it holds from there on. A scope that it never mentions, a list, or a variable
// of a whole module is no such evidence: everybody has those.
//
// SAFETY: addresses in, addresses out, no allocation in the isolate; see heap_read.h.
#pragma once

#include <vector>

#include "heap/reactions.h"
#include "heap/uses_of_places.h"
#include "layout/env_data.h"
#include "layout/property_mentions.h"

namespace asynctb {

struct Settled {
  Address promise = kNoAddress;
  bool shared = false;  // by way of an object, or of a scope that the activation shares with others
};

class SettlerReader {
 public:
  explicit SettlerReader(const EnvData& env);

  // Whether this can be told at all.
  bool usable() const { return layout_.has_uses; }

  // Whether an activation goes on to use anything that it holds. `site` as below.
  bool MaySettle(Address activation, uint32_t site) { return !uses_.At(activation, site).empty(); }

  // `site`: the number of the activation's place, kNoSite if it has none. Good until the next call.
  static constexpr uint32_t kNoSite = UsesOfPlaces::kNoSite;
  const std::vector<Settled>& Read(Address activation, uint32_t site);

 private:
  void ReadVariables(Address activation, const Uses& uses);
  void Look(Address value, int hops, bool shared);
  void LookInside(Address object, int hops);
  void LookAtStore(Address object, Address store, int hops);
  bool IsOfOneClass(Address a, Address b) const;
  bool IsEntry(Address object, int size) const;
  bool IsOfClass(Address object) const;
  bool MayUsePath(int hops);

  const Layout& layout_;
  PropertyMentions mentions_;
  const ResolverReader resolvers_;
  const Address true_value_, null_value_;
  // The activation's function, whether its receiver is looked into, and the fields that lead on.
  Address function_ = kNoAddress;
  bool in_receiver_ = false;
  PropertyMentions::Field path_[2];
  UsesOfPlaces uses_;
  std::vector<Settled> found_;
  size_t met_ = 0;  // functions that settle something, the same one again included
  // Objects of late in which there was nothing: tasks of one kind mostly hold the same ones.
  static constexpr size_t kPassed = 256;
  Address passed_[kPassed] = {};
};

}  // namespace asynctb
