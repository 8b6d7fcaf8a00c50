// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "layout/native_layout.h"

#include <cstring>
#include <vector>

#include "layout/native_frames.h"
#include "v8/handle_address.h"
#include "v8/symbols.h"
#include "v8/v8_compat.h"

namespace asynctb {

using v8::Context;
using v8::Function;
using v8::FunctionCallbackInfo;
using v8::HandleScope;
using v8::Isolate;
using v8::Local;
using v8::Script;
using v8::String;
using v8::TryCatch;
using v8::Value;

namespace {

// Two functions with a name, a position and parameters; the outer one has two variables that live
// in its context. `@` stands before each call whose position is known.
constexpr char kSource[] =
    "(function(){ 'use strict';"
    "function asynctbOuter(call, first, second) {"
    "  first = () => [first, second];"
    "  try { return @call(first); } finally { second = first; }"
    "}"
    "function asynctbInner(call, a, b, c) { a = b; return @call(a, c); }"
    "return [asynctbOuter, asynctbInner] })()";

struct Proof {
  Isolate* isolate;
  const Layout* layout;
  NativeLayout* native;
  Local<Function> outer, inner, on_inner;
  int outer_position = 0, inner_position = 0;
  std::vector<std::pair<int, uintptr_t>> candidates;  // in the isolate: where and what
  std::string reason = "the probe's functions were not called";
  bool ok = false;
};

// The isolate's first words hold what generated code needs at hand, among it (V8 10) long tables.
constexpr int kIsolateWords = 8192;
constexpr uintptr_t kNearestFrames = 4096;

bool Fail(Proof* proof, const char* reason) {
  proof->reason = reason;
  return false;
}

// Words of the isolate that point at an exit frame just above this one.
__attribute__((no_sanitize("address"))) std::vector<std::pair<int, uintptr_t>> ExitFrames(
    Isolate* isolate, const NativeLayout& native, uintptr_t here) {
  CheckedReader reader;
  std::vector<std::pair<int, uintptr_t>> found;
  const int markers[] = {native.exit_marker, native.builtin_exit_marker, native.api_exit_marker};
  for (int i = 0; i < kIsolateWords; i++) {
    uintptr_t frame = 0, marker = 0;
    if (!reader.Load(reinterpret_cast<uintptr_t>(isolate) + 8 * i, &frame)) break;
    if (frame <= here || frame - here > kNearestFrames || frame % 8 != 0) continue;
    if (!reader.Load(frame - 8, &marker) || !IsSmi(marker)) continue;
    for (const int known : markers) {
      if (static_cast<int>(marker >> 1) == known) found.push_back({8 * i, frame});
    }
  }
  return found;
}

// The first JavaScript frame from an exit frame outward; 0 when an entry frame comes first.
uintptr_t CallerOf(const NativeLayout& native, FrameReader* reader, uintptr_t exit_frame,
                   uintptr_t* entry) {
  uintptr_t frame = exit_frame;
  for (int i = 0; i < 32; i++) {
    uintptr_t marker = 0;
    if (!reader->Load(frame + native.frame_marker, &marker)) return 0;
    if (!IsSmi(marker) && i > 0) return frame;
    const auto type = static_cast<int>(marker >> 1);
    if (IsSmi(marker) && (type == native.entry_marker || type == native.construct_entry_marker)) {
      *entry = frame;
      return 0;
    }
    if (!reader->Load(frame, &frame)) return 0;
  }
  return 0;
}

// The word of a BytecodeArray that holds the table of positions, known by an entry for just this
// call.
bool ProvePositions(FrameReader* reader, NativeLayout* native, uintptr_t frame, int expected) {
  Address bytecode = 0;
  int code_offset = 0;
  if (!reader->BytecodeOf(frame, &bytecode, &code_offset)) return false;
  int found = 0;
  for (int offset = 8; offset < native->bytecode_data; offset += 8) {
    Address table = 0;
    if (!reader->Word(bytecode, offset, &table)) return false;
    if (reader->FindPosition(table, code_offset, true) != expected) continue;
    if (native->bytecode_positions >= 0 && native->bytecode_positions != offset) return false;
    native->bytecode_positions = offset;
    found++;
  }
  return found == 1;
}

Address ScopeInfoOf(FrameReader* reader, const NativeLayout& native, Address function) {
  Address shared = 0, scope = 0;
  if (!reader->Word(function, native.function_shared, &shared) ||
      !reader->Word(shared, native.shared_name, &scope) ||
      reader->TypeOf(scope) != native.scope_info_type) {
    return kNoAddress;
  }
  return scope;
}

// Where the names in a ScopeInfo begin, and which number counts them.
bool ProveNames(FrameReader* reader, NativeLayout* native, Address outer, Address inner) {
  const Address scope = ScopeInfoOf(reader, *native, outer);
  const Address bare = ScopeInfoOf(reader, *native, inner);
  if (scope == kNoAddress || bare == kNoAddress) return false;
  for (int offset = 8; offset < 96 && native->scope_locals < 0; offset += 8) {
    Address name = 0;
    if (!reader->Word(scope, offset, &name)) return false;
    if (reader->IsText(name, "first") || reader->IsText(name, "second")) {
      native->scope_locals = offset;
    }
  }
  for (int offset = 8; offset < native->scope_locals; offset += 8) {
    Address count = 0, none = 0;
    if (!reader->Word(scope, offset, &count) || !reader->Word(bare, offset, &none)) return false;
    if (!IsSmi(count) || !IsSmi(none) || SmiValue(count) != 2 || SmiValue(none) != 0) continue;
    if (native->scope_local_count >= 0) return false;
    native->scope_local_count = offset;
  }
  if (native->scope_local_count < 0) return false;
  Address outer_shared = 0, inner_shared = 0;
  return reader->Word(outer, native->function_shared, &outer_shared) &&
         reader->Word(inner, native->function_shared, &inner_shared) &&
         reader->IsText(reader->NameOf(outer_shared), "asynctbOuter") &&
         reader->IsText(reader->NameOf(inner_shared), "asynctbInner");
}

// In the native function called by asynctbInner, called from C++ called by asynctbOuter.
bool Prove(Proof* proof, uintptr_t here) {
  NativeLayout* native = proof->native;
  static NativeRecord no_record;  // the proof writes nothing there
  FrameReader reader(*native, &no_record);
  uintptr_t outer_exit = 0, inner_exit = 0;
  int found = 0;
  for (const auto& [offset, exit_frame] : ExitFrames(proof->isolate, *native, here)) {
    for (const auto& [before_offset, before] : proof->candidates) {
      if (offset != before_offset || exit_frame >= before) continue;
      native->isolate_exit_frame = offset;
      outer_exit = before;
      inner_exit = exit_frame;
      found++;
    }
  }
  if (found != 1) return Fail(proof, "the isolate's last exit frame was not found");

  uintptr_t entry = 0;
  const uintptr_t inner = CallerOf(*native, &reader, inner_exit, &entry);
  const uintptr_t outer = CallerOf(*native, &reader, outer_exit, &entry);
  Address inner_function = 0, outer_function = 0;
  if (inner == 0 || outer == 0 || !reader.FunctionOf(inner, &inner_function) ||
      !reader.FunctionOf(outer, &outer_function) || inner_function != ToAddress(proof->inner) ||
      outer_function != ToAddress(proof->outer)) {
    return Fail(proof, "an exit frame did not lead to the function that made the call");
  }

  // The entry frame between them remembers the outer exit frame.
  uintptr_t next = 0, frame = inner;
  for (int i = 0; i < 8 && entry == 0; i++) {
    uintptr_t marker = 0;
    if (!reader.Load(frame, &next) || !reader.Load(next + native->frame_marker, &marker)) break;
    frame = next;
    if (IsSmi(marker) && static_cast<int>(marker >> 1) == native->entry_marker) entry = frame;
  }
  if (entry == 0) return Fail(proof, "no entry frame was found");
  found = 0;
  constexpr int kEntryWords = 32;
  for (int i = 1; i <= kEntryWords; i++) {
    uintptr_t word = 0;
    if (!reader.Load(entry - 8 * i, &word) || word != outer_exit) continue;
    native->entry_outer_exit = -8 * i;
    found++;
  }
  if (found != 1) return Fail(proof, "an entry frame does not remember one outer exit frame");

  const auto prove_positions = [&](PositionCode code) {
    native->position_code = code;
    native->bytecode_positions = -1;
    return ProvePositions(&reader, native, inner, proof->inner_position) &&
           ProvePositions(&reader, native, outer, proof->outer_position);
  };
  if (!prove_positions(PositionCode::kSigned) && !prove_positions(PositionCode::kFlags)) {
    return Fail(proof, "the positions of running functions were not found");
  }
  if (!ProveNames(&reader, native, outer_function, inner_function)) {
    return Fail(proof, "the names of running functions were not found");
  }
  if (reader.KindOfExit(inner_exit) == ExitKind::kEngine ||
      reader.KindOfExit(outer_exit) == ExitKind::kEngine) {
    return Fail(proof, "an embedder's function looks like one of the engine's");
  }
  proof->ok = true;
  return true;
}

// The proof that is being made on this thread: a callback's data is another thing in each V8.
thread_local Proof* current_proof = nullptr;

__attribute__((noinline)) void OnInner(const FunctionCallbackInfo<Value>& info) {
  Prove(current_proof, reinterpret_cast<uintptr_t>(__builtin_frame_address(0)));
}

__attribute__((noinline)) void OnOuter(const FunctionCallbackInfo<Value>& info) {
  Proof* proof = current_proof;
  proof->candidates = ExitFrames(proof->isolate, *proof->native,
                                 reinterpret_cast<uintptr_t>(__builtin_frame_address(0)));
  Local<Value> call = proof->on_inner;
  Local<Value> result;
  if (!proof->inner
           ->Call(proof->isolate->GetCurrentContext(), v8::Undefined(proof->isolate), 1, &call)
           .ToLocal(&result)) {
    proof->reason = "the probe's inner function threw";
  }
}

bool ReadConstants(NativeLayout* n) {
  const auto read = [](const char* name, int* value) {
    return ReadDebugConstant((std::string("v8dbg_") + name).c_str(), value);
  };
  const bool all =
      read("off_fp_function", &n->frame_function) &&
      read("off_fp_bytecode_array", &n->frame_bytecode) &&
      read("off_fp_bytecode_offset", &n->frame_offset) &&
      read("off_fp_context_or_frame_type", &n->frame_marker) &&
      read("frametype_EntryFrame", &n->entry_marker) &&
      read("frametype_ConstructEntryFrame", &n->construct_entry_marker) &&
      read("frametype_ExitFrame", &n->exit_marker) &&
      read("frametype_BuiltinExitFrame", &n->builtin_exit_marker) &&
      read("type_Map__MAP_TYPE", &n->map_type) &&
      read("type_BytecodeArray__BYTECODE_ARRAY_TYPE", &n->bytecode_type) &&
      read("type_ScopeInfo__SCOPE_INFO_TYPE", &n->scope_info_type) &&
      read("type_ByteArray__BYTE_ARRAY_TYPE", &n->byte_array_type) &&
      ReadStringLayout(&n->strings) && read("class_Script__name__Object", &n->script_name) &&
      read("class_BytecodeArray__data__uintptr_t", &n->bytecode_data) &&
      (read("class_SharedFunctionInfo__name_or_scope_info__Object", &n->shared_name) ||
       read("class_SharedFunctionInfo__name_or_scope_info__Tagged_Object_", &n->shared_name) ||
       read("class_SharedFunctionInfo__name_or_scope_info__Tagged_NameOrScopeInfoT_",
            &n->shared_name));
  // Only where V8 has them.
  read("frametype_ApiCallbackExitFrame", &n->api_exit_marker);
  read("frametype_WasmFrame", &n->wasm_marker);
  read("type_TrustedByteArray__TRUSTED_BYTE_ARRAY_TYPE", &n->trusted_byte_array_type);
  return all;
}

// The source without its marks, and where they were.
std::string WithoutMarks(int positions[2]) {
  std::string source;
  int marks = 0;
  for (const char* at = kSource; *at != '\0'; at++) {
    if (*at != '@')
      source.push_back(*at);
    else if (marks < 2)
      positions[marks++] = static_cast<int>(source.size());
  }
  return source;
}

}  // namespace

std::string ProveNativeLayout(Isolate* isolate, const Layout& layout, NativeLayout* native) {
  *native = NativeLayout();
#if !defined(__linux__) || !defined(__x86_64__)
  return "it is known for Linux on x64 only";
#else
  if (!ReadConstants(native)) return "this binary lacks some of the v8dbg_ constants";
  native->function_type = layout.function_type;
  native->shared_type = layout.shared_type;
  native->script_type = layout.script_type;
  native->debug_info_type = layout.debug_info_type;
  native->fixed_array_type = layout.register_file_type;
  native->function_shared = layout.function_shared;
  native->shared_script = layout.shared_script;
  native->script_source = layout.script_source;
  native->script_line_ends = layout.script_line_ends;
  native->script_line_offset = layout.script_line_offset;
  native->script_column_offset = layout.script_column_offset;
  if (layout.names.proven) {
    native->names = &layout.names;
    static_assert(sizeof(layout.names.key) == sizeof(native->name_key_slot));
    memcpy(&native->name_key_slot, static_cast<const void*>(&layout.names.key),
           sizeof(native->name_key_slot));
  }

  HandleScope scope(isolate);
  TryCatch caught(isolate);
  // A context of our own: the program's globals and its list of scripts stay as they are.
  Local<Context> context = Context::New(isolate);
  if (context.IsEmpty()) return "no context could be made";
  Context::Scope context_scope(context);
  Proof proof;
  proof.isolate = isolate;
  proof.layout = &layout;
  proof.native = native;
  int positions[2] = {};
  const std::string text = WithoutMarks(positions);
  proof.outer_position = positions[0];
  proof.inner_position = positions[1];
  Local<String> source;
  Local<Script> script;
  Local<Value> pair, outer, inner, result;
  Local<Function> on_outer;
  v8::ScriptOrigin origin =
      MakeOrigin(isolate, String::NewFromUtf8Literal(isolate, "asynctb:native-probe"), false);
  if (!String::NewFromUtf8(isolate, text.c_str()).ToLocal(&source) ||
      !Script::Compile(context, source, &origin).ToLocal(&script) ||
      !script->Run(context).ToLocal(&pair) || !pair->IsObject() ||
      !pair.As<v8::Object>()->Get(context, 0).ToLocal(&outer) ||
      !pair.As<v8::Object>()->Get(context, 1).ToLocal(&inner) || !outer->IsFunction() ||
      !inner->IsFunction() || !Function::New(context, OnOuter).ToLocal(&on_outer) ||
      !Function::New(context, OnInner).ToLocal(&proof.on_inner)) {
    return "the probe could not run";
  }
  proof.outer = outer.As<Function>();
  proof.inner = inner.As<Function>();
  Local<Value> call = on_outer;
  current_proof = &proof;
  const bool has_run =
      proof.outer->Call(context, v8::Undefined(isolate), 1, &call).ToLocal(&result);
  current_proof = nullptr;
  if (!has_run) return "the probe threw";
  native->proven = proof.ok;
  return proof.ok ? "" : proof.reason;
#endif
}

}  // namespace asynctb
