// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

// What keeps a thread's event loop alive, by the names that `process.getActiveResourcesInfo` has.
#pragma once

#include "base/capture.h"

struct uv_loop_s;

namespace asynctb {

// On the loop's own thread.
void CountActiveResources(uv_loop_s* loop, ThreadCapture* capture);

}  // namespace asynctb
