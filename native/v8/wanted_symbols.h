// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

// Recognises some twenty symbols among the hundred thousand of a binary.
#pragma once

#include <algorithm>
#include <cstring>
#include <string_view>
#include <vector>

#include "v8/symbols.h"

namespace asynctb {

// The wanted names, with a filter that rejects nearly every other name by one load.
class Wanted {
  static constexpr size_t kMaxName = 4096;

 public:
  Wanted(SymbolRequest* requests, size_t count) {
    for (size_t i = 0; i < count; i++) {
      if (requests[i].address != nullptr) continue;
      bool named = false;
      for (const char* name : requests[i].names) {
        if (name == nullptr) break;
        const std::string_view text(name);
        if (text.empty() || text.size() > kMaxName) continue;
        entries_.push_back({text, &requests[i]});
        longest_ = std::max(longest_, text.size());
        named = true;
      }
      if (named) missing_++;
    }
    has_length_.resize(longest_ + 1);
    size_t shortest = longest_;
    for (const Entry& entry : entries_) {
      shortest = std::min(shortest, entry.name.size());
      has_length_[entry.name.size()] = 1;
    }
    // Mangled names begin alike; the last bytes that all wanted names have differ most.
    probe_at_ = shortest >= sizeof(uint64_t) ? shortest - sizeof(uint64_t) : 0;
    for (const Entry& entry : entries_) {
      char padded[sizeof(uint64_t)] = {};
      memcpy(padded, entry.name.data() + probe_at_,
             std::min(sizeof(padded), entry.name.size() - probe_at_));
      const unsigned bit = FilterBit(padded);
      filter_[bit / 64] |= uint64_t{1} << (bit % 64);
    }
    // With a shorter name the probe would reach into whatever follows it.
    filter_useful_ = shortest >= sizeof(uint64_t);
  }

  size_t missing() const { return missing_; }
  // Of what is far longer than a name nothing is known: the next symbol's name stands elsewhere.
  bool MayHaveLength(uint32_t length) const {
    return length < has_length_.size() ? has_length_[length] != 0 : length > kMaxName;
  }
  // How many bytes from the start of a name Match() may read.
  size_t reach() const { return std::max(longest_ + 1, probe_at_ + sizeof(uint64_t)); }

  // `text` has reach() readable bytes. Returns the request that wants this name, or nullptr.
  SymbolRequest* Match(const char* text) const {
    if (filter_useful_) {
      const unsigned bit = FilterBit(text + probe_at_);
      if ((filter_[bit / 64] >> (bit % 64) & 1) == 0) return nullptr;
    }
    for (const Entry& entry : entries_) {
      if (entry.request->address == nullptr && text[entry.name.size()] == '\0' &&
          memcmp(text, entry.name.data(), entry.name.size()) == 0) {
        return entry.request;
      }
    }
    return nullptr;
  }
  void Resolve(SymbolRequest* request, uintptr_t address) {
    request->address = reinterpret_cast<void*>(address);
    missing_--;
  }

 private:
  struct Entry {
    std::string_view name;
    SymbolRequest* request;
  };
  static unsigned FilterBit(const char* text) {
    uint64_t word;
    memcpy(&word, text, sizeof(word));
    return static_cast<unsigned>((word * 0x9e3779b97f4a7c15ull) >> 54);  // 1,024 bits
  }

  std::vector<Entry> entries_;
  std::vector<uint8_t> has_length_;
  uint64_t filter_[16] = {};
  bool filter_useful_ = false;
  size_t probe_at_ = 0;
  size_t longest_ = 0;
  size_t missing_ = 0;
};

}  // namespace asynctb
