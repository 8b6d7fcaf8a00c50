// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

// One thread's answer to a dump.
#pragma once

#include <v8.h>

#include "base/capture.h"
#include "heap/task_nodes.h"
#include "layout/env_data.h"

namespace asynctb {

// Fills in the running stack and all suspended tasks of the current isolate. To be called on its
// thread, also from an interrupt callback: it runs no JavaScript. The layout must be proven.
// `is_own`: for a reader in this isolate, where ids of functions mean something. `samples`: if
// given, groups stand at their nodes, and the caller's HandleScope holds them. `details`:
// Detail, what else is wanted.
void CaptureThread(const EnvData& env, ThreadCapture* capture, bool is_own = false,
                   FrameSamples* samples = nullptr, int details = 0);

// In its place: nothing but V8's own iteration, to measure captures against.
void WalkThread(const EnvData& env, ThreadCapture* capture);

// Makes it the answer of a thread that had no memory for it.
void ForgetForMemory(ThreadCapture* capture);

// The running stack, innermost first. Allocates, but runs no JavaScript.
std::vector<Site> RunningSites(const EnvData& env, int limit);

}  // namespace asynctb
