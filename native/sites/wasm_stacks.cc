// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "sites/wasm_stacks.h"

#include <algorithm>
#include <atomic>
#include <cstring>
#include <new>

#include "v8/handle_address.h"
#include "v8/wasm_internals.h"

namespace asynctb {

namespace {

constexpr int kWord = sizeof(uintptr_t);
// Of a frame, from its frame pointer: the caller's, the return address, what marks its type, and
// in one of WebAssembly the instance's data.
constexpr int kReturnAddress = kWord;
constexpr int kMarker = -kWord;
constexpr int kInstanceData = -2 * kWord;

// V8's default is 1 MB; frames are larger than this.
constexpr uintptr_t kLargestStack = 64 * 1024 * 1024;
constexpr size_t kMostFrames = 20'000;
constexpr size_t kMostInlined = 100;
constexpr uintptr_t kMostStacks = 1'000'000;
constexpr int kIsolateWords = 16 * 1024;
constexpr int kMostSearches = 256;  // of an isolate, in vain
constexpr int kStackWords = 16;     // of StackMemory, up to where it must have its jump buffer
constexpr int kIteratorWords = 8192;
constexpr int kStackFrameWords = 9;  // a StackFrame, with its class

// Where an isolate keeps its stacks: in all of them at the same offset. -1: not known yet.
std::atomic<int> registry_offset{-1};

}  // namespace

Address SuspenderOf(const Layout& layout, Address handler) {
  if (!HasType(handler, layout.function_type)) return kNoAddress;
  const Address shared = ReadWord(handler, layout.function_shared);
  // SAFETY: what a SharedFunctionInfo holds up to its script is tagged.
  for (int offset = 8; offset < layout.shared_script; offset += 8) {
    const Address data = ReadWord(shared, offset);
    if (!HasType(data, layout.wasm_resume_type)) continue;
    const Address suspender = ReadWord(data, 8);
    return HasType(suspender, layout.wasm_suspender_type) ? suspender : kNoAddress;
  }
  return kNoAddress;
}

WasmStacks::~WasmStacks() {
  // SAFETY: std::vector's memory, of objects that need no destructor: they hold handles.
  for (void* summaries : kept_) ::operator delete(summaries);
}

std::vector<WasmPlace> WasmStacks::Read(Address suspender, std::string* reason) {
  std::vector<WasmPlace> places;
  *reason = GetWasmInternals().reason;
  if (!reason->empty()) return places;
  *reason = "V8 keeps the stack in another way than was expected";
  const uintptr_t stack = StackOf(suspender);
  std::vector<RawFrame> frames;
  if (stack == 0 || !Follow(stack, &frames)) return places;
  const auto is_known = [this](const RawFrame& frame) {
    return !frame.is_wasm || places_.count(frame.pc) != 0;
  };
  // Many stacks stand at few places: where all are known, V8 need not be asked again.
  if (!std::all_of(frames.begin(), frames.end(), is_known) && !Summarize(stack, frames)) {
    return places;
  }
  reason->clear();
  if (found_offset_ >= 0) registry_offset.store(found_offset_, std::memory_order_relaxed);
  for (auto frame = frames.rbegin(); frame != frames.rend(); ++frame) {
    if (!frame->is_wasm) continue;
    const std::vector<WasmPlace>& own = places_[frame->pc];
    places.insert(places.end(), own.begin(), own.end());
  }
  return places;
}

v8::Local<v8::StackFrame> WasmStacks::Describe(const WasmPlace& place) const {
  const Address* slot = GetWasmInternals().summary_describe(place.summary);
  return ToLocal<v8::StackFrame>(env_.isolate(), *slot);
}

// A suspender leads to its stack by itself, or with an object between. Whatever word it is that
// does, it is a living stack's address.
uintptr_t WasmStacks::StackOf(Address suspender) {
  const Layout& layout = env_.layout();
  uintptr_t found = 0;
  const auto look = [&](Address object) {
    for (int offset = 8; offset < SizeOf(layout, object); offset += 8) {
      const uintptr_t word = ReadWord(object, offset);
      if (word < 0x10000 || word % kWord != 0 || word == found || !KnowsStacks(word)) continue;
      if (stacks_.count(word) == 0) continue;
      found = found == 0 ? word : ~uintptr_t{0};
    }
  };
  look(suspender);
  for (int offset = 8; found == 0 && offset < SizeOf(layout, suspender); offset += 8) {
    const Address between = ReadWord(suspender, offset);
    const int type = GetWasmInternals().continuation_type;
    if (type >= 0 && HasType(between, static_cast<uint16_t>(type))) look(between);
  }
  return found == ~uintptr_t{0} ? 0 : found;
}

// The isolate's vector of stacks, known by holding one. False where no stack is known yet.
bool WasmStacks::KnowsStacks(uintptr_t one) {
  if (is_registry_read_) return true;
  const auto isolate = reinterpret_cast<uintptr_t>(env_.isolate());
  int offset = registry_offset.load(std::memory_order_relaxed);
  if (offset < 0) {
    // A word that is no address at all is in no vector, and costs no search.
    uintptr_t word = 0;
    if (!reader_.Load(one, &word) || searches_++ >= kMostSearches) return false;
    for (int i = 0; i < kIsolateWords; i++) {
      if (!reader_.Load(isolate + kWord * i, &word)) break;
      std::unordered_set<uintptr_t> stacks;
      if (word == 0 || !LoadRegistry(isolate + kWord * i, one, &stacks)) continue;
      if (offset >= 0) return false;  // two: none can be trusted
      offset = kWord * i;
      i += 2;  // the rest of the vector: what lies between its end and its room may be left over
    }
    if (offset < 0) return false;
    found_offset_ = offset;
  }
  is_registry_read_ = true;
  if (!LoadRegistry(isolate + offset, 0, &stacks_)) stacks_.clear();
  DropActive(isolate, isolate + offset);
  return true;
}

// The stack that runs has an old jump buffer. It is the one that the isolate itself refers to, by
// its address or by an object, in the part that generated code uses: that comes first of all.
void WasmStacks::DropActive(uintptr_t isolate, uintptr_t end) {
  const int type = GetWasmInternals().continuation_type;
  constexpr int kMostFields = 4;
  uintptr_t word = 0, field = 0;
  for (uintptr_t at = isolate; at < end && reader_.Load(at, &word); at += kWord) {
    stacks_.erase(word);
    if (type < 0 || !HasTypeChecked(word, type)) continue;
    for (int k = 1; k < kMostFields && reader_.Word(word, kWord * k, &field); k++) {
      stacks_.erase(field);
    }
  }
}

// `wanted`: only a vector that holds this.
bool WasmStacks::LoadRegistry(uintptr_t vector, uintptr_t wanted,
                              std::unordered_set<uintptr_t>* stacks) {
  uintptr_t begin = 0, end = 0, room = 0, word = 0;
  if (!reader_.Load(vector, &begin) || !reader_.Load(vector + kWord, &end) ||
      !reader_.Load(vector + 2 * kWord, &room) || begin == 0 || begin % kWord != 0 ||
      end <= begin || room < end || (end - begin) % kWord != 0 || (room - begin) % kWord != 0 ||
      (end - begin) / kWord > kMostStacks) {
    return false;
  }
  bool holds = wanted == 0;
  for (uintptr_t at = begin; at < end; at += kWord) {
    if (!reader_.Load(at, &word)) return false;
    if (word == 0 || word % kWord != 0) return false;
    holds = holds || word == wanted;
    stacks->insert(word);
  }
  return holds;
}

bool WasmStacks::Follow(uintptr_t stack, std::vector<RawFrame>* frames) {
  const WasmInternals& internals = GetWasmInternals();
  // It begins with its lowest address and its size.
  uintptr_t low = 0, size = 0;
  if (!reader_.Load(stack, &low) || !reader_.Load(stack + kWord, &size) || size == 0 ||
      size > kLargestStack) {
    return false;
  }
  const uintptr_t high = low + size;
  const auto is_inside = [&](uintptr_t address) {
    return address % kWord == 0 && address >= low && address <= high - 2 * kWord;
  };
  const auto marker_of = [this](uintptr_t fp) {
    uintptr_t marker = 0;
    return reader_.Load(fp + kMarker, &marker) && IsSmi(marker) && marker < 1024
               ? static_cast<int>(marker >> 1)
               : -1;
  };
  // In its jump buffer the stack pointer, the frame pointer and the program counter stand side by
  // side, and the frame is the one that V8 makes to switch stacks.
  uintptr_t fp = 0, pc = 0;
  for (int i = 2; fp == 0 && i < kStackWords; i++) {
    uintptr_t sp = 0, candidate = 0;
    if (!reader_.Load(stack + kWord * i, &sp) ||
        !reader_.Load(stack + kWord * (i + 1), &candidate) ||
        !reader_.Load(stack + kWord * (i + 2), &pc)) {
      return false;
    }
    if (!is_inside(sp) || !is_inside(candidate) || sp > candidate) continue;
    if (marker_of(candidate) == internals.switch_marker) fp = candidate;
  }
  if (fp == 0) return false;
  // Frames further out lie higher: no loop is possible, and nothing outside of the stack is read.
  while (frames->size() < kMostFrames) {
    const int marker = marker_of(fp);
    if (marker <= 0) return false;  // JavaScript, which cannot be suspended here
    const bool is_wasm = marker == internals.wasm_marker;
    if (is_wasm && !HoldsInstance(fp)) return false;
    frames->push_back({fp, pc, is_wasm});
    uintptr_t caller = 0;
    if (!reader_.Load(fp, &caller) || !reader_.Load(fp + kReturnAddress, &pc)) return false;
    if (caller == 0) return true;  // the outermost one
    if (!is_inside(caller) || caller <= fp) return false;
    fp = caller;
  }
  return false;
}

bool WasmStacks::HasTypeChecked(Address object, int type) {
  using v8::internal::Internals;
  Address map = 0;
  uint16_t found = 0;
  return reader_.Word(object, Internals::kHeapObjectMapOffset, &map) && IsHeapObject(map) &&
         reader_.LoadUnit(map - 1 + Internals::kMapInstanceTypeOffset, &found) && found == type;
}

// V8 would end the process for a frame whose data has no instance.
bool WasmStacks::HoldsInstance(uintptr_t fp) {
  constexpr int kMostFields = 64;
  Address data = 0, field = 0;
  if (!reader_.Load(fp + kInstanceData, &data)) return false;
  for (int i = 1; i < kMostFields; i++) {
    if (!reader_.Word(data, kWord * i, &field)) return false;
    if (HasTypeChecked(field, GetWasmInternals().instance_type)) return true;
  }
  return false;
}

bool WasmStacks::Summarize(uintptr_t stack, const std::vector<RawFrame>& frames) {
  const WasmInternals& internals = GetWasmInternals();
  if (iterator_ == nullptr) iterator_ = std::make_unique<uint64_t[]>(kIteratorWords);
  memset(iterator_.get(), 0, kIteratorWords * kWord);
  // SAFETY: the stack is a living one that does not run, and its frames end where they must. V8
  // goes through it as in each collection, reachable or not, and takes the same locks.
  internals.iterator_construct(iterator_.get(), env_.isolate(), reinterpret_cast<void*>(stack));
  // The iterator has its StackFrames in itself; one word of it points at the current one.
  const auto begin = reinterpret_cast<uintptr_t>(iterator_.get());
  int at = -1;
  for (int i = 0; i < kIteratorWords; i++) {
    if (iterator_[i] <= begin || iterator_[i] >= begin + kIteratorWords * kWord) continue;
    if (at >= 0) return false;
    at = i;
  }
  if (at < 0) return false;
  for (size_t i = 0; i < frames.size(); i++) {
    const uintptr_t frame = iterator_[at];
    if (frame <= begin || frame + kStackFrameWords * kWord > begin + kIteratorWords * kWord) {
      return false;
    }
    const auto* words = reinterpret_cast<const uintptr_t*>(frame);
    if (std::find(words, words + kStackFrameWords, frames[i].fp) == words + kStackFrameWords ||
        IsWasmClass(frame) != frames[i].is_wasm) {
      return false;
    }
    if (frames[i].is_wasm && places_.count(frames[i].pc) == 0) {
      std::vector<WasmPlace> places;
      if (!SummarizeFrame(frame, &places)) return false;
      places_[frames[i].pc] = std::move(places);
    }
    internals.iterator_advance(iterator_.get());
  }
  return iterator_[at] == 0;
}

bool WasmStacks::IsWasmClass(uintptr_t frame) {
  constexpr int kClassWords = 24;
  const WasmInternals& internals = GetWasmInternals();
  uintptr_t vtable = 0, function = 0;
  bool has_type = false, has_summary = false;
  if (!reader_.Load(frame, &vtable)) return false;
  for (int i = 0; i < kClassWords && reader_.Load(vtable + kWord * i, &function); i++) {
    has_type = has_type || function == reinterpret_cast<uintptr_t>(internals.frame_type);
    has_summary = has_summary || function == reinterpret_cast<uintptr_t>(internals.summarize);
  }
  return has_type && has_summary;
}

bool WasmStacks::SummarizeFrame(uintptr_t frame, std::vector<WasmPlace>* places) {
  const WasmInternals& internals = GetWasmInternals();
  // A vector's three words and a flag.
  uintptr_t result[8] = {};
  internals.summarize(result, reinterpret_cast<const void*>(frame), false);
  const uintptr_t begin = result[0], end = result[1];
  if (begin == 0 || end <= begin) return false;
  kept_.push_back(reinterpret_cast<void*>(begin));
  // Each begins with the isolate. So often as that is found, at equal distances, there are some.
  const auto isolate = reinterpret_cast<uintptr_t>(env_.isolate());
  uintptr_t stride = 0;
  for (uintptr_t at = begin; at < end; at += kWord) {
    uintptr_t word = 0;
    if (!reader_.Load(at, &word)) return false;
    if (word != isolate) continue;
    if (at != begin && stride == 0) stride = at - begin;
    if (stride != 0 && (at - begin) % stride != 0) return false;
  }
  if (stride == 0) stride = end - begin;
  if ((end - begin) % stride != 0 || (end - begin) / stride > kMostInlined) return false;
  for (uintptr_t at = begin; at < end; at += stride) {
    const void* summary = reinterpret_cast<const void*>(at);
    const Address* script = internals.summary_script(summary);
    if (script == nullptr || !HasType(*script, env_.layout().script_type)) return false;
    places->push_back({*script, internals.summary_position(summary), summary});
  }
  return true;
}

}  // namespace asynctb
