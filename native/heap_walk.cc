// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "heap_walk.h"

#include "v8_internals.h"

namespace asynctb {

namespace heap_walk_internal {

Iterator::Iterator(v8::Isolate* isolate) {
  const V8Internals& internals = GetV8Internals();
  constexpr int kNoFiltering = 0;
  internals.iterator_construct(storage_, internals.heap_of_profiler(isolate->GetHeapProfiler()),
                               kNoFiltering);
}

Iterator::~Iterator() { GetV8Internals().iterator_destroy(storage_); }

Address Iterator::Next() {
  static const auto next = GetV8Internals().iterator_next;
  return next(storage_);
}

namespace {

// Called during V8's own iteration: it only compares types.
class TypePredicate : public v8::QueryObjectPredicate {
 public:
  explicit TypePredicate(const Layout& layout) : layout_(layout) {}
  bool Filter(v8::Local<v8::Object> object) override {
    const uint16_t type = InstanceType(ToAddress(object));
    return type == layout_.promise_type || type == layout_.async_function_type ||
           type == layout_.async_generator_type;
  }

 private:
  const Layout& layout_;
};

}  // namespace

bool QueryCandidates(const EnvData& env, std::vector<v8::Global<v8::Object>>* candidates) {
  if constexpr (kHasQueryObjects) {
    v8::HandleScope scope(env.isolate());
    v8::Local<v8::Context> context = env.isolate()->GetCurrentContext();
    if (context.IsEmpty()) context = v8::Context::New(env.isolate());
    TypePredicate predicate(env.layout());
    QueryObjects(env.isolate(), context, &predicate, candidates);
    return true;
  } else {
    return false;
  }
}

}  // namespace heap_walk_internal

WalkResult WalkHeapOnly(const EnvData& env) {
  struct Counter {
    void Visit(Address, uint16_t type) { types += type; }
    uint64_t types = 0;
  } counter;
  return WalkHeap(env, &counter);
}

}  // namespace asynctb
