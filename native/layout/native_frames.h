// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

// Reads the JavaScript frames of the current thread into memory that was set aside before.
// Async-signal-safe: loads, checked ones, and stores; no allocation, no lock, no call into V8.
// All of it is bounded.
#pragma once

#include <cstdint>

#include "base/platform/stack_bounds.h"
#include "layout/native_layout.h"
#include "layout/native_record.h"
#include "layout/native_text.h"

namespace asynctb {

class FrameReader {
 public:
  FrameReader(const NativeLayout& layout, NativeRecord* record);
  FrameReader(const FrameReader&) = delete;
  FrameReader& operator=(const FrameReader&) = delete;

  // From the exit frame outward.
  void ReadStack(uintptr_t exit_frame, const StackBounds& bounds);

  ExitKind KindOfExit(uintptr_t exit_frame);

  // Whether the frame is of this function, and where it stands in its source; for the proof, too.
  bool FunctionOf(uintptr_t frame, Address* function);
  // The position in the source, -1 when the frame does not tell (optimized code).
  int PositionOf(uintptr_t frame);
  // Looks the bytecode's offset up in a table of positions; `exact`: there must be an entry for
  // just this offset.
  int FindPosition(Address table, int code_offset, bool exact);
  bool BytecodeOf(uintptr_t frame, Address* bytecode, int* code_offset);

  int TypeOf(Address object) { return reader_.TypeOf(object); }
  bool Word(Address object, int offset, Address* value) {
    return reader_.Word(object, offset, value);
  }
  bool Load(uintptr_t address, uintptr_t* value) { return reader_.Load(address, value); }
  bool IsText(Address string, const char* text) { return text_.IsText(string, text); }
  // The function's name in a SharedFunctionInfo; kNoAddress for none.
  Address NameOf(Address shared);
  // The name that this one of its closures was given.
  Address OwnNameOf(Address function);

 private:
  Address ScriptOf(Address shared);

  void ReadFrame(uintptr_t frame);
  void ReadPlace(uintptr_t frame, Address script, NativeFrame* out);
  // The line of a position, 0-based, with its bounds in the source.
  bool FindLine(Address script, const FlatText& source, int position, int* row, int* start,
                int* end);
  bool SearchLine(Address script, const FlatText& source, int position, int* row, int* start,
                  int* end);

  const NativeLayout& layout_;
  NativeRecord* record_;
  NativeReader reader_;
  TextReader text_;
  Address last_script_ = kNoAddress;  // frames of one script share its name
  UnitRange last_script_name_;
  // All searches for lines together, as the thread stands still meanwhile; and where the last began
  // to find one.
  int searches_left_;
  Address searched_script_ = kNoAddress;
  int searched_row_ = 0, searched_start_ = 0;
};

}  // namespace asynctb
