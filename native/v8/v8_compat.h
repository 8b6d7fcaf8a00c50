// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

// The one place where V8's or Node's version is asked for at compile time. Everything else asks
// for a capability.
#pragma once

// Before node.h, which asks for Node-API's experiments: older releases lack them. The version comes
// first, as it says in some releases which Node-API that is.
// clang-format off
#include <node_version.h>
#include <node_api.h>
#include <node.h>
// clang-format on

#ifdef NODE_API_EXPERIMENTAL_HAS_POST_FINALIZER
#error "node.h was included before this: the binary would not load in the first Nodes of its line"
#endif

#include <dlfcn.h>
#include <unistd.h>
#include <v8-profiler.h>
#include <v8.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <string>
#include <vector>

namespace asynctb {

// The ABI that this binary was compiled for: nothing of V8 may be touched in any other.
inline constexpr int kNodeAbi = NODE_MODULE_VERSION;
inline constexpr uint32_t kNodeMajor = NODE_MAJOR_VERSION;
inline constexpr int kV8Major = V8_MAJOR_VERSION;

// Raw loads assume full 64-bit tagged words and handles that are slots holding an address.
#if defined(V8_COMPRESS_POINTERS) || defined(V8_ENABLE_DIRECT_HANDLE) || \
    defined(V8_ENABLE_DIRECT_LOCAL) || defined(V8_ENABLE_SANDBOX)
inline constexpr bool kHandlesArePlainSlots = false;
#else
inline constexpr bool kHandlesArePlainSlots = sizeof(void*) == 8;
#endif

// A function that is younger than the first release of its line, null where it does not exist: one
// that is called by its name keeps the addon from loading in a Node that lacks it. `Function` is
// the type of a free function; a method has its object as the first argument.
template <typename Function>
Function* FindInNode(const char* name) {
  return reinterpret_cast<Function*>(dlsym(RTLD_DEFAULT, name));
}

// The address space that a new isolate reserves beside its heap, as seen with strace on each
// release: room for code, and tables since V8 14. More than that is asked for where nobody has
// looked.
#if V8_MAJOR_VERSION < 11
inline constexpr size_t kIsolateReservation = size_t{132} << 20;
#elif V8_MAJOR_VERSION < 14 || (V8_MAJOR_VERSION == 14 && V8_MINOR_VERSION <= 1)
inline constexpr size_t kIsolateReservation = size_t{516} << 20;
#else
inline constexpr size_t kIsolateReservation = size_t{772} << 20;
#endif

inline v8::MaybeLocal<v8::Context> CreationContextOf([[maybe_unused]] v8::Isolate* isolate,
                                                     v8::Local<v8::Object> object) {
#if V8_MAJOR_VERSION >= 13
  return object->GetCreationContext(isolate);
#else
  return object->GetCreationContext();
#endif
}

// Runs no trap; of a proxy, nothing that counts.
inline v8::Local<v8::Value> PrototypeOf(v8::Local<v8::Object> object) {
#if V8_MAJOR_VERSION >= 13
  return object->GetPrototypeV2();
#else
  return object->GetPrototype();
#endif
}

// v8::HeapProfiler::QueryObjects is public since V8 11, and in Node 20 since 20.12.
// `test(Local<Object>)` is called during V8's own iteration and must not allocate.
#if V8_MAJOR_VERSION >= 11
using QueryObjectsFunction = void(v8::HeapProfiler*, v8::Local<v8::Context>,
                                  v8::QueryObjectPredicate*, std::vector<v8::Global<v8::Object>>*);

inline QueryObjectsFunction* FindQueryObjects() {
  static QueryObjectsFunction* const found = FindInNode<QueryObjectsFunction>(
      "_ZN2v812HeapProfiler12QueryObjectsENS_5LocalINS_7ContextEEEPNS_20QueryObjectPredicateE"
      "PSt6vectorINS_6GlobalINS_6ObjectEEESaIS9_EE");
  return found;
}

inline bool HasQueryObjects() { return FindQueryObjects() != nullptr; }

template <typename Test>
void QueryObjects(v8::Isolate* isolate, v8::Local<v8::Context> context, Test test,
                  std::vector<v8::Global<v8::Object>>* objects) {
  struct Predicate : public v8::QueryObjectPredicate {
    explicit Predicate(Test test) : test_(test) {}
    bool Filter(v8::Local<v8::Object> object) override { return test_(object); }
    Test test_;
  } predicate(test);
  FindQueryObjects()(isolate->GetHeapProfiler(), context, &predicate, objects);
}
#else
inline bool HasQueryObjects() { return false; }
template <typename Test>
void QueryObjects(v8::Isolate*, v8::Local<v8::Context>, Test,
                  std::vector<v8::Global<v8::Object>>*) {}
#endif

// uv_available_parallelism is in Node since 18.13. The processors that this process may use.
inline unsigned AvailableParallelism() {
  static const auto ask = FindInNode<unsigned()>("uv_available_parallelism");
  if (ask != nullptr) return ask();
  return static_cast<unsigned>(std::max(1L, sysconf(_SC_NPROCESSORS_ONLN)));
}

inline std::unique_ptr<v8::MicrotaskQueue> NewMicrotaskQueue(v8::Isolate* isolate) {
  return v8::MicrotaskQueue::New(isolate, v8::MicrotasksPolicy::kExplicit);
}

// Copies `length` UTF-16 units from `start`; runs no JavaScript, may flatten the string.
inline void WriteTwoByte(v8::Isolate* isolate, v8::Local<v8::String> string, uint16_t* buffer,
                         uint32_t start, uint32_t length) {
#if V8_MAJOR_VERSION >= 13
  string->WriteV2(isolate, start, length, buffer);
#else
  string->Write(isolate, buffer, static_cast<int>(start), static_cast<int>(length),
                v8::String::NO_NULL_TERMINATION);
#endif
}

// As UTF-8: first how many bytes that takes at most, then those; returns how many there were.
inline size_t Utf8Bytes(v8::Isolate* isolate, v8::Local<v8::String> string) {
#if V8_MAJOR_VERSION >= 13
  return string->Utf8LengthV2(isolate);
#else
  return static_cast<size_t>(string->Utf8Length(isolate));
#endif
}

inline size_t WriteUtf8(v8::Isolate* isolate, v8::Local<v8::String> string, char* buffer,
                        size_t bytes) {
#if V8_MAJOR_VERSION >= 13
  return string->WriteUtf8V2(isolate, buffer, bytes, v8::String::WriteFlags::kReplaceInvalidUtf8);
#else
  return static_cast<size_t>(
      string->WriteUtf8(isolate, buffer, static_cast<int>(bytes), nullptr,
                        v8::String::NO_NULL_TERMINATION | v8::String::REPLACE_INVALID_UTF8));
#endif
}

inline v8::ScriptOrigin MakeOrigin(v8::Isolate* isolate, v8::Local<v8::String> name, bool is_module,
                                   int line_offset = 0, int column_offset = 0) {
#if V8_MAJOR_VERSION >= 12
  return v8::ScriptOrigin(name, line_offset, column_offset, false, -1, v8::Local<v8::Value>(),
                          false, false, is_module);
#else
  return v8::ScriptOrigin(isolate, name, line_offset, column_offset, false, -1,
                          v8::Local<v8::Value>(), false, false, is_module);
#endif
}

// Ends an isolate made by node::NewIsolate, which nobody has entered or locked any more.
inline void DisposeNodeIsolate(node::MultiIsolatePlatform* platform, v8::Isolate* isolate) {
#if NODE_MAJOR_VERSION >= 24
  platform->DisposeIsolate(isolate);
#else
  platform->UnregisterIsolate(isolate);
  isolate->Dispose();
#endif
}

}  // namespace asynctb
