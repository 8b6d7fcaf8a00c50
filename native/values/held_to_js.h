// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

// What the frames of a capture hold, as `capturedHeld`; undefined when that is nothing.
#pragma once

#include <v8.h>

#include "base/captured_held.h"

namespace asynctb {

v8::Local<v8::Value> CapturedHeldToJs(v8::Isolate* isolate, v8::Local<v8::Context> context,
                                      const CapturedHeld& held);

}  // namespace asynctb
