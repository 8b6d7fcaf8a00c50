// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "v8/wasm_internals.h"

#include <atomic>
#include <mutex>

#include "v8/symbols.h"

namespace asynctb {

namespace {

template <typename Function>
void Assign(Function** target, void* address) {
  *target = reinterpret_cast<Function*>(address);
}

void Resolve(WasmInternals* internals) {
  // Which frame a suspended stack begins with has changed its name.
  if (!ReadDebugConstant("v8dbg_frametype_WasmFrame", &internals->wasm_marker) ||
      (!ReadDebugConstant("v8dbg_frametype_WasmJspiFrame", &internals->switch_marker) &&
       !ReadDebugConstant("v8dbg_frametype_StackSwitchFrame", &internals->switch_marker)) ||
      !ReadDebugConstant("v8dbg_type_WasmInstanceObject__WASM_INSTANCE_OBJECT_TYPE",
                         &internals->instance_type)) {
    internals->reason = "this V8 suspends no WebAssembly: it exports no constants for it";
    return;
  }
  ReadDebugConstant("v8dbg_type_WasmContinuationObject__WASM_CONTINUATION_OBJECT_TYPE",
                    &internals->continuation_type);
  SymbolRequest requests[] = {
      {{"_ZN2v88internal18StackFrameIteratorC1EPNS0_7IsolateEPNS0_4wasm11StackMemoryE",
        "_ZN2v88internal18StackFrameIteratorC2EPNS0_7IsolateEPNS0_4wasm11StackMemoryE"},
       nullptr},
      {{"_ZN2v88internal18StackFrameIterator7AdvanceEv"}, nullptr},
      {{"_ZNK2v88internal9WasmFrame9SummarizeEv", "_ZNK2v88internal9WasmFrame9SummarizeEb"},
       nullptr},
      {{"_ZNK2v88internal9WasmFrame4typeEv"}, nullptr},
      {{"_ZNK2v88internal12FrameSummary14SourcePositionEv"}, nullptr},
      {{"_ZNK2v88internal12FrameSummary6scriptEv"}, nullptr},
      {{"_ZNK2v88internal12FrameSummary20CreateStackFrameInfoEv"}, nullptr},
  };
  const SymbolReport report = ResolveSymbols(requests, sizeof(requests) / sizeof(requests[0]));
  internals->via = report.via;
  internals->reason = report.reason;
  internals->transient = report.transient;
  Assign(&internals->iterator_construct, requests[0].address);
  Assign(&internals->iterator_advance, requests[1].address);
  Assign(&internals->summarize, requests[2].address);
  internals->frame_type = requests[3].address;
  Assign(&internals->summary_position, requests[4].address);
  Assign(&internals->summary_script, requests[5].address);
  Assign(&internals->summary_describe, requests[6].address);
}

}  // namespace

const WasmInternals& GetWasmInternals() {
  static std::atomic<const WasmInternals*> resolved{nullptr};
  static std::mutex mutex;
  if (const WasmInternals* found = resolved.load(std::memory_order_acquire)) return *found;
  std::lock_guard<std::mutex> lock(mutex);
  if (const WasmInternals* found = resolved.load(std::memory_order_acquire)) return *found;
  // Never freed: other threads and later environments use it.
  WasmInternals* internals = new WasmInternals();
  Resolve(internals);
  if (!internals->transient) resolved.store(internals, std::memory_order_release);
  return *internals;
}

}  // namespace asynctb
