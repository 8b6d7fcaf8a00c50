// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

// Reads V8's strings of the current thread into a record, as native_frames.h reads frames, and by
// the same rules: async-signal-safe, each load checked, all of it bounded.
#pragma once

#include <cstdint>

#include "layout/native_layout.h"
#include "layout/native_record.h"
#include "layout/string_reader.h"
#include "memory/checked_read.h"

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
  bool IsString(Address object) { return layout_.strings.IsStringType(TypeOf(object)); }
  const NativeLayout& layout() const { return layout_; }

 private:
  const NativeLayout& layout_;
  CheckedReader reader_;
};

class TextReader {
 public:
  TextReader(NativeReader* reader, NativeRecord* record)
      : reader_(*reader), strings_(reader, reader->layout().strings), record_(record) {}

  // False for a string in pieces, and for one whose characters are an embedder's.
  bool Flatten(Address string, FlatText* flat) { return strings_.Flatten(string, flat); }
  bool UnitAt(const FlatText& flat, int index, uint16_t* unit) {
    return strings_.UnitAt(flat, index, unit);
  }
  // Into the record's arena.
  UnitRange Copy(const FlatText& flat, int start, int length);
  UnitRange CopyName(Address string);
  // Whether a string has exactly this text of ASCII.
  bool IsText(Address string, const char* text);

  // Whether there was no room for something.
  bool is_full() const { return is_full_; }

 private:
  NativeReader& reader_;
  StringReader<NativeReader> strings_;
  NativeRecord* record_;
  bool is_full_ = false;
};

}  // namespace asynctb
