// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

// Steps of the layout's proof: the builtin closures that stand in a promise's reactions.
#pragma once

#include "layout_prover.h"

namespace asynctb {

void ProveCombinators(Prover* p, Layout* l);
void ProveResolvers(Prover* p, Layout* l);
void ProveCallbacks(Prover* p, Layout* l);

}  // namespace asynctb
