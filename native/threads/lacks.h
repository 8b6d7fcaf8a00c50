// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

// What a capture lacks for want of a capability, in the words that stacks have for it as well.

#pragma once

#include <string>
#include <string_view>

#include "base/capture.h"
#include "layout/env_data.h"

namespace asynctb {

// Nothing is noted when the environment has the capability.
void NoteLack(const EnvData& env, const char* capability, ThreadCapture* capture);

// The capability is there as far as was known, and failed for this one.
void NoteLack(std::string_view capability, const std::string& why, ThreadCapture* capture);

// Without the capability there are no tasks at all.
void NoteNoTasks(const EnvData& env, const char* capability, ThreadCapture* capture);

}  // namespace asynctb
