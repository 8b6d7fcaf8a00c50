// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

// V8's own functions that read the frames of suspended WebAssembly, by symbol. Apart from those of
// `v8_internals`, because hardly any program needs them: they are looked for when the first
// suspended stack is met, which reads the symbol table once more.
#pragma once

#include <v8.h>

#include <string>

#include "memory/heap_read.h"

namespace asynctb {

struct WasmInternals {
  // v8::internal::StackFrameIterator(Isolate*, wasm::StackMemory*), and the same class's Advance.
  void (*iterator_construct)(void* self, v8::Isolate* isolate, void* stack) = nullptr;
  void (*iterator_advance)(void* self) = nullptr;
  // v8::internal::WasmFrame::Summarize: one entry for each function, of which the optimizer may
  // have inlined some; gives a std::vector and a flag, by hidden result. Later ones take a bool, of
  // which a frame of WebAssembly makes no use.
  void (*summarize)(void* result, const void* frame, bool) = nullptr;
  // v8::internal::WasmFrame::type. Not called: a class that has it, and not one of its own, is that
  // of the frames of WebAssembly functions.
  const void* frame_type = nullptr;
  // v8::internal::FrameSummary
  int (*summary_position)(const void* self) = nullptr;
  const Address* (*summary_script)(const void* self) = nullptr;    // a handle's slot
  const Address* (*summary_describe)(const void* self) = nullptr;  // of a StackFrameInfo; allocates

  // v8dbg_ constants: the numbers that mark frames, and a type. -1: there is none.
  int wasm_marker = -1, switch_marker = -1, instance_type = -1, continuation_type = -1;

  std::string via;
  std::string reason;      // what was missing, empty when nothing was
  bool transient = false;  // ... because a file could not be opened at that moment
};

// Resolved once a process. Allocates no V8 objects and runs nothing: may be called in a capture.
const WasmInternals& GetWasmInternals();

}  // namespace asynctb
