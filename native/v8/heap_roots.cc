// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "v8/heap_roots.h"

#include <atomic>
#include <cstring>

#include "base/enough_memory.h"
#include "v8/v8_internals.h"

namespace asynctb {

namespace {

// As V8 sees it: an object of its class RootVisitor, which begins with the address of its table of
// virtual functions. The table is written out, so that each place of it is ours: a V8 that has
// more of them, or another order, calls something that only takes note of it.
class Visitor {
 public:
  explicit Visitor(std::vector<Address>* roots) : table_(kTable), roots_(roots) {}

  // Whether V8 has called what was expected, as it was expected.
  bool is_sane() const { return !misfit_; }
  bool had_memory() const { return had_memory_; }
  // A slot that V8 must come by; and handles that do not count, the last of which stands at `to`.
  void Expect(const Address* slot) { expected_ = slot; }
  void Skip(const OwnHandles* own, const Address* to) {
    own_ = own;
    to_ = to;
  }
  bool has_met() const { return met_ && !skips_ && (own_ == nullptr || has_skipped_); }

 private:
  static constexpr int kEntries = 32;

  // SAFETY: until a visit was proven `roots_` is null, and no slot is read.
  void Visit(const Address* start, const Address* end) {
    constexpr uintptr_t kMostBytes = uintptr_t{1} << 32;
    const auto from = reinterpret_cast<uintptr_t>(start), to = reinterpret_cast<uintptr_t>(end);
    if (from % sizeof(Address) != 0 || to % sizeof(Address) != 0 || to < from ||
        to - from > kMostBytes) {
      misfit_ = true;
      return;
    }
    met_ = met_ || (expected_ >= start && expected_ < end);
    if (roots_ == nullptr || misfit_) return;
    // V8's code between here and the caller knows no exceptions.
    if (!had_memory_) return;
    had_memory_ = WithMemory([&] {
      for (const Address* slot = start; slot < end; slot++) Take(slot);
    });
  }

  // V8 visits handles in the order in which they were made.
  void Take(const Address* slot) {
    if (slot == own_->since()) skips_ = true;
    if (!skips_ && IsHeapObject(*slot) && !own_->Has(slot)) roots_->push_back(*slot);
    if (slot != to_) return;
    has_skipped_ = skips_;
    skips_ = false;
  }

  static void VisitPointers(Visitor* self, int, const char*, const Address* start,
                            const Address* end) {
    self->Visit(start, end);
  }
  static void VisitPointer(Visitor* self, int, const char*, const Address* slot) {
    self->Visit(slot, slot + 1);
  }
  // Of tables of strings.
  static void VisitOffHeap(Visitor*, int, const char*, const Address*, const Address*) {}
  static void VisitRunningCode(Visitor* self, const Address* code) { self->Visit(code, code + 1); }
  static void Synchronize(Visitor*, int) {}
  // V8's number of the collector that visits everything.
  static int Collector(const Visitor*) { return 1; }
  static int Unknown(Visitor* self) {
    self->misfit_ = true;
    return 0;
  }

  static const void* const kTable[kEntries];

  const void* const* table_;
  std::vector<Address>* roots_;
  const Address* expected_ = nullptr;
  const OwnHandles* own_ = nullptr;
  const Address* to_ = nullptr;
  bool skips_ = false, has_skipped_ = false;
  bool met_ = false, misfit_ = false, had_memory_ = true;
};

#define ENTRY(function) reinterpret_cast<const void*>(&Visitor::function)
#define NONE ENTRY(Unknown), ENTRY(Unknown), ENTRY(Unknown), ENTRY(Unknown)
// Two for the destructor, which nobody calls; then as V8 declares them.
const void* const Visitor::kTable[kEntries] = {
    ENTRY(Unknown),
    ENTRY(Unknown),
    ENTRY(VisitPointers),
    ENTRY(VisitPointer),
    ENTRY(VisitOffHeap),
    ENTRY(VisitRunningCode),
    ENTRY(Synchronize),
    ENTRY(Collector),
    NONE,
    NONE,
    NONE,
    NONE,
    NONE,
    NONE,
};
#undef NONE
#undef ENTRY

// Visits everything; `roots` null: without reading a slot.
std::string Visit(v8::Isolate* isolate, const OwnHandles* own, std::vector<Address>* roots) {
  const V8Internals& internals = GetV8Internals();
  v8::HandleScope scope(isolate);
  // The slot of a handle of ours must be among those that are visited.
  v8::Global<v8::Value> planted(isolate, v8::Undefined(isolate));
  Visitor visitor(roots);
  visitor.Expect(OwnHandles::SlotOf(planted));
  const OwnHandles end(isolate);
  if (own != nullptr) visitor.Skip(own, end.since());
  constexpr int kNothingSkipped = 0, kMainIsolate = 0;
  internals.iterate_roots(internals.heap_of_profiler(isolate->GetHeapProfiler()), &visitor,
                          kNothingSkipped, kMainIsolate);
  if (!visitor.is_sane()) return "V8's RootVisitor is another one than is known";
  if (!visitor.has_met()) return "V8 did not visit a planted handle among its roots";
  if (!visitor.had_memory()) return "there was no memory for it";
  return "";
}

}  // namespace

OwnHandles::OwnHandles(v8::Isolate* isolate)
    // Of an object: V8 may pass by what is a number.
    : since_(SlotOf(v8::Local<v8::Value>::New(isolate, v8::Undefined(isolate)))) {}

std::string ProveRoots(v8::Isolate* isolate) {
  const V8Internals& internals = GetV8Internals();
  if (!internals.can_visit_roots()) {
    return "V8's Heap::IterateRoots was not found: " + internals.reason;
  }
  // One binary, one V8: what was proven once in the process holds for all of its isolates.
  static std::atomic<bool> is_proven{false};
  if (!is_proven.load(std::memory_order_acquire)) {
    const std::string reason = Visit(isolate, nullptr, nullptr);
    if (!reason.empty()) return reason;
    is_proven.store(true, std::memory_order_release);
  }
  return "";
}

std::string CollectRoots(v8::Isolate* isolate, const OwnHandles& own, std::vector<Address>* roots) {
  const std::string reason = ProveRoots(isolate);
  return reason.empty() ? Visit(isolate, &own, roots) : reason;
}

}  // namespace asynctb
