// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

// What is needed to read the stack of a thread from a signal handler: where the isolate keeps its
// last exit frame, how frames are linked, and how a frame leads to a name and a position. Found in
// a native callback under planted functions, and compared with what must be there.
#pragma once

#include <v8.h>

#include <string>

#include "layout/layout.h"
#include "layout/string_layout.h"

namespace asynctb {

// How a table of positions says how much further in the code an entry is.
enum class PositionCode {
  kSigned,  // negative, and one less, for an expression
  kFlags,   // two flags below it (V8 14.6)
};

struct NativeLayout {
  bool proven = false;

  int isolate_exit_frame = -1;  // in the isolate: the frame pointer of the last exit frame, or 0
  int entry_outer_exit = 0;     // in an entry frame: the same for the JavaScript further out
  int entry_marker = -1, construct_entry_marker = -1;
  // Exit frames: any call out of JavaScript; a call of a native function; where V8 has a kind of
  // its own for it, a call of an embedder's function, and then the first are the engine's own.
  int exit_marker = -1, builtin_exit_marker = -1, api_exit_marker = -1;
  int wasm_marker = -1;

  // Constants that V8 exports for debuggers.
  int frame_function = 0, frame_bytecode = 0, frame_offset = 0, frame_marker = 0;
  int map_type = -1, bytecode_type = -1, scope_info_type = -1, fixed_array_type = -1;
  int byte_array_type = -1, trusted_byte_array_type = -1;
  StringLayout strings;
  int script_name = -1, bytecode_data = -1;

  int bytecode_positions = -1;  // in a BytecodeArray: the table of source positions
  PositionCode position_code = PositionCode::kSigned;
  int shared_name = -1;  // in a SharedFunctionInfo: a name, or a ScopeInfo that has it
  // In a ScopeInfo: how many context locals there are, and where their names begin; then their
  // properties, as many words, and the function's name.
  int scope_local_count = -1, scope_locals = -1;

  // Names that functions were given; null: not proven. Set once, with where the isolate keeps
  // "name".
  const NameLayout* names = nullptr;
  uintptr_t name_key_slot = 0;

  // Of `Layout`, since a handler must not reach into what others may change.
  uint16_t function_type = Layout::kNoType, shared_type = Layout::kNoType;
  uint16_t script_type = Layout::kNoType, debug_info_type = Layout::kNoType;
  int function_shared = -1, shared_script = -1;
  int script_source = -1, script_line_ends = -1, script_line_offset = -1;
  int script_column_offset = -1;
};

// Runs functions of its own in the current context. Returns why it could not be proven, empty when
// it was.
std::string ProveNativeLayout(v8::Isolate* isolate, const Layout& layout, NativeLayout* native);

}  // namespace asynctb
