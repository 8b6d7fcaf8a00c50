// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#pragma once

#include "layout/layout_prover.h"

namespace asynctb {

// Which modules a module imports and which wait for it, and the closure that handles its end.
void ProveModules(Prover* p, Layout* l);

}  // namespace asynctb
