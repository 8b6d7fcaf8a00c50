// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

// The names that functions were given as properties of their own, each different one with a number.
// Nearly all functions have none, which their map tells.
#pragma once

#include <v8.h>

#include <string>
#include <unordered_map>
#include <vector>

#include "layout/env_data.h"
#include "layout/own_name.h"

namespace asynctb {

class OwnNames {
 public:
  static constexpr uint32_t kOfSource = 0;  // it has none: its source says the name

  // The caller's HandleScope must outlive it.
  explicit OwnNames(const EnvData& env);

  // SAFETY: reads addresses; makes handles but does not allocate in the isolate.
  uint32_t Of(Address function) {
    if (!can_read_) return kOfSource;
    const Address map = ReadWord(function, v8::internal::Internals::kHeapObjectMapOffset);
    return map == plain_map_ ? kOfSource : Find(function, map);
  }

  // For after an allocation: addresses that were met mean nothing any more.
  void ForgetAddresses();

  // The text behind a number. Allocates.
  std::string Text(uint32_t number) const;
  size_t bytes() const { return bytes_; }

 private:
  uint32_t Find(Address function, Address map);
  uint32_t Number(Address name);

  const EnvData& env_;
  const bool can_read_;
  Address key_ = kNoAddress;
  Address plain_map_ = kNoAddress;  // the last one whose functions have no name of their own
  std::unordered_map<Address, NamePlace> places_;  // by map
  // The names met last, by the string's address.
  static constexpr uint32_t kRecent = 256;
  struct Recent {
    Address name = kNoAddress;
    uint32_t number = 0;
  };
  Recent recent_[kRecent];
  std::unordered_map<std::string, uint32_t> numbers_;
  // From 1 on. What cannot be read without V8 keeps a handle.
  struct Name {
    const std::string* text = nullptr;  // in `numbers_`
    v8::Local<v8::Value> string;
  };
  std::vector<Name> names_;
  size_t bytes_ = 0;
};

}  // namespace asynctb
