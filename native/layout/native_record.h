// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

// What a signal handler takes down of its thread's stack, in memory that was set aside before.
#pragma once

#include <cstdint>

namespace asynctb {

// Some UTF-16 units in the record's arena.
struct UnitRange {
  uint32_t begin = 0;
  uint32_t length = 0;
};

struct NativeFrame {
  UnitRange name, script, line_text;
  int32_t line = 0;                            // 1-based, 0 when unknown
  int32_t column = 0;                          // 1-based, 0 when unknown
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
  bool is_cut;       // there are more frames, or longer names in them, than fit
  bool lacks_lines;  // of some frames the line was too far down to be looked for
  bool is_damaged;   // something was not as it must be: it may be moving just now
  NativeFrame frames[kMostFrames];
  uint16_t units[kMostUnits];
};

}  // namespace asynctb
