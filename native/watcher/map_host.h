// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

// What reading source maps needs of a machine, for an isolate that has the language alone: the
// functions of `MapHost` in `lib/source-maps/host.ts`.
#pragma once

#include <cstddef>

#include "v8/v8_compat.h"

namespace asynctb {

// `most_bytes`: what the isolate's heap may hold.
v8::MaybeLocal<v8::Value> MakeMapHost(v8::Isolate* isolate, v8::Local<v8::Context> context,
                                      size_t most_bytes);

}  // namespace asynctb
