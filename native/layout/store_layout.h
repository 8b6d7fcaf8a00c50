// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

// The types of objects that only hold what JavaScript has put there. Whoever settles a promise may
// do so by the promise itself in V8 or in native code; JavaScript needs a function for it, and
// these objects give it to nobody.
#pragma once

#include <cstdint>
#include <vector>

namespace asynctb {

class Prover;
struct Layout;

struct StoreLayout {
  // Objects, scopes aside: of JavaScript's, and cells of variables.
  std::vector<uint16_t> object_types;
  // What holds their elements, properties and entries; V8 uses the same for its own purposes.
  std::vector<uint16_t> store_types;
  uint16_t finalization_registry_type = 0xffff, native_context_type = 0xffff;
};

// A step of the proof; it plants its objects itself.
void ProveStores(Prover* prover, Layout* layout);

}  // namespace asynctb
