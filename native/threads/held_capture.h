// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

// What the frames of sampled tasks hold by `using` declarations, V8's own and compiled ones, as
// plain data for the rules of lib/resources/.
#pragma once

#include "base/capture.h"
#include "heap/task_nodes.h"
#include "sites/activation.h"

namespace asynctb {

// Whether there is anything. Describes the sites, and appends nodes for generators that are held.
// Allocates, but runs no JavaScript: no address of the graph may be used any more.
bool CaptureHeld(const EnvData& env, SiteTable* sites, const FrameSamples& samples,
                 ThreadCapture* capture);

}  // namespace asynctb
