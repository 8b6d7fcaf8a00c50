// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

// A function hides its frames by a variable `__tracebackhide__`: which variables have to be read.
#pragma once

#include <v8.h>

#include <vector>

#include "heap/chain.h"

namespace asynctb {

// For each site, whether the source of a function standing there mentions the variable. Allocates.
std::vector<bool> FindHideLocals(const EnvData& env, v8::Local<v8::Context> context,
                                 const std::vector<Chain>& chains, size_t site_count);

}  // namespace asynctb
