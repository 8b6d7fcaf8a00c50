// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "heap/heap_walk.h"

#include "v8/handle_address.h"
#include "v8/v8_compat.h"
#include "v8/v8_internals.h"

namespace asynctb {

namespace heap_walk_internal {

Iterator::Iterator(v8::Isolate* isolate, Step step) {
  const V8Internals& internals = GetV8Internals();
  const bool whole = step == Step::kWhole || internals.iterator_next_object == nullptr;
  next_ = whole ? internals.iterator_next : internals.iterator_next_object;
  constexpr int kNoFiltering = 0;
  internals.iterator_construct(storage_, internals.heap_of_profiler(isolate->GetHeapProfiler()),
                               kNoFiltering);
}

Iterator::~Iterator() { GetV8Internals().iterator_destroy(storage_); }

bool QueryCandidates(const EnvData& env, std::vector<v8::Global<v8::Object>>* candidates) {
  if (!HasQueryObjects()) return false;
  v8::HandleScope scope(env.isolate());
  v8::Local<v8::Context> context = env.isolate()->GetCurrentContext();
  if (context.IsEmpty()) context = v8::Context::New(env.isolate());
  const Layout& layout = env.layout();
  const auto is_candidate = [&layout](v8::Local<v8::Object> object) {
    const uint16_t type = InstanceType(ToAddress(object));
    return type == layout.promise_type || type == layout.async_function_type ||
           type == layout.async_generator_type;
  };
  QueryObjects(env.isolate(), context, is_candidate, candidates);
  return true;
}

}  // namespace heap_walk_internal

WalkResult WalkHeapOnly(const EnvData& env) {
  struct Counter {
    void Begin() {}
    void Visit(Address, uint16_t type) { types += type; }
    void End() {}
    uint64_t types = 0;
  } counter;
  return WalkHeap(env, &counter, heap_walk_internal::Step::kWhole);
}

}  // namespace asynctb
