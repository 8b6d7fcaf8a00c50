// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

// Reads V8's strings of the current thread into a record, as native_frames.h reads frames, and by
// the same rules: async-signal-safe, each load checked, all of it bounded.
#pragma once

#include <cstdint>

#include "checked_read.h"
#include "native_layout.h"
#include "native_record.h"

namespace asynctb {

// Checked loads, with the layout that says what was loaded.
class NativeReader {
 public:
  explicit NativeReader(const NativeLayout& layout) : layout_(layout) {}

  int TypeOf(Address object) { return reader_.TypeOf(object, layout_.map_type); }
  bool Word(Address object, int offset, Address* value) {
    return reader_.Word(object, offset, value);
  }
  bool Load(uintptr_t address, uintptr_t* value) { return reader_.Load(address, value); }
  template <typename Unit>
  bool LoadUnit(uintptr_t address, Unit* value) {
    return reader_.LoadUnit(address, value);
  }
  // -1 for what is no Smi.
  int SmiField(Address object, int offset) {
    Address value = 0;
    return Word(object, offset, &value) && IsSmi(value) ? SmiValue(value) : -1;
  }
  bool IsString(Address object) {
    const int type = TypeOf(object);
    return type >= 0 && (type & layout_.not_string_mask) == 0;
  }
  const NativeLayout& layout() const { return layout_; }

 private:
  const NativeLayout& layout_;
  CheckedReader reader_;
};

// The characters of a flat string.
struct FlatText {
  uintptr_t start = 0;
  int length = 0;
  bool one_byte = false;
};

class TextReader {
 public:
  TextReader(NativeReader* reader, NativeRecord* record) : reader_(*reader), record_(record) {}

  // False for a string in pieces, and for one whose characters are an embedder's.
  bool Flatten(Address string, FlatText* flat);
  bool UnitAt(const FlatText& flat, int index, uint16_t* unit);
  // Into the record's arena.
  UnitRange Copy(const FlatText& flat, int start, int length);
  UnitRange CopyName(Address string);
  // Whether a string has exactly this text of ASCII.
  bool IsText(Address string, const char* text);

  // Whether there was no room for something.
  bool is_full() const { return is_full_; }

 private:
  // The halves of a string that was put together and not made flat since.
  bool Halves(Address string, Address* first, Address* second);

  NativeReader& reader_;
  NativeRecord* record_;
  bool is_full_ = false;
};

}  // namespace asynctb
