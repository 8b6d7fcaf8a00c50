// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

// Reading a file without `node:fs`, whose functions the program may have replaced by its own.
#pragma once

#include <string>

namespace asynctb {

// False for what is no ordinary file (reading a pipe or a device may never end), is longer than
// any source map should be, or cannot be read.
bool ReadFileText(const std::string& path, std::string* text);

}  // namespace asynctb
