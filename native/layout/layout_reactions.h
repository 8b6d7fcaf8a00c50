// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

// Steps of the layout's proof: the builtin closures that stand in a promise's reactions.
#pragma once

#include "layout/layout_prover.h"

namespace asynctb {

// The generator that a pending promise's await reaction resumes; records the closure. `function`:
// the name of what was planted as the generator's function, null for any.
Address ProveAwait(Prover* p, Layout* l, const char* awaited, const char* function);

void ProveCombinators(Prover* p, Layout* l);
void ProveResolvers(Prover* p, Layout* l);
void ProveCallbacks(Prover* p, Layout* l);
void ProveFromAsync(Prover* p, Layout* l);

}  // namespace asynctb
