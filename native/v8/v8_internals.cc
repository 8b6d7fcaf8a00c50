// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "v8/v8_internals.h"

#include <atomic>
#include <mutex>

#include "base/enough_memory.h"
#include "base/own_thread.h"
#include "v8/symbols.h"

namespace asynctb {

namespace {

template <typename Function>
void Assign(Function** target, void* address) {
  *target = reinterpret_cast<Function*>(address);
}

template <typename Entry>
void Point(const Entry** target, const void* address) {
  *target = static_cast<const Entry*>(address);
}

void Resolve(V8Internals* internals) {
  SymbolRequest requests[] = {
      {{"_ZNK2v88internal12HeapProfiler4heapEv"}, nullptr},
      {{"_ZN2v88internal18HeapObjectIteratorC1EPNS0_4HeapENS1_20HeapObjectsFilteringE",
        "_ZN2v88internal18HeapObjectIteratorC2EPNS0_4HeapENS1_20HeapObjectsFilteringE"},
       nullptr},
      {{"_ZN2v88internal18HeapObjectIterator4NextEv"}, nullptr},
      {{"_ZN2v88internal18HeapObjectIteratorD1Ev", "_ZN2v88internal18HeapObjectIteratorD2Ev"},
       nullptr},
      {{"_ZN2v85debug15GeneratorObject17SuspendedLocationEv"}, nullptr},
      {{"_ZN2v85debug13ScopeIterator24CreateForGeneratorObjectEPNS_7IsolateENS_5LocalINS_"
        "6ObjectEEE"},
       nullptr},
      {{"_ZN2v88internal18DebugScopeIterator4DoneEv"}, nullptr},
      {{"_ZN2v88internal18DebugScopeIterator7AdvanceEv"}, nullptr},
      {{"_ZN2v88internal18DebugScopeIterator7GetTypeEv"}, nullptr},
      {{"_ZN2v88internal18DebugScopeIterator9GetObjectEv"}, nullptr},
      {{"_ZN2v88internal18DebugScopeIteratorD0Ev"}, nullptr},
      {{"_ZN2v85debug13ScopeIterator17CreateForFunctionEPNS_7IsolateENS_5LocalINS_8FunctionEEE"},
       nullptr},
      {{"_ZN2v85debug14SetReturnValueEPNS_7IsolateENS_5LocalINS_5ValueEEE"}, nullptr},
      {{"_ZN2v88internal10DebugScopeC1EPNS0_5DebugE", "_ZN2v88internal10DebugScopeC2EPNS0_5DebugE"},
       nullptr},
      {{"_ZN2v88internal10DebugScopeD1Ev", "_ZN2v88internal10DebugScopeD2Ev"}, nullptr},
      {{"_ZN2v85debug18StackTraceIterator6CreateEPNS_7IsolateEi"}, nullptr},
      {{"_ZNK2v88internal23DebugStackTraceIterator4DoneEv"}, nullptr},
      {{"_ZN2v88internal23DebugStackTraceIterator7AdvanceEv"}, nullptr},
      {{"_ZNK2v88internal23DebugStackTraceIterator11GetFunctionEv"}, nullptr},
      {{"_ZNK2v88internal23DebugStackTraceIterator11GetReceiverEv"}, nullptr},
      {{"_ZNK2v88internal23DebugStackTraceIterator17GetSourceLocationEv"}, nullptr},
      {{"_ZNK2v88internal23DebugStackTraceIterator16GetScopeIteratorEv"}, nullptr},
      {{"_ZN2v88internal23DebugStackTraceIteratorD0Ev"}, nullptr},
      {{"_ZNK2v88internal18UnoptimizedJSFrame9SummarizeEb",
        "_ZNK2v88internal18UnoptimizedJSFrame9SummarizeEv",
        "_ZNK2v88internal16UnoptimizedFrame9SummarizeEPSt6vectorINS0_12FrameSummaryESaIS3_EE"},
       nullptr},
      {{"_ZN2v88internal18HeapObjectIterator10NextObjectEv"}, nullptr},
      {{"_ZN2v88internal11interpreter9Bytecodes8ToStringENS1_8BytecodeE"}, nullptr},
      {{"_ZN2v88internal11interpreter9Bytecodes26IsRegisterInputOperandTypeENS1_11OperandTypeE"},
       nullptr},
      {{"_ZN2v88internal11interpreter9Bytecodes27IsRegisterOutputOperandTypeENS1_11OperandTypeE"},
       nullptr},
      {{"_ZN2v88internal11interpreter9Bytecodes25IsRegisterListOperandTypeENS1_11OperandTypeE"},
       nullptr},
      {{"_ZN2v88internal11interpreter9Bytecodes14kBytecodeSizesE"}, nullptr, true},
      {{"_ZN2v88internal11interpreter9Bytecodes13kOperandCountE"}, nullptr, true},
      {{"_ZN2v88internal11interpreter9Bytecodes13kOperandTypesE"}, nullptr, true},
      {{"_ZN2v88internal11interpreter9Bytecodes13kOperandSizesE"}, nullptr, true},
      {{"_ZN2v88internal4Heap12IterateRootsEPNS0_11RootVisitorENS_4base7EnumSetINS0_8SkipRootEiEE",
        "_ZN2v88internal4Heap12IterateRootsEPNS0_11RootVisitorENS_4base7EnumSetINS0_"
        "8SkipRootEiEENS1_"
        "16IterateRootsModeE"},
       nullptr},
      {{"_ZNK2v88internal10HeapObject11SizeFromMapENS0_3MapE",
        "_ZNK2v88internal10HeapObject11SizeFromMapENS0_6TaggedINS0_3MapEEE"},
       nullptr},
  };
  const SymbolReport report = ResolveSymbols(requests, sizeof(requests) / sizeof(requests[0]));
  internals->via = report.via;
  internals->reason = report.reason;
  internals->transient = report.transient;
  Assign(&internals->heap_of_profiler, requests[0].address);
  Assign(&internals->iterator_construct, requests[1].address);
  Assign(&internals->iterator_next, requests[2].address);
  Assign(&internals->iterator_destroy, requests[3].address);
  Assign(&internals->suspended_location, requests[4].address);
  Assign(&internals->create_scope_iterator, requests[5].address);
  Assign(&internals->scope_done, requests[6].address);
  Assign(&internals->scope_advance, requests[7].address);
  Assign(&internals->scope_type, requests[8].address);
  Assign(&internals->scope_object, requests[9].address);
  Assign(&internals->scope_delete, requests[10].address);
  Assign(&internals->create_closure_iterator, requests[11].address);
  Assign(&internals->set_return_value, requests[12].address);
  Assign(&internals->debug_scope_construct, requests[13].address);
  Assign(&internals->debug_scope_destroy, requests[14].address);
  Assign(&internals->create_stack_iterator, requests[15].address);
  Assign(&internals->stack_iterator_done, requests[16].address);
  Assign(&internals->stack_iterator_advance, requests[17].address);
  Assign(&internals->stack_iterator_function, requests[18].address);
  Assign(&internals->stack_iterator_receiver, requests[19].address);
  Assign(&internals->stack_iterator_location, requests[20].address);
  Assign(&internals->stack_iterator_scopes, requests[21].address);
  Assign(&internals->stack_iterator_delete, requests[22].address);
  internals->summarize_plain_frame = requests[23].address;
  Assign(&internals->iterator_next_object, requests[24].address);
  Assign(&internals->bytecode_name, requests[25].address);
  Assign(&internals->is_register_input, requests[26].address);
  Assign(&internals->is_register_output, requests[27].address);
  Assign(&internals->is_register_list, requests[28].address);
  Point(&internals->bytecode_sizes, requests[29].address);
  Point(&internals->operand_counts, requests[30].address);
  Point(&internals->operand_types, requests[31].address);
  Point(&internals->operand_sizes, requests[32].address);
  Assign(&internals->iterate_roots, requests[33].address);
  Assign(&internals->size_from_map, requests[34].address);
}

std::atomic<const V8Internals*> resolved{nullptr};

}  // namespace

const V8Internals& GetV8Internals() {
  static std::mutex mutex;
  if (const V8Internals* found = resolved.load(std::memory_order_acquire)) return *found;
  std::lock_guard<std::mutex> lock(mutex);
  if (const V8Internals* found = resolved.load(std::memory_order_acquire)) return *found;
  // Never freed: other threads and later environments use it.
  V8Internals* internals = new V8Internals();
  Resolve(internals);
  if (!internals->transient) resolved.store(internals, std::memory_order_release);
  return *internals;
}

V8InternalsAhead::V8InternalsAhead() {
  if (resolved.load(std::memory_order_acquire) != nullptr) return;
  const auto run = [](void*) -> void* {
    WithMemory([] { GetV8Internals(); });
    return nullptr;
  };
  started_ = CreateOwnThread(&thread_, nullptr, run, nullptr) == 0;
}

V8InternalsAhead::~V8InternalsAhead() {
  if (started_) pthread_join(thread_, nullptr);
}

}  // namespace asynctb
