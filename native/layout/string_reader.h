// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

// The characters of V8's strings, however they were put together, without a call into V8.
// `Reader` loads memory: `Word(object, offset, *value)`, `LoadUnit(address, *unit)` and
// `TypeOf(object)`, -1 for what is no object. Async-signal-safe if the reader is.
#pragma once

#include <algorithm>
#include <cstdint>

#include "layout/string_layout.h"
#include "memory/heap_read.h"

namespace asynctb {

// The characters of a flat string.
struct FlatText {
  uintptr_t start = 0;
  int length = 0;
  bool one_byte = false;
};

enum class PiecesEnd {
  kRead,
  kTooMany,     // more pieces than are looked at: what was read is another text
  kUnreadable,  // some characters are an embedder's, or it is no string
};

template <typename Reader>
class StringReader {
 public:
  StringReader(Reader* reader, const StringLayout& layout) : reader_(*reader), layout_(layout) {}

  bool IsString(Address object) { return layout_.IsStringType(reader_.TypeOf(object)); }

  // False for a string in pieces, and for one whose characters are an embedder's.
  bool Flatten(Address string, FlatText* flat) {
    constexpr int kMostIndirections = 8;
    int start = 0;
    int length = -1;
    for (int i = 0; i < kMostIndirections; i++) {
      const int type = reader_.TypeOf(string);
      if (!layout_.IsStringType(type)) return false;
      int32_t own_length = 0;
      if (!reader_.LoadUnit(string - 1 + layout_.length, &own_length) || own_length < 0) {
        return false;
      }
      if (length < 0) length = own_length;
      const int shape = layout_.ShapeOf(type);
      if (shape == 0) {
        flat->one_byte = layout_.IsOneByte(type);
        flat->start =
            string - 1 + layout_.chars + static_cast<uintptr_t>(start) * (flat->one_byte ? 1 : 2);
        flat->length = std::min(length, own_length - start);
        return flat->length >= 0;
      }
      Address next = 0;
      if (shape == layout_.thin_shape) {
        if (!reader_.Word(string, layout_.actual, &next)) return false;
      } else if (shape == layout_.sliced_shape) {
        Address offset = 0;
        if (!reader_.Word(string, layout_.offset, &offset) || !IsSmi(offset) ||
            SmiValue(offset) < 0 || !reader_.Word(string, layout_.parent, &next)) {
          return false;
        }
        start += SmiValue(offset);
      } else if (shape == layout_.cons_shape) {
        // One that was made flat has everything in its first half.
        Address second = 0;
        if (Halves(string, &next, &second)) return false;
        if (next == 0) return false;
      } else {
        return false;  // external: its characters are an embedder's matter
      }
      string = next;
    }
    return false;
  }

  bool UnitAt(const FlatText& flat, int index, uint16_t* unit) {
    if (!flat.one_byte) {
      return reader_.LoadUnit(flat.start + 2 * static_cast<uintptr_t>(index), unit);
    }
    uint8_t byte = 0;
    if (!reader_.LoadUnit(flat.start + static_cast<uintptr_t>(index), &byte)) return false;
    *unit = byte;
    return true;
  }

  // Calls `visit(flat, length)` for each flat piece from the left, at most `longest` units
  // together.
  template <typename Visit>
  PiecesEnd ForEachPiece(Address string, int longest, Visit visit) {
    constexpr int kMostPieces = 64;  // waiting to be visited
    const int most = 2 * longest + kMostPieces;
    Address pieces[kMostPieces] = {string};
    int count = 1;
    // A piece may be empty: their number has a bound of its own.
    for (int seen = 0; count > 0 && longest > 0; seen++) {
      if (seen > most) return PiecesEnd::kTooMany;
      const Address piece = pieces[--count];
      Address first = 0, second = 0;
      FlatText flat;
      if (Halves(piece, &first, &second)) {
        if (count + 2 > kMostPieces) return PiecesEnd::kTooMany;
        pieces[count++] = second;
        pieces[count++] = first;
      } else if (Flatten(piece, &flat)) {
        const int length = std::min(flat.length, longest);
        visit(flat, length);
        longest -= length;
      } else {
        return PiecesEnd::kUnreadable;
      }
    }
    return PiecesEnd::kRead;
  }

 private:
  // The halves of a string that was put together and not made flat since.
  bool Halves(Address string, Address* first, Address* second) {
    const int type = reader_.TypeOf(string);
    *first = *second = 0;
    int32_t length = 0;
    if (!layout_.IsStringType(type) || layout_.ShapeOf(type) != layout_.cons_shape) return false;
    if (!reader_.Word(string, layout_.first, first) ||
        !reader_.Word(string, layout_.second, second) || !IsString(*first) || !IsString(*second) ||
        !reader_.LoadUnit(*second - 1 + layout_.length, &length)) {
      *first = *second = 0;
      return false;
    }
    return length != 0;
  }

  Reader& reader_;
  const StringLayout& layout_;
};

}  // namespace asynctb
