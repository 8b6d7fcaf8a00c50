// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

// Who holds what settles promises, as `evidence`; undefined when nothing was looked for.
#pragma once

#include <v8.h>

#include "base/capture.h"

namespace asynctb {

v8::Local<v8::Value> EvidenceToJs(v8::Isolate* isolate, v8::Local<v8::Context> context,
                                  const Evidence& evidence);

}  // namespace asynctb
