// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

// V8's own functions that the engine calls by symbol, typed. Resolved once a process, at first
// use (while the file that names them cannot be opened, each use tries again); a pointer is null
// when this binary does not offer the function.
#pragma once

#include <pthread.h>
#include <v8.h>

#include <string>

#include "memory/heap_read.h"

namespace asynctb {

// v8::debug::Location: 0-based; returned in registers, being trivially copyable.
struct DebugLocation {
  int line;
  int column;
  bool is_empty;
};

struct V8Internals {
  // v8::internal::HeapProfiler::heap() const
  void* (*heap_of_profiler)(const void* heap_profiler) = nullptr;
  // v8::internal::HeapObjectIterator
  void (*iterator_construct)(void* self, void* heap, int filtering) = nullptr;
  Address (*iterator_next)(void* self) = nullptr;
  // What iterator_next calls when nothing is filtered, a call an object less. It may be missing.
  Address (*iterator_next_object)(void* self) = nullptr;
  void (*iterator_destroy)(void* self) = nullptr;
  // v8::debug::GeneratorObject; `self` is a handle's slot.
  DebugLocation (*suspended_location)(void* self) = nullptr;
  // v8::debug::ScopeIterator::CreateForGeneratorObject; gives an owning pointer, by hidden result.
  void (*create_scope_iterator)(void** result, v8::Isolate* isolate,
                                v8::Local<v8::Object> generator) = nullptr;
  // v8::debug::ScopeIterator::CreateForFunction, likewise.
  void (*create_closure_iterator)(void** result, v8::Isolate* isolate,
                                  v8::Local<v8::Function> function) = nullptr;
  // v8::internal::DebugScopeIterator
  bool (*scope_done)(void* self) = nullptr;
  void (*scope_advance)(void* self) = nullptr;
  int (*scope_type)(void* self) = nullptr;
  v8::Local<v8::Object> (*scope_object)(void* self) = nullptr;
  void (*scope_delete)(void* self) = nullptr;  // destroys and frees
  // v8::debug::SetReturnValue
  void (*set_return_value)(v8::Isolate* isolate, v8::Local<v8::Value> value) = nullptr;
  // v8::internal::DebugScope
  void (*debug_scope_construct)(void* self, void* debug) = nullptr;
  void (*debug_scope_destroy)(void* self) = nullptr;
  // v8::debug::StackTraceIterator::Create; gives an owning pointer, by hidden result.
  void (*create_stack_iterator)(void** result, v8::Isolate* isolate, int index) = nullptr;
  // v8::internal::DebugStackTraceIterator
  bool (*stack_iterator_done)(const void* self) = nullptr;
  void (*stack_iterator_advance)(void* self) = nullptr;
  v8::Local<v8::Function> (*stack_iterator_function)(const void* self) = nullptr;
  v8::Local<v8::Value> (*stack_iterator_receiver)(const void* self) = nullptr;
  DebugLocation (*stack_iterator_location)(const void* self) = nullptr;
  void (*stack_iterator_scopes)(void** result, const void* self) = nullptr;  // as `create_`
  void (*stack_iterator_delete)(void* self) = nullptr;                       // destroys and frees
  // v8::internal::UnoptimizedFrame::Summarize, or its later name. Not called: a frame whose class
  // has it is interpreted or baseline.
  const void* summarize_plain_frame = nullptr;

  // v8::internal::interpreter::Bytecodes: functions, and tables by bytecode (those of sizes by
  // scale, too)
  const char* (*bytecode_name)(uint8_t bytecode) = nullptr;
  bool (*is_register_input)(uint8_t operand_type) = nullptr;
  bool (*is_register_output)(uint8_t operand_type) = nullptr;
  bool (*is_register_list)(uint8_t operand_type) = nullptr;
  const uint8_t* bytecode_sizes = nullptr;
  const int* operand_counts = nullptr;
  const uint8_t* const* operand_types = nullptr;
  const uint8_t* const* operand_sizes = nullptr;

  // v8::internal::Heap::IterateRoots; `visitor`: see heap_roots.cc. The last one is younger.
  void (*iterate_roots)(void* heap, void* visitor, int skipped, int mode) = nullptr;
  // v8::internal::HeapObject::SizeFromMap; `self` is an object's address in memory.
  int (*size_from_map)(const Address* self, Address map) = nullptr;

  std::string via;         // where the symbols were found
  std::string reason;      // what was missing
  bool transient = false;  // ... because a file could not be opened at that moment

  bool can_walk() const {
    return heap_of_profiler && iterator_construct && iterator_next && iterator_destroy;
  }
  bool can_visit_roots() const { return heap_of_profiler && iterate_roots && size_from_map; }
  bool can_read_scopes() const {
    return create_scope_iterator && scope_done && scope_advance && scope_type && scope_object &&
           scope_delete;
  }
  bool can_read_bytecode() const {
    return bytecode_name && is_register_input && is_register_output && is_register_list &&
           bytecode_sizes && operand_counts && operand_types && operand_sizes;
  }
  bool can_iterate_frames() const {
    return set_return_value && debug_scope_construct && debug_scope_destroy &&
           create_stack_iterator && stack_iterator_done && stack_iterator_advance &&
           stack_iterator_function && stack_iterator_receiver && stack_iterator_location &&
           stack_iterator_scopes && stack_iterator_delete && summarize_plain_frame;
  }
};

const V8Internals& GetV8Internals();

// Looks them up on another thread while there is something else to do. Not left behind: the addon
// may be unloaded.
class V8InternalsAhead {
 public:
  V8InternalsAhead();
  ~V8InternalsAhead();
  V8InternalsAhead(const V8InternalsAhead&) = delete;
  V8InternalsAhead& operator=(const V8InternalsAhead&) = delete;

 private:
  pthread_t thread_;
  bool started_ = false;
};

}  // namespace asynctb
