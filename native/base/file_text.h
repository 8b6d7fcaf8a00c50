// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

// Reading a file without `node:fs`, whose functions the program may have replaced by its own.
#pragma once

#include <string>

namespace asynctb {

constexpr size_t kLongestText = size_t{256} * 1024 * 1024;

// False for what is no ordinary file (reading a pipe or a device may never end), is longer than
// `longest`, or cannot be read; and, unless `root` is empty, for what is not below that folder once
// links are followed. Nothing else is opened.
bool ReadFileText(const std::string& path, std::string* text, const std::string& root = {},
                  size_t longest = kLongestText);

}  // namespace asynctb
