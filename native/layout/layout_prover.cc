// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "layout/layout_prover.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#if defined(__linux__)
#include <sys/uio.h>
#endif

#include "layout/probe_source.h"
#include "v8/handle_address.h"
#include "v8/symbols.h"
#include "v8/v8_compat.h"

namespace asynctb {

using v8::Context;
using v8::Data;
using v8::Function;
using v8::Isolate;
using v8::Local;
using v8::TryCatch;
using v8::Value;

namespace {

// No planted array is longer.
constexpr int kLongestArray = 1024;

}  // namespace

Prover::Prover(Isolate* isolate) : isolate_(isolate) {
  if constexpr (!kHandlesArePlainSlots) {
    reason_ = "this build of V8 compresses pointers or has direct handles";
    unsupported_ = true;
    return;
  }
  if (!ReadDebugConstant("v8dbg_class_Map__instance_size_in_words__char", &map_size_field_)) {
    reason_ = "this binary exports no v8dbg_ constants";
    unsupported_ = true;
    return;
  }
  planted_ = Plant();
  if (!planted_)
    reason_ = "the probe could not run just now (no stack left, or the thread is being terminated)";
}

Prover::~Prover() {
  for (const int fd : pipe_) {
    if (fd >= 0) close(fd);
  }
}

bool Prover::Readable(Address word) {
  // SAFETY: within a step nothing is allocated, so the heap gives back no page that it leads to.
  constexpr int kPageBits = 12;  // the smallest page of any system
  const Address page = word >> kPageBits;
  Address& known = readable_[page % kReadable];
  if (known != page && IsMapped(word)) known = page;
  return known == page;
}

bool Prover::IsMapped(Address word) {
  // SAFETY: the kernel answers EFAULT where a load would fault.
  Address copy;
  const void* from = reinterpret_cast<const void*>(word - 1);
#if defined(__linux__)
  iovec local = {&copy, sizeof(copy)};
  iovec remote = {const_cast<void*>(from), sizeof(copy)};
  if (process_vm_readv(getpid(), &local, 1, &remote, 1, 0) == sizeof(copy)) return true;
  if (errno == EFAULT) return false;
#endif
  // A sandbox may forbid that call, but hardly a pipe.
  if (pipe_[0] < 0 && pipe2(pipe_, O_CLOEXEC | O_NONBLOCK) != 0) return false;
  return write(pipe_[1], from, sizeof(copy)) == sizeof(copy) &&
         read(pipe_[0], &copy, sizeof(copy)) == sizeof(copy);
}

bool Prover::IsObject(Address value) {
  using v8::internal::Internals;
  if (!IsHeapObject(value) || !Readable(value)) return false;
  Address map = kNoAddress, meta = kNoAddress;
  if (!ReadRaw(value - 1 + Internals::kHeapObjectMapOffset, &map)) return false;
  if (!IsHeapObject(map) || !Readable(map) || !Readable(map + 8)) return false;
  // A map's map is a map, of a type that any planted object's map tells.
  if (!ReadRaw(map - 1 + Internals::kHeapObjectMapOffset, &meta)) return false;
  if (!IsHeapObject(meta) || !Readable(meta) || !Readable(meta + 8)) return false;
  const Address known = ReadWord(At("marker"), Internals::kHeapObjectMapOffset);
  return InstanceType(map) == InstanceType(known);
}

bool Prover::IsObjectOfType(Address value, uint16_t type) {
  return IsObject(value) && InstanceType(value) == type;
}

int Prover::ArrayLength(Address value) {
  if (!IsObject(value) || SizeOf(value) != 0 || !Readable(value + kLengthOffset)) return -1;
  const Address length = ReadWord(value, kLengthOffset);
  if (!IsSmi(length) || SmiValue(length) < 0 || SmiValue(length) > kLongestArray) return -1;
  return Readable(value + 8 + 8 * SmiValue(length)) ? SmiValue(length) : -1;
}

void Prover::Begin() {
  if (planted_) reason_.clear();
  std::fill_n(readable_, kReadable, kNoAddress);
}

void Prover::Require(bool condition, const std::string& otherwise) {
  if (!condition && reason_.empty()) reason_ = otherwise;
}

bool Prover::Call(const char* name) {
  Context::Scope scope(context_);
  TryCatch guard(isolate_);
  Local<Value> function = Handle(name);
  return !function.IsEmpty() && function->IsFunction() &&
         !function.As<Function>()->Call(context_, v8::Undefined(isolate_), 0, nullptr).IsEmpty();
}

void Prover::RunJobs() { queue_->PerformCheckpoint(isolate_); }

v8::MicrotaskQueue* Prover::program_queue() const {
  return isolate_->InContext() ? isolate_->GetCurrentContext()->GetMicrotaskQueue() : nullptr;
}

bool Prover::ReadRaw(uintptr_t at, Address* word) {
  // A tagged address is one more than that of the word.
  if (at % 8 != 0 || at == 0 || !Readable(at + 1)) return false;
  memcpy(word, reinterpret_cast<const void*>(at), sizeof(*word));
  return true;
}

void Prover::Release() {
  if (!planted_) return;
  // Where the thread is being terminated these fail, and there is nothing left to tidy up.
  for (const char* name : {"release", "releaseResources", "releaseUses"}) {
    if (!Handle(name).IsEmpty() && !Call(name)) return;
  }
  Context::Scope scope(context_);
  TryCatch guard(isolate_);
  if (never_->Resolve(context_, v8::Undefined(isolate_)).IsNothing()) return;
  queue_->PerformCheckpoint(isolate_);
}

Local<Value> Prover::Handle(const std::string& name) {
  const auto found = planted_objects_.find(name);
  return found == planted_objects_.end() ? Local<Value>() : found->second.As<Value>();
}

Address Prover::At(const std::string& name) {
  const auto found = planted_objects_.find(name);
  if (found == planted_objects_.end()) {
    Require(false, "nothing was planted as " + name);
    return kNoAddress;
  }
  return ToAddress(found->second);
}

uint16_t Prover::TypeOf(const std::string& name) {
  const Address object = At(name);
  return IsHeapObject(object) ? InstanceType(object) : 0;
}

uint16_t Prover::OddballType() { return InstanceType(ToAddress(v8::True(isolate_))); }

uint16_t Prover::NativeContextType() { return InstanceType(ToAddress(context_)); }

Address Prover::Undefined() { return ToAddress(v8::Undefined(isolate_)); }

int Prover::SizeOf(Address object) {
  const Address map = ReadWord(object, v8::internal::Internals::kHeapObjectMapOffset);
  return 8 * ReadByte(map, map_size_field_);
}

Address Prover::Word(Address object, int offset) {
  if (!IsObject(object) || offset < 0) {
    Require(false, "a field that an earlier one leads to is missing");
    return kNoAddress;
  }
  const int size = SizeOf(object);
  const int limit = size != 0 ? size : 16 + 8 * ArrayLength(object);
  if (offset + 8 > limit) {
    Require(false, "a field lies outside of its object");
    return kNoAddress;
  }
  return ReadWord(object, offset);
}

int Prover::Scan(Address object, Address value) {
  int result = -1;
  for (int offset = 8; offset < SizeOf(object); offset += 8) {
    if (ReadWord(object, offset) != value) continue;
    if (result >= 0) return -1;
    result = offset;
  }
  return result;
}

int Prover::FindSmi(Address object, int32_t value) {
  int result = -1;
  int found = 0;
  for (int offset = 8; offset < SizeOf(object); offset += 8) {
    const Address word = ReadWord(object, offset);
    if (!IsSmi(word) || SmiValue(word) != value) continue;
    result = offset;
    found++;
  }
  Require(found == 1, "a planted number was not found in its object, or more than once");
  return found == 1 ? result : -1;
}

int Prover::ScanOfType(Address object, uint16_t type) {
  int result = -1;
  for (int offset = 8; offset < SizeOf(object); offset += 8) {
    if (!IsObjectOfType(ReadWord(object, offset), type)) continue;
    if (result >= 0) return -1;
    result = offset;
  }
  return result;
}

int Prover::Find(const std::string& object, const std::string& value) {
  const Address holder = At(object);
  const Address held = At(value);
  if (!ok()) return -1;
  const int result = Scan(holder, held);
  Require(result >= 0, "in " + object + ", the field that holds " + value + " was not found");
  return result;
}

int Prover::FindIn(Address object, Address value) {
  if (!ok() || !IsObject(object)) {
    Require(false, "a field that an earlier one leads to is missing");
    return -1;
  }
  const int result = Scan(object, value);
  Require(result >= 0, "a planted value was not found in its object, or more than once");
  return result;
}

int Prover::FindOfType(Address object, uint16_t type) {
  if (!ok() || !IsObject(object)) {
    Require(false, "a field that an earlier one leads to is missing");
    return -1;
  }
  const int result = ScanOfType(object, type);
  Require(result >= 0, "no single field of an object has the expected type");
  return result;
}

int Prover::FindInArray(Address array, Address value) {
  if (!ok() || ArrayLength(array) < 0) {
    Require(false, "a context that an earlier field leads to is missing");
    return -1;
  }
  for (int i = 0; i < ArrayLength(array); i++) {
    if (ReadWord(array, 16 + 8 * i) == value) return 16 + 8 * i;
  }
  Require(false, "a planted value was not found in its context");
  return -1;
}

void Prover::AddClosure(Layout* layout, Address closure, ClosureRole role, int slot,
                        int extra_slot) {
  const Address shared = Word(closure, layout->function_shared);
  if (!ok()) return;
  for (const ClosureSample& known : layout->closures) {
    if (ToAddress(known.shared.Get(isolate_)) != shared) continue;
    Require(known.role == role && known.slot == slot, "two roles share one builtin closure");
    return;
  }
  ClosureSample sample;
  sample.role = role;
  sample.slot = slot;
  sample.extra_slot = extra_slot;
  sample.shared.Reset(isolate_, ToLocal<Data>(isolate_, shared));
  layout->closures.push_back(std::move(sample));
}

int Prover::LineOf(const char* text) const {
  const std::string source(kProbeSource);
  const size_t position = source.find(text);
  int line = 0;
  for (size_t i = 0; i < position && i < source.size(); i++) line += source[i] == '\n';
  return line;
}

int Prover::ColumnOf(const char* text) const {
  const std::string source(kProbeSource);
  const size_t position = source.find(text);
  const size_t start = source.rfind('\n', position);
  return static_cast<int>(position - (start == std::string::npos ? 0 : start + 1));
}

int Prover::FirstLineEnd() const { return static_cast<int>(std::string(kProbeSource).find('\n')); }

}  // namespace asynctb
