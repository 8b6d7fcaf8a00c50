// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

// Work that is pending without an async function: `load().then(show)`. Nobody waits for the promise
// that `then` has given, and code of the program waits below it.
#pragma once

#include <cstdint>
#include <vector>

#include "heap/graph.h"

namespace asynctb {

// The outermost promises of chains that a callback is part of. The activations that such a chain
// waits for are marked as awaited: they stand in its stack. Addresses of the graph must be good,
// and what activations wait for must be marked already.
std::vector<uint32_t> FindThenChains(Graph* graph);

}  // namespace asynctb
