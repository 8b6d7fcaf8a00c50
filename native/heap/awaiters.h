// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

// Upward, without a walk: a pending promise's reactions name who waits for it.
#pragma once

#include <v8.h>

#include <cstdint>
#include <vector>

#include "heap/chain.h"
#include "heap/reactions.h"

namespace asynctb {

// One who waits: an activation, a callback, or a combinator.
struct Awaiter {
  ChainEntry entry;               // its frame; `origin` is what in turn others may wait for
  std::vector<ChainEntry> inner;  // frames inside of that one, outermost first: of WebAssembly
  int32_t input_index = -1;       // of a combinator: which input this is
  // Of an activation, promises that it can settle as it holds their functions; see settlers.h.
  std::vector<v8::Local<v8::Value>> settles;
  // A combinator that is one only if its promise has further inputs, which takes a walk to know, or
  // if the text of who awaits it says so: the site of that one, -1 when there is none.
  bool is_doubtful = false;
  int32_t awaiting_site = -1;
};

// Which of them are wanted, counted from the oldest: handles and frames are made of these only, so
// that who asks bounds the memory that the answer takes.
struct AwaiterRange {
  uint64_t skip = 0, limit = 0;
};

struct AwaiterList {
  std::vector<Awaiter> found;
  uint64_t total = 0;    // of all, those that are not wanted included
  bool is_whole = true;  // whether all were counted
};
// The promises that `resolve` functions combine: those of Promise.race, or of `new Promise` when
// the program hands its functions to several promises. Walks the heap; empty when that cannot be
// done. Makes handles but does not allocate. At most `most` of them.
std::vector<v8::Local<v8::Value>> FindCombined(const EnvData& env, size_t most);

// The direct awaiters of a pending promise or of what an async generator was asked for; adoption
// and resolve functions on the way are looked through. Makes handles but does not allocate.
AwaiterList FindAwaiters(const EnvData& env, SiteTable* sites, Address target,
                         const AwaiterRange& range);

}  // namespace asynctb
