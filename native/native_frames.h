// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

// Reads the JavaScript frames of the current thread into memory that was set aside before.
// Async-signal-safe: loads, checked ones, and stores; no allocation, no lock, no call into V8.
// All of it is bounded.
#pragma once

#include <cstdint>

#include "checked_read.h"
#include "native_layout.h"

namespace asynctb {

// Some UTF-16 units in the record's arena.
struct UnitRange {
  uint32_t begin = 0;
  uint32_t length = 0;
};

struct NativeFrame {
  UnitRange name, script, line_text;
  int32_t line = 0;    // 1-based, 0 when unknown
  int32_t column = 0;  // 1-based, 0 when unknown
  bool cut_before = false, cut_after = false;  // the line text is a part of a longer line
  bool is_wasm = false;                        // of WebAssembly, of which nothing more is known
};

// Whose code the thread was in when it left JavaScript.
enum class ExitKind : uint8_t {
  kEither,    // V8 does not tell here
  kEmbedder,  // Node's or an addon's
  kEngine,    // V8's own, such as JSON.parse, or a garbage collection
};

struct NativeRecord {
  static constexpr uint32_t kMostFrames = 200;
  static constexpr uint32_t kMostUnits = 48 * 1024;

  uintptr_t exit_frame;  // 0: the thread is in no native code that JavaScript has called
  uint32_t frame_count;  // innermost first
  uint32_t unit_count;
  ExitKind exit_kind;
  bool is_cut;      // there are more frames, or longer names in them, than fit
  bool lacks_lines;  // of some frames the line was too far down to be looked for
  bool is_damaged;  // something was not as it must be: it may be moving just now
  NativeFrame frames[kMostFrames];
  uint16_t units[kMostUnits];
};

struct StackBounds {
  uintptr_t low = 0, high = 0;
};

class FrameReader {
 public:
  FrameReader(const NativeLayout& layout, NativeRecord* record);

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

  int TypeOf(Address object) { return reader_.TypeOf(object, layout_.map_type); }
  bool Word(Address object, int offset, Address* value) {
    return reader_.Word(object, offset, value);
  }
  bool Load(uintptr_t address, uintptr_t* value) { return reader_.Load(address, value); }
  // Whether a string has exactly this text of ASCII.
  bool IsText(Address string, const char* text);
  // The function's name in a SharedFunctionInfo; kNoAddress for none.
  Address NameOf(Address shared);

 private:
  // The characters of a flat string.
  struct Flat {
    uintptr_t start = 0;
    int length = 0;
    bool one_byte = false;
  };
  bool Flatten(Address string, Flat* flat);
  // The halves of a string that was put together and not made flat since.
  bool Halves(Address string, Address* first, Address* second);
  bool UnitAt(const Flat& flat, int index, uint16_t* unit);
  UnitRange Copy(const Flat& flat, int start, int length);
  UnitRange CopyName(Address string);
  bool IsString(Address object);
  Address ScriptOf(Address shared);
  int SmiField(Address object, int offset);

  void ReadFrame(uintptr_t frame);
  void ReadPlace(uintptr_t frame, Address script, NativeFrame* out);
  // The line of a position, 0-based, with its bounds in the source.
  bool FindLine(Address script, const Flat& source, int position, int* row, int* start, int* end);
  bool SearchLine(Address script, const Flat& source, int position, int* row, int* start, int* end);

  const NativeLayout& layout_;
  NativeRecord* record_;
  CheckedReader reader_;
  Address last_script_ = kNoAddress;  // frames of one script share its name
  UnitRange last_script_name_;
  // All searches for lines together, as the thread stands still meanwhile; and where the last began
  // to find one.
  int searches_left_;
  Address searched_script_ = kNoAddress;
  int searched_row_ = 0, searched_start_ = 0;
  bool is_full_ = false;  // the record's arena
};

}  // namespace asynctb
