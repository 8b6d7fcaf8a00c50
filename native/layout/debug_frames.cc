// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "layout/debug_frames.h"

#include <malloc.h>

#include <cstring>
#include <vector>

#include "layout/running_frames.h"
#include "memory/checked_read.h"
#include "v8/handle_address.h"

namespace asynctb {

using v8::Function;
using v8::Isolate;
using v8::Local;
using v8::Value;

namespace {

// A StackFrame begins with its class; its frame pointer and stack pointer follow.
constexpr int kStackFrameWords = 9;

bool IsPlainFrame(CheckedReader* reader, uintptr_t frame) {
  constexpr int kClassWords = 24;
  const auto wanted = reinterpret_cast<uintptr_t>(GetV8Internals().summarize_plain_frame);
  uintptr_t vtable = 0, function = 0;
  if (frame % 8 != 0 || !reader->Load(frame, &vtable)) return false;
  for (int i = 0; i < kClassWords && reader->Load(vtable + 8 * i, &function); i++) {
    if (function == wanted) return true;
  }
  return false;
}

}  // namespace

DebugFrames::DebugFrames(Isolate* isolate, const DebugLayout& layout) : layout_(layout) {
  const V8Internals& internals = GetV8Internals();
  void* debug =
      *reinterpret_cast<void**>(reinterpret_cast<uint8_t*>(isolate) + layout.isolate_debug);
  internals.debug_scope_construct(scope_, debug);
  internals.create_stack_iterator(&iterator_, isolate, 0);
}

DebugFrames::~DebugFrames() {
  const V8Internals& internals = GetV8Internals();
  if (iterator_ != nullptr) internals.stack_iterator_delete(iterator_);
  internals.debug_scope_destroy(scope_);
}

bool DebugFrames::Done() const {
  return iterator_ == nullptr || GetV8Internals().stack_iterator_done(iterator_);
}

void DebugFrames::Advance() { GetV8Internals().stack_iterator_advance(iterator_); }

Local<Function> DebugFrames::Function() const {
  return GetV8Internals().stack_iterator_function(iterator_);
}

Local<Value> DebugFrames::Receiver() const {
  return GetV8Internals().stack_iterator_receiver(iterator_);
}

DebugLocation DebugFrames::Location() const {
  return GetV8Internals().stack_iterator_location(iterator_);
}

void* DebugFrames::Scopes() const {
  void* scopes = nullptr;
  GetV8Internals().stack_iterator_scopes(&scopes, iterator_);
  return scopes;
}

bool DebugFrames::IsPlain() const {
  uintptr_t frame = 0;
  return layout_.iterator_frame >= 0 &&
         reader_.Load(reinterpret_cast<uintptr_t>(iterator_) + layout_.iterator_frame, &frame) &&
         IsPlainFrame(&reader_, frame);
}

StackWords DebugFrames::Registers() const {
  uintptr_t frame = 0, frame_pointer = 0, stack_pointer = 0, word = 0;
  if (layout_.iterator_frame < 0 ||
      !reader_.Load(reinterpret_cast<uintptr_t>(iterator_) + layout_.iterator_frame, &frame)) {
    return {};
  }
  // Of the places on the stack that a frame knows, its frame pointer is the highest one, and its
  // stack pointer comes next: the others belong to the frame that it has called.
  const auto low = reinterpret_cast<uintptr_t>(__builtin_frame_address(0));
  const uintptr_t high = StackEnd();
  for (int i = 1; i < kStackFrameWords && reader_.Load(frame + 8 * i, &word); i++) {
    if (word < low || word >= high || word % 8 != 0) continue;
    if (word > frame_pointer) {
      stack_pointer = frame_pointer;
      frame_pointer = word;
    } else if (word > stack_pointer && word < frame_pointer) {
      stack_pointer = word;
    }
  }
  if (stack_pointer == 0) return {};
  // SAFETY: both lie between the current frame and the stack's base, which is mapped and ours.
  return {reinterpret_cast<const uintptr_t*>(stack_pointer),
          reinterpret_cast<const uintptr_t*>(frame_pointer)};
}

std::vector<int> DebugFrames::FindStackFrames() const {
  std::vector<int> found;
  const auto size = static_cast<int>(malloc_usable_size(iterator_));
  for (int offset = 8; offset + 8 <= size; offset += 8) {
    uintptr_t frame = 0;
    if (!reader_.Load(reinterpret_cast<uintptr_t>(iterator_) + offset, &frame)) break;
    if (IsPlainFrame(&reader_, frame)) found.push_back(offset);
  }
  return found;
}

namespace {

// Whether the machine code that stores the number begins by a load from this offset: other words of
// the isolate point at fields of the same object.
bool IsLoadedByCode(const void* code, int offset) {
#if defined(__x86_64__)
  constexpr int kSearched = 48;
  for (int i = 0; i + 4 <= kSearched; i++) {
    // SAFETY: the function is one of thousands in a segment of code.
    if (memcmp(static_cast<const uint8_t*>(code) + i, &offset, sizeof(offset)) == 0) return true;
  }
#endif
  return false;
}

}  // namespace

// By what V8 stores for a debugger: a planted number, stored twice, is found where it went. What
// stood there before is put back.
int FindDebug(Isolate* isolate) {
  constexpr int kIsolateWords = 16 * 1024;
  constexpr int kDebugWords = 128;
  struct Candidate {
    int offset;
    uintptr_t address;
    std::vector<uintptr_t> words;
  };
  const V8Internals& internals = GetV8Internals();
  const auto self = reinterpret_cast<uintptr_t>(isolate);
  const auto* const code = reinterpret_cast<const void*>(internals.set_return_value);
  CheckedReader reader;
  std::vector<Candidate> candidates;
  for (int i = 0; i < kIsolateWords; i++) {
    uintptr_t address = 0, word = 0;
    if (!reader.Load(self + 8 * i, &address)) break;
    if (address == 0 || address % 8 != 0 || !IsLoadedByCode(code, 8 * i)) continue;
    Candidate candidate = {8 * i, address, {}};
    bool refers_back = false;  // as Debug does to its isolate
    for (int k = 0; k < kDebugWords && reader.Load(address + 8 * k, &word); k++) {
      refers_back = refers_back || word == self;
      candidate.words.push_back(word);
    }
    if (refers_back) candidates.push_back(std::move(candidate));
  }
  const auto plant = [&](int number) {
    internals.set_return_value(isolate, v8::Integer::New(isolate, number));
    return Address{static_cast<uint32_t>(number)} << 32;
  };
  constexpr int kFirst = 0x5a17c0de, kSecond = 0x3c0ffee7;
  const Address first = plant(kFirst);
  std::vector<std::pair<const Candidate*, size_t>> holders;
  for (const Candidate& candidate : candidates) {
    for (size_t k = 0; k < candidate.words.size(); k++) {
      uintptr_t word = 0;
      if (reader.Load(candidate.address + 8 * k, &word) && word == first) {
        holders.push_back({&candidate, k});
      }
    }
  }
  const Address second = plant(kSecond);
  const Candidate* debug = nullptr;
  Address before = kNoAddress;
  bool certain = true;
  for (const auto& [candidate, k] : holders) {
    uintptr_t word = 0;
    if (!reader.Load(candidate->address + 8 * k, &word) || word != second) continue;
    certain = certain && debug == nullptr;
    debug = candidate;
    before = candidate->words[k];
  }
  // SAFETY: nothing has allocated since the old value was read, so it is still where it was.
  internals.set_return_value(isolate, debug == nullptr || !certain
                                          ? v8::Integer::New(isolate, 0).As<Value>()
                                          : ToLocal<Value>(isolate, before));
  return debug == nullptr || !certain ? -1 : debug->offset;
}

}  // namespace asynctb
