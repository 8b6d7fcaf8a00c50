// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "native_text.h"

#include <algorithm>

namespace asynctb {

namespace {

constexpr int kLongestName = 512;
constexpr int kMostPieces = 64;  // of a string that was put together, waiting to be copied
constexpr int kMostIndirections = 8;

}  // namespace

bool TextReader::Flatten(Address string, FlatText* flat) {
  const NativeLayout& layout = reader_.layout();
  int start = 0;
  int length = -1;
  for (int i = 0; i < kMostIndirections; i++) {
    const int type = reader_.TypeOf(string);
    if (type < 0 || (type & layout.not_string_mask) != 0) return false;
    int32_t own_length = 0;
    if (!reader_.LoadUnit(string - 1 + layout.string_length, &own_length) || own_length < 0) {
      return false;
    }
    if (length < 0) length = own_length;
    const int shape = type & layout.string_shape_mask;
    if (shape == 0) {
      flat->start = string - 1 + layout.string_chars;
      flat->one_byte = (type & layout.string_one_byte) != 0;
      flat->start += static_cast<uintptr_t>(start) * (flat->one_byte ? 1 : 2);
      flat->length = std::min(length, own_length - start);
      return flat->length >= 0;
    }
    Address next = 0;
    if (shape == layout.thin_shape) {
      if (!reader_.Word(string, layout.string_actual, &next)) return false;
    } else if (shape == layout.sliced_shape) {
      const int offset = reader_.SmiField(string, layout.string_offset);
      if (offset < 0 || !reader_.Word(string, layout.string_parent, &next)) return false;
      start += offset;
    } else if (shape == layout.cons_shape) {
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

bool TextReader::Halves(Address string, Address* first, Address* second) {
  const NativeLayout& layout = reader_.layout();
  const int type = reader_.TypeOf(string);
  *first = *second = 0;
  if (type < 0 || (type & layout.not_string_mask) != 0 ||
      (type & layout.string_shape_mask) != layout.cons_shape) {
    return false;
  }
  int32_t length = 0;
  if (!reader_.Word(string, layout.string_first, first) ||
      !reader_.Word(string, layout.string_second, second) ||
      !reader_.IsString(*first) || !reader_.IsString(*second) ||
      !reader_.LoadUnit(*second - 1 + layout.string_length, &length)) {
    *first = *second = 0;
    return false;
  }
  return length != 0;
}

bool TextReader::UnitAt(const FlatText& flat, int index, uint16_t* unit) {
  if (!flat.one_byte) return reader_.LoadUnit(flat.start + 2 * static_cast<uintptr_t>(index), unit);
  uint8_t byte = 0;
  if (!reader_.LoadUnit(flat.start + static_cast<uintptr_t>(index), &byte)) return false;
  *unit = byte;
  return true;
}

UnitRange TextReader::Copy(const FlatText& flat, int start, int length) {
  UnitRange range;
  range.begin = record_->unit_count;
  for (int i = 0; i < length; i++) {
    if (record_->unit_count == NativeRecord::kMostUnits) {
      is_full_ = true;
      break;
    }
    if (!UnitAt(flat, start + i, &record_->units[record_->unit_count])) break;
    record_->unit_count++;
  }
  range.length = record_->unit_count - range.begin;
  return range;
}

// A name that was put together, such as a path, is copied piece by piece. One in more pieces than
// are looked at is not known: a part of it would be another name.
UnitRange TextReader::CopyName(Address string) {
  Address pieces[kMostPieces] = {string};
  int count = 1, left = kLongestName;
  UnitRange name;
  name.begin = record_->unit_count;
  while (count > 0 && left > 0) {
    const Address piece = pieces[--count];
    Address first = 0, second = 0;
    FlatText flat;
    if (Halves(piece, &first, &second)) {
      if (count + 2 > kMostPieces) {
        record_->is_damaged = true;
        return UnitRange();
      }
      pieces[count++] = second;
      pieces[count++] = first;
    } else if (Flatten(piece, &flat)) {
      const int length = std::min(flat.length, left);
      Copy(flat, 0, length);
      left -= length;
    } else {
      return UnitRange();
    }
  }
  name.length = record_->unit_count - name.begin;
  return name;
}

bool TextReader::IsText(Address string, const char* text) {
  FlatText flat;
  if (!reader_.IsString(string) || !Flatten(string, &flat)) return false;
  int i = 0;
  for (; text[i] != '\0'; i++) {
    uint16_t unit = 0;
    if (i >= flat.length || !UnitAt(flat, i, &unit) || unit != text[i]) return false;
  }
  return i == flat.length;
}

}  // namespace asynctb
