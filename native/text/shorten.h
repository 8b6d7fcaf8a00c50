// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#pragma once

#include <cstddef>
#include <string>

namespace asynctb {

// Cuts a text in UTF-8 where a character ends, and says so by an ellipsis.
inline void Shorten(std::string* text, size_t most) {
  if (text->size() <= most) return;
  size_t end = most;
  while (end > 0 && (static_cast<unsigned char>((*text)[end]) & 0xc0) == 0x80) end--;
  text->resize(end);
  *text += "…";
}

}  // namespace asynctb
