// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

// The running JavaScript frames as a debugger sees them, inlined ones too: function, receiver and
// variables, through the iterator that V8 has for its inspector. It starts where the debugger has
// paused; a `DebugScope` on this machine stack names the innermost frame as that place for as long
// as it lives. No debugger is attached, nothing is deoptimized, no code of the program runs.
#pragma once

#include <v8.h>

#include <string>
#include <vector>

#include "layout/layout.h"
#include "memory/checked_read.h"
#include "v8/v8_internals.h"

namespace asynctb {

// Words of the machine stack, from the lowest one up.
struct StackWords {
  const uintptr_t* begin = nullptr;
  const uintptr_t* end = nullptr;
};

struct DebugLayout {
  bool proven = false;
  int isolate_debug = -1;                      // in the isolate: V8's Debug
  int iterator_frame = -1;                     // in the iterator: the StackFrame that it stands at
  int arrow_kind = -1, async_arrow_kind = -1;  // FunctionKinds, without a `this` of their own
};

// Goes from the innermost frame outward. Needs a HandleScope that outlives it; nothing may run
// JavaScript while it is alive.
class DebugFrames {
 public:
  DebugFrames(v8::Isolate* isolate, const DebugLayout& layout);
  ~DebugFrames();
  DebugFrames(const DebugFrames&) = delete;
  DebugFrames& operator=(const DebugFrames&) = delete;

  bool Done() const;
  void Advance();
  // Empty for WebAssembly.
  v8::Local<v8::Function> Function() const;
  // V8's own answer; for an arrow function it parses the function to find out.
  v8::Local<v8::Value> Receiver() const;
  // 0-based.
  DebugLocation Location() const;
  // Whether it is interpreted or baseline code that runs. What is left of an optimized frame's
  // variables is wherever the optimizer has put them.
  bool IsPlain() const;
  // Of a plain frame: where its registers are, the first one highest, among other words.
  StackWords Registers() const;
  // An iterator over the frame's scopes, to be deleted; null when there is none.
  // SAFETY: only for a plain frame. For an optimized one V8 makes an `arguments` object, for which
  // it may have to deoptimize.
  void* Scopes() const;
  // For the proof: the words of the iterator that lead to a plain frame.
  std::vector<int> FindStackFrames() const;

 private:
  const DebugLayout& layout_;
  mutable CheckedReader reader_;  // which pages it has asked for
  alignas(16) uint8_t scope_[512];
  void* iterator_ = nullptr;
};

// Where the isolate keeps its Debug. -1 when it cannot be told.
int FindDebug(v8::Isolate* isolate);

// Runs functions of its own. Returns why it could not be proven, empty when it was.
std::string ProveDebugFrames(v8::Isolate* isolate, const Layout& layout, DebugLayout* debug);

}  // namespace asynctb
