// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

// Work that is pending without an async function: `load().then(show)`. Nobody waits for the promise that
// `then` has given, and code of the program waits below it.
#pragma once

#include <cstdint>
#include <vector>

#include "heap/graph.h"

namespace asynctb {

// The outermost promises of chains that a callback is part of and no activation is: what is above an
// activation is told by the task that this is. Addresses of the graph must be good.
std::vector<uint32_t> FindThenChains(Graph* graph);

}  // namespace asynctb
