// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

// A place in the program from V8's own record of a frame.
#pragma once

#include <v8.h>

#include "base/capture.h"
#include "layout/env_data.h"

namespace asynctb {

// Of JavaScript or WebAssembly; its state is left to the caller. Allocates, but runs no JavaScript.
Site SiteOfFrame(const EnvData& env, v8::Local<v8::StackFrame> frame);

}  // namespace asynctb
