// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

// The frames of WebAssembly that an asynchronous import has suspended. Its stack has memory of its
// own. It is followed by checked loads first, and then by V8's own iterator, as each garbage
// collection does; what both agree on is shown. Nothing is assumed of where V8 keeps the stack: it
// is one of those that the isolate counts as living.
#pragma once

#include <v8.h>

#include <memory>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "layout/env_data.h"
#include "memory/checked_read.h"

namespace asynctb {

// The WasmSuspenderObject whose stack a promise's handler resumes; kNoAddress for other handlers.
Address SuspenderOf(const Layout& layout, Address handler);

// A frame, or one that the optimizer has inlined into it.
struct WasmPlace {
  Address script = kNoAddress;    // V8's Script of the module
  int position = -1;              // in the module's bytes
  const void* summary = nullptr;  // V8's; good for as long as the reader is
};

// Make one per capture. The caller's HandleScope must outlive it.
class WasmStacks {
 public:
  explicit WasmStacks(const EnvData& env) : env_(env) {}
  ~WasmStacks();
  WasmStacks(const WasmStacks&) = delete;
  WasmStacks& operator=(const WasmStacks&) = delete;

  // Outermost first. None and a reason where they cannot be read; none and no reason where there
  // are none: an export may be an import.
  // SAFETY: takes an address, and keeps others until the next call; makes handles but does not
  // allocate in the isolate. Nothing may do so between the calls.
  std::vector<WasmPlace> Read(Address suspender, std::string* reason);

  // V8's record of a place. Allocates.
  v8::Local<v8::StackFrame> Describe(const WasmPlace& place) const;

 private:
  struct RawFrame {
    uintptr_t fp = 0, pc = 0;
    bool is_wasm = false;
  };

  // The memory of a suspended stack, 0 when it cannot be told.
  uintptr_t StackOf(Address suspender);
  bool KnowsStacks(uintptr_t one);
  void DropActive(uintptr_t isolate, uintptr_t end);
  bool LoadRegistry(uintptr_t vector, uintptr_t wanted, std::unordered_set<uintptr_t>* stacks);
  // The frames by their saved frame pointers, innermost first.
  bool Follow(uintptr_t stack, std::vector<RawFrame>* frames);
  bool HoldsInstance(uintptr_t fp);
  bool HasTypeChecked(Address object, int type);
  // Takes V8's iterator over the same frames.
  bool Summarize(uintptr_t stack, const std::vector<RawFrame>& frames);
  bool IsWasmClass(uintptr_t frame);
  bool SummarizeFrame(uintptr_t frame, std::vector<WasmPlace>* places);

  const EnvData& env_;
  CheckedReader reader_;
  std::unordered_set<uintptr_t> stacks_;  // all that live and do not run
  int found_offset_ = -1;                 // where the isolate has them, when it was looked for
  int searches_ = 0;
  bool is_registry_read_ = false;
  std::unordered_map<uintptr_t, std::vector<WasmPlace>> places_;  // by return address
  std::vector<void*> kept_;                                       // V8's summaries
  std::unique_ptr<uint64_t[]> iterator_;
};

}  // namespace asynctb
