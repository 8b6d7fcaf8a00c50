// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

// The search that `layout` is proven by: named planted objects, and where in one of them a known
// value stands. A search that fails makes the current step fail and says what was looked for.
#pragma once

#include <v8.h>

#include <memory>
#include <string>
#include <unordered_map>

#include "layout/layout.h"
#include "memory/heap_read.h"

namespace asynctb {

class Prover {
 public:
  // Plants the objects. Needs a HandleScope that outlives it.
  explicit Prover(v8::Isolate* isolate);
  ~Prover();
  Prover(const Prover&) = delete;
  Prover& operator=(const Prover&) = delete;

  // Plants what else a script gives by name. False when it does not compile or does not run.
  bool PlantScript(const char* source);

  // Starts a step; a step that fails leaves the next one unharmed.
  void Begin();
  v8::Isolate* isolate() const { return isolate_; }
  bool ok() const { return planted_ && reason_.empty(); }
  const std::string& reason() const { return reason_; }
  void Require(bool condition, const std::string& otherwise);

  // A planted object; its address is good until the next allocation.
  v8::Local<v8::Value> Handle(const std::string& name);
  Address At(const std::string& name);
  uint16_t TypeOf(const std::string& name);
  uint16_t OddballType();
  uint16_t NativeContextType();
  Address Undefined();

  // Whether an unproven word points at a heap object: its fields may also be raw numbers that look
  // like a pointer, so memory is asked for by the kernel before it is read.
  bool IsObject(Address value);
  bool IsObjectOfType(Address value, uint16_t type);

  // The length of an array or context, -1 when the object is neither or is not all readable.
  int ArrayLength(Address value);

  // Bytes of a fixed-size object, 0 for arrays and contexts (their length tells).
  int SizeOf(Address object);
  // One word of an object, checked against its size; fails the step when outside.
  Address Word(Address object, int offset);

  // The offset at which an object holds a value: exactly one, else the step fails. -1 on failure.
  int Find(const std::string& object, const std::string& value);
  int FindIn(Address object, Address value);
  int FindOfType(Address object, uint16_t type);
  int FindInArray(Address array, Address value);
  // The same without failing: -1 when it is not there, or more than once.
  int Scan(Address object, Address value);
  // The offset of the one field that is this number.
  int FindSmi(Address object, int32_t value);
  int ScanOfType(Address object, uint16_t type);

  // Calls a planted function of no arguments, and runs what it has enqueued, if asked to. What was
  // an address before is none afterwards.
  bool Call(const char* name);
  void RunJobs();
  // The probe's queue, and that of the context that the program runs in.
  v8::MicrotaskQueue* queue() const { return queue_.get(); }
  v8::MicrotaskQueue* program_queue() const;
  // A word anywhere in memory; false where nothing can be read.
  bool ReadRaw(uintptr_t at, Address* word);

  // Lets everything planted come to its end, so that no dump shows it. The last call.
  void Release();

  void AddClosure(Layout* layout, Address closure, ClosureRole role, int slot, int extra_slot);

  // Whether the objects could be planted: if not, it was for a passing reason.
  bool planted() const { return planted_ || unsupported_; }
  int map_size_field() const { return map_size_field_; }

  std::unique_ptr<v8::MicrotaskQueue> TakeQueue() { return std::move(queue_); }

  int LineOf(const char* text) const;
  int ColumnOf(const char* text) const;
  int FirstLineEnd() const;

 private:
  bool Plant();
  bool TakeNames(v8::Local<v8::Object> samples);
  bool Readable(Address word);
  bool IsMapped(Address word);
  bool PlantModules(v8::Local<v8::Context> context);

  v8::Isolate* isolate_;
  std::unique_ptr<v8::MicrotaskQueue> queue_;
  v8::Local<v8::Context> context_;
  v8::Local<v8::Promise::Resolver> never_;
  std::unordered_map<std::string, v8::Local<v8::Data>> planted_objects_;
  bool planted_ = false;
  bool unsupported_ = false;  // by this build of V8, for good
  int map_size_field_ = -1;
  // Pages that were found readable in this step: asking the kernel for each word took most of the
  // proof's time.
  static constexpr int kReadable = 256;
  Address readable_[kReadable] = {};
  int pipe_[2] = {-1, -1};
  std::string reason_;
};

}  // namespace asynctb
