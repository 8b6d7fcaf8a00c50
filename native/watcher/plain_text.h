// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

// A short text of a dump for when the formatters cannot run: where the tasks wait, and how many,
// without V8.
#pragma once

#include <string>

#include "base/text_pile.h"
#include "watcher/isolate_formatter.h"

namespace asynctb {

// `reason`: why it is short. What there is no memory for is left out.
void WritePlainText(const DumpContent& content, const std::string& reason, TextPile* text);

}  // namespace asynctb
