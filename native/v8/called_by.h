// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

// Who has called what runs.
#pragma once

#include <v8.h>

namespace asynctb {

// Whether a function of this name, in a script of this one, is on the stack. Allocates.
bool IsCalledBy(v8::Isolate* isolate, const char* function, const char* script);

}  // namespace asynctb
