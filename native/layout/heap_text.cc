// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "layout/heap_text.h"

#include <vector>

#include "layout/string_reader.h"
#include "text/source_text.h"

namespace asynctb {

bool ReadHeapText(const StringLayout& layout, Address string, std::string* text) {
  HeapReader reader;
  StringReader<HeapReader> strings(&reader, layout);
  std::vector<uint16_t> units;
  const PiecesEnd end =
      strings.ForEachPiece(string, kLongestName + 1, [&](const FlatText& flat, int length) {
        for (int i = 0; i < length; i++) {
          uint16_t unit = 0;
          strings.UnitAt(flat, i, &unit);
          units.push_back(unit);
        }
      });
  if (end != PiecesEnd::kRead) return false;
  *text = NameToUtf8(units.data(), static_cast<int>(units.size()));
  return true;
}

}  // namespace asynctb
