// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

// Where V8 keeps the fields that are read raw. A field is found by searching objects with known
// content, planted by `probe_source.h`, for the value that must be there; a few come from the
// constants that V8 exports for debuggers (`v8dbg_`) or lie beside one that was found, and are then
// compared with planted objects too. There is no table of offsets. What is not found, or disagrees,
// switches the capability off that needs it, with the reason.
#pragma once

#include <v8.h>

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "layout/holder_layout.h"
#include "layout/name_layout.h"
#include "layout/object_layout.h"
#include "layout/resource_layout.h"
#include "layout/store_layout.h"
#include "memory/heap_read.h"

namespace asynctb {

// What a builtin closure that handles a settled promise stands for.
enum class ClosureRole : uint8_t {
  kNone,
  kAwait,  // resumes the generator in its context
  kAll,    // Promise.all's element function, and so on
  kAllSettled,
  kAny,
  kResolve,    // the `resolve` and `reject` of a promise
  kFinally,    // runs the program's onFinally
  kModule,     // an asynchronously evaluated module has finished
  kFromAsync,  // Array.fromAsync goes on
};

struct ClosureSample {
  ClosureRole role = ClosureRole::kNone;
  int slot = -1;        // offset in the context: generator, capability, promise, callback, module
  int extra_slot = -1;  // offset in the context: values of a combinator, debug flag of resolve
  v8::Global<v8::Data> shared;  // the builtin's SharedFunctionInfo: one an isolate
};

// Fields of V8's MicrotaskQueue, an object of C++.
struct MicrotaskLayout {
  static constexpr int kMostQueues = 10'000;
  int size = -1, capacity = -1, start = -1, ring = -1, next = -1;
  uint16_t fulfill_job = 0xffff, reject_job = 0xffff;
};

struct Layout {
  // No object has this type: what is not proven matches nothing.
  static constexpr uint16_t kNoType = 0xffff;
  uint16_t promise_type = kNoType, reaction_type = kNoType, capability_type = kNoType;
  uint16_t function_type = kNoType, generator_type = kNoType, async_function_type = kNoType;
  uint16_t async_generator_type = kNoType, request_type = kNoType, register_file_type = kNoType;
  uint16_t module_type = kNoType, module_parents_type = kNoType;

  int promise_reactions = -1, promise_flags = -1;
  int reaction_next = -1, reaction_fulfill = -1, reaction_reject = -1, reaction_target = -1;
  int capability_promise = -1;
  int function_shared = -1, function_context = -1, function_hash = -1;
  int generator_function = -1, generator_receiver = -1;
  int generator_continuation = -1, generator_registers = -1;
  int generator_context = -1;  // of the scope that it stands in; -1: not proven
  // In the register file of a generator at a `yield*`, where the delegate's `next` stands as seen
  // from the delegate, in words.
  int delegate_next = 0;
  uint16_t async_from_sync_type = kNoType;
  int async_from_sync_iterator = -1;
  int async_function_promise = -1;
  int async_generator_queue = -1, request_next = -1, request_promise = -1;
  // Where a module's end is handled by a bound function (V8 10): its type.
  uint16_t bound_type = kNoType;
  int bound_target = -1, bound_this = -1;
  int module_capability = -1, module_parents = -1, module_requested = -1;
  uint16_t module_requested_type = kNoType;
  int shared_flags = -1, shared_script = -1;
  int script_source = -1, script_line_ends = -1;
  int async_module_kind = -1;

  uint16_t script_type = kNoType;
  uint16_t wasm_resume_type = kNoType, wasm_suspender_type = kNoType;

  // Of a Map: the prototype; and the type of the prototype of a promise that is of no subclass.
  int map_prototype = -1;
  uint16_t promise_prototype_type = kNoType;
  int map_size = -1;  // of a Map: the size of its objects in words, one byte
  uint16_t shared_type = kNoType, debug_info_type = kNoType;
  int script_line_offset = -1, script_column_offset = -1;

  // Of what a function still reads: see bytecode_uses.h. Where any of it is not proven, nothing is.
  uint16_t bytecode_type = kNoType, object_type = kNoType, property_array_type = kNoType;
  uint16_t native_context_type = kNoType;
  int shared_bytecode = -1;  // a BytecodeArray, or what leads to it
  // Of the objects that lead to it: their first two words are tagged, unlike those of what has not
  // been compiled.
  uint16_t code_types[3] = {kNoType, kNoType, kNoType};
  int bytecode_data = -1, bytecode_frame_size = -1;
  bool has_uses = false;
  std::string uses_reason;  // why not
  // Of what names a function mentions: see property_mentions.h. -1: not proven.
  int bytecode_constants = -1;
  uint16_t constants_type = kNoType;

  std::vector<ClosureSample> closures;
  ResourceLayout resources;
  NameLayout names;
  StoreLayout stores;
  ObjectLayout objects;
  HolderLayout holders;
  MicrotaskLayout microtasks;

  // The probe's context refers to its queue until it is collected, so the queue lives as long as
  // the isolate does. It leads to the isolate's other queues.
  std::unique_ptr<v8::MicrotaskQueue> probe_queue;
};

inline constexpr int kPromiseStatusMask = 3;
inline constexpr int kPromisePending = 0;
inline constexpr int kFunctionKindMask = 31;
// In a context, where the one around it stands.
inline constexpr int kContextSlots = 16, kContextPrevious = 24;
// JSGeneratorObject::continuation: >= 0 is suspended.
inline constexpr int kGeneratorExecuting = -2;
inline constexpr int kGeneratorClosed = -1;

// What can be read, by name, with the reason when it cannot.
struct CapabilityState {
  bool available = false;
  std::string via;
  std::string reason;
  std::vector<std::string> needs;  // other capabilities
};
using CapabilityMap = std::map<std::string, CapabilityState>;

// The Script of a SharedFunctionInfo, kNoAddress for what has none. Where coverage or a debugger
// has put its notes in the script's place, they lead to it.
Address ScriptOf(const Layout& layout, Address shared);

// Bytes of a fixed-size object, 0 for arrays and contexts.
inline int SizeOf(const Layout& layout, Address object) {
  const Address map = ReadWord(object, v8::internal::Internals::kHeapObjectMapOffset);
  return 8 * ReadByte(map, layout.map_size);
}

// The FunctionKind of a SharedFunctionInfo.
int FunctionKindOf(const Layout& layout, Address shared);

// Proves the layout in this isolate. Runs JavaScript of its own (never the program's), so it may
// only be called where JavaScript may run: not in an interrupt callback, not in a signal handler.
// False when something passing was in the way: then nothing is available for now.
bool ProveLayout(v8::Isolate* isolate, Layout* layout, CapabilityMap* capabilities);

}  // namespace asynctb
