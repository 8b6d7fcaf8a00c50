// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "layout/native_frames.h"

#include <unistd.h>

#include <algorithm>

#include "layout/own_name.h"

namespace asynctb {

namespace {

// A stack of V8's default size has room for fewer.
constexpr int kMostSteps = 20'000;
constexpr int kLongestTable = 4 * 1024 * 1024;
// Units that are searched for lines, for all frames together: some milliseconds.
constexpr int kMostSearched = 4 * 1024 * 1024;
constexpr int kLongestLine = 240;
constexpr int kBeforeColumn = 80;
constexpr int kArrayElements = 16;  // after the map and the length

}  // namespace

FrameReader::FrameReader(const NativeLayout& layout, NativeRecord* record)
    : layout_(layout),
      record_(record),
      reader_(layout),
      text_(&reader_, record),
      searches_left_(kMostSearched) {}

ExitKind FrameReader::KindOfExit(uintptr_t exit_frame) {
  uintptr_t marker = 0;
  if (!Load(exit_frame + layout_.frame_marker, &marker) || !IsSmi(marker)) return ExitKind::kEither;
  const auto type = static_cast<int>(marker >> 1);
  if (type == layout_.api_exit_marker) return ExitKind::kEmbedder;
  if (type == layout_.exit_marker && layout_.api_exit_marker >= 0) return ExitKind::kEngine;
  if (type != layout_.builtin_exit_marker) return ExitKind::kEither;
  // The called function is among the words above; a built-in's number stands where another
  // function has its code or its template.
  constexpr int kMostWords = 10;
  for (int i = 2; i < kMostWords; i++) {
    Address function = 0, shared = 0;
    if (!Load(exit_frame + 8 * i, &function)) break;
    if (TypeOf(function) != layout_.function_type ||
        !Word(function, layout_.function_shared, &shared) ||
        TypeOf(shared) != layout_.shared_type) {
      continue;
    }
    const bool is_builtin = reader_.SmiField(shared, 8) > 0 || reader_.SmiField(shared, 16) > 0;
    return is_builtin ? ExitKind::kEngine : ExitKind::kEmbedder;
  }
  return ExitKind::kEither;
}

void FrameReader::ReadStack(uintptr_t exit_frame, const StackBounds& bounds) {
  uintptr_t frame = exit_frame;
  uintptr_t before = bounds.low;
  for (int step = 0; step < kMostSteps && frame != 0; step++) {
    // Frames further out lie higher: no loop is possible, and nothing outside of the stack is read.
    if (frame <= before || frame % sizeof(uintptr_t) != 0 || frame >= bounds.high) {
      record_->is_damaged = true;
      return;
    }
    before = frame;
    uintptr_t marker = 0;
    if (!Load(frame + layout_.frame_marker, &marker)) return;
    if (IsSmi(marker)) {
      const auto type = static_cast<int>(marker >> 1);
      if (type == layout_.entry_marker || type == layout_.construct_entry_marker) {
        // C++ that has called JavaScript keeps no frame pointers; V8 keeps where it was called.
        if (!Load(frame + layout_.entry_outer_exit, &frame)) return;
        continue;
      }
    }
    if (!IsSmi(marker) || static_cast<int>(marker >> 1) == layout_.wasm_marker) {
      if (record_->frame_count == NativeRecord::kMostFrames) {
        record_->is_cut = true;
      } else if (!IsSmi(marker)) {
        ReadFrame(frame);
      } else {
        NativeFrame& out = record_->frames[record_->frame_count++];
        out = NativeFrame();
        out.is_wasm = true;
      }
      if (record_->is_cut) return;
    }
    if (!Load(frame, &frame)) return;
  }
}

bool FrameReader::FunctionOf(uintptr_t frame, Address* function) {
  return Load(frame + layout_.frame_function, function) &&
         TypeOf(*function) == layout_.function_type;
}

void FrameReader::ReadFrame(uintptr_t frame) {
  Address function = 0, shared = 0;
  if (!FunctionOf(frame, &function) || !Word(function, layout_.function_shared, &shared) ||
      TypeOf(shared) != layout_.shared_type) {
    record_->is_damaged = true;
    return;
  }
  const Address script = ScriptOf(shared);
  if (script == kNoAddress) return;  // a built-in, which V8's own list leaves out too
  NativeFrame& out = record_->frames[record_->frame_count++];
  out = NativeFrame();
  Address name = OwnNameOf(function);
  if (name == kNoAddress) name = NameOf(shared);
  if (name != kNoAddress) out.name = text_.CopyName(name);
  if (script != last_script_) {
    Address script_name = 0;
    last_script_ = script;
    last_script_name_ = UnitRange();
    if (Word(script, layout_.script_name, &script_name)) {
      last_script_name_ = text_.CopyName(script_name);
    }
  }
  out.script = last_script_name_;
  ReadPlace(frame, script, &out);
  if (!text_.is_full()) return;
  record_->frame_count--;
  record_->is_cut = true;
}

Address FrameReader::ScriptOf(Address shared) {
  Address script = 0;
  if (!Word(shared, layout_.shared_script, &script)) return kNoAddress;
  const int type = TypeOf(script);
  if (type == layout_.script_type) return script;
  if (type != layout_.debug_info_type) return kNoAddress;
  // Coverage or a debugger has put its notes in the script's place; they lead to it.
  constexpr int kMostFields = 16;
  for (int i = 1; i < kMostFields; i++) {
    Address field = 0;
    if (!Word(script, 8 * i, &field)) return kNoAddress;
    if (TypeOf(field) == layout_.script_type) return field;
  }
  return kNoAddress;
}

Address FrameReader::OwnNameOf(Address function) {
  Address key = 0, map = 0;
  if (layout_.names == nullptr || !Load(layout_.name_key_slot, &key) ||
      !Word(function, v8::internal::Internals::kHeapObjectMapOffset, &map)) {
    return kNoAddress;
  }
  const NamePlace place = FindNamePlace(&reader_, *layout_.names, key, map);
  return ReadOwnName(&reader_, *layout_.names, key, place, function);
}

Address FrameReader::NameOf(Address shared) {
  Address name = 0;
  if (!Word(shared, layout_.shared_name, &name)) return kNoAddress;
  if (reader_.IsString(name)) return name;
  if (TypeOf(name) != layout_.scope_info_type) return kNoAddress;
  const Address scope = name;
  // More names than this are kept in a table of their own, one word in their place.
  constexpr int kMostInlineNames = 75;
  const int locals = reader_.SmiField(scope, layout_.scope_local_count);
  if (locals < 0 || locals > 100'000) return kNoAddress;
  const int names = locals < kMostInlineNames ? locals : 1;
  const int at = layout_.scope_locals + 8 * (names + locals);
  if (!Word(scope, at, &name)) return kNoAddress;
  if (reader_.IsString(name)) return name;
  // A class may keep a number in front of the name, and a number follows a name. Otherwise the
  // function has none, and what follows is a name that V8 has made up.
  Address next = 0, number = 0;
  if (IsSmi(name) && Word(scope, at + 8, &next) && reader_.IsString(next) &&
      Word(scope, at + 16, &number) && IsSmi(number)) {
    return next;
  }
  return kNoAddress;
}

bool FrameReader::BytecodeOf(uintptr_t frame, Address* bytecode, int* code_offset) {
  uintptr_t offset = 0;
  if (!Load(frame + layout_.frame_bytecode, bytecode) ||
      TypeOf(*bytecode) != layout_.bytecode_type || !Load(frame + layout_.frame_offset, &offset) ||
      !IsSmi(offset)) {
    return false;  // optimized or baseline code, which keeps other things here
  }
  *code_offset = SmiValue(offset) - (layout_.bytecode_data - 1);
  return *code_offset >= 0;
}

int FrameReader::PositionOf(uintptr_t frame) {
  Address bytecode = 0, table = 0;
  int code_offset = 0;
  if (!BytecodeOf(frame, &bytecode, &code_offset) ||
      !Word(bytecode, layout_.bytecode_positions, &table)) {
    return -1;
  }
  return FindPosition(table, code_offset, false);
}

// Each entry is two numbers: how much further in the code, and how much further in the source.
// Seven bits a byte, the lowest first, zigzag where there can be a sign.
int FrameReader::FindPosition(Address table, int code_offset, bool exact) {
  const int type = TypeOf(table);
  if (type < 0 || (type != layout_.byte_array_type && type != layout_.trusted_byte_array_type)) {
    return -1;
  }
  const int length = std::min(reader_.SmiField(table, kLengthOffset), kLongestTable);
  const uintptr_t bytes = table - 1 + kArrayElements;
  int at = 0;
  const auto read = [&](bool has_sign, int64_t* number) {
    uint64_t bits = 0;
    for (int shift = 0; shift < 64 && at < length; shift += 7) {
      uint8_t byte = 0;
      if (!reader_.LoadUnit(bytes + at++, &byte)) return false;
      bits |= static_cast<uint64_t>(byte & 0x7f) << shift;
      if ((byte & 0x80) != 0) continue;
      *number = static_cast<int64_t>(has_sign ? bits >> 1 ^ (0 - (bits & 1)) : bits);
      return true;
    }
    return false;
  };
  // The entry of the function itself stands at -1, before its first bytecode.
  int64_t code = -1, source = 0, found = -1;
  while (at < length) {
    int64_t code_delta = 0, source_delta = 0;
    const bool is_signed = layout_.position_code == PositionCode::kSigned;
    if (!read(is_signed, &code_delta) || !read(true, &source_delta)) return -1;
    if (!is_signed) code_delta >>= 2;
    code += code_delta >= 0 ? code_delta : -(code_delta + 1);
    source += source_delta;
    if (code > code_offset) break;
    if (!exact || code == code_offset) found = source;
  }
  // Beside the position there are flags and an inlining number; the position is counted from 1.
  constexpr int64_t kPositionMask = (int64_t{1} << 30) - 1;
  return found < 0 ? -1 : static_cast<int>((found >> 1 & kPositionMask) - 1);
}

bool FrameReader::FindLine(Address script, const FlatText& source, int position, int* row,
                           int* start, int* end) {
  Address ends = 0;
  if (Word(script, layout_.script_line_ends, &ends) && TypeOf(ends) == layout_.fixed_array_type) {
    const auto end_of = [&](int r) { return reader_.SmiField(ends, kArrayElements + 8 * r); };
    int low = 0, high = reader_.SmiField(ends, kLengthOffset);
    const int count = high;
    while (low < high) {
      const int middle = low + (high - low) / 2;
      if (end_of(middle) < position)
        low = middle + 1;
      else
        high = middle;
    }
    if (count > 0 && low < count) {
      *row = low;
      *start = low == 0 ? 0 : end_of(low - 1) + 1;
      *end = end_of(low);
      return *start >= 0 && *end >= *start;
    }
  }
  return SearchLine(script, source, position, row, start, end);
}

// V8 has not made its table of lines yet. It ends a line at these; "\r\n" is one end.
bool FrameReader::SearchLine(Address script, const FlatText& source, int position, int* row,
                             int* start, int* end) {
  if (position > source.length) return false;
  // The search goes on where an earlier one was, if that was before.
  const bool goes_on = script == searched_script_ && position >= searched_start_;
  *row = goes_on ? searched_row_ : 0;
  *start = goes_on ? searched_start_ : 0;
  if (position - *start > searches_left_) {
    record_->lacks_lines = true;
    return false;
  }
  uint16_t before = 0;
  int at = *start;
  for (; at < source.length; at++) {
    uint16_t unit = 0;
    if (!text_.UnitAt(source, at, &unit)) return false;
    // A line without an end is long enough where it is cut off.
    if (searches_left_-- <= 0 && at >= position) break;
    const bool ends_here = unit == '\n' || unit == '\r' || unit == 0x2028 || unit == 0x2029;
    const bool second = unit == '\n' && before == '\r';
    before = unit;
    if (!ends_here) continue;
    if (at >= position && !second) break;
    if (!second) ++*row;
    *start = at + 1;
  }
  *end = at;
  searched_script_ = script;
  searched_row_ = *row;
  searched_start_ = *start;
  return true;
}

void FrameReader::ReadPlace(uintptr_t frame, Address script, NativeFrame* out) {
  const int position = PositionOf(frame);
  if (position < 0) return;
  Address source_string = 0;
  FlatText source;
  if (Word(script, layout_.script_source, &source_string)) text_.Flatten(source_string, &source);
  int row = 0, start = 0, end = 0;
  if (!FindLine(script, source, position, &row, &start, &end)) return;
  const int column = position - start;
  const int first_line = std::max(reader_.SmiField(script, layout_.script_line_offset), 0);
  const int first_column =
      row == 0 ? std::max(reader_.SmiField(script, layout_.script_column_offset), 0) : 0;
  out->line = row + 1 + first_line;
  out->column = column + 1 + first_column;
  end = std::min(end, source.length);
  if (start >= end) return;
  if (end - start > kLongestLine) {
    const int most = end - start - kLongestLine;
    const int window = std::min(std::max(column - kBeforeColumn, 0), most);
    out->cut_before = window > 0;
    out->cut_after = window < most;
    start += window;
    end = start + kLongestLine;
  }
  out->line_text = text_.Copy(source, start, end - start);
}

}  // namespace asynctb
