// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "layout/native_text.h"

namespace asynctb {

namespace {

constexpr int kLongestName = 512;

}  // namespace

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
  UnitRange name;
  name.begin = record_->unit_count;
  const PiecesEnd end = strings_.ForEachPiece(
      string, kLongestName, [&](const FlatText& flat, int length) { Copy(flat, 0, length); });
  if (end == PiecesEnd::kTooMany) record_->is_damaged = true;
  if (end != PiecesEnd::kRead) return UnitRange();
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
