// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "v8_internals.h"

#include <atomic>
#include <mutex>

#include "symbols.h"

namespace asynctb {

namespace {

template <typename Function>
void Assign(Function** target, void* address) {
  *target = reinterpret_cast<Function*>(address);
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
}

}  // namespace

const V8Internals& GetV8Internals() {
  static std::atomic<const V8Internals*> resolved{nullptr};
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

}  // namespace asynctb
