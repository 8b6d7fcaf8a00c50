// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "heap/runners.h"

#include <algorithm>
#include <utility>

#include "memory/heap_read.h"

namespace asynctb {

namespace {

// Scopes of runners have a handful of variables.
constexpr int kMostVariables = 24;
// In a context, behind the scope's description and the scope around it.
constexpr int kFirstVariable = 2;
// co has the generator in a scope around that of the functions, and some have one more for a block.
constexpr int kMostScopes = 3;
constexpr int kElementsStart = 16;
constexpr int kFirstField = 24;
// Requests have five fields, or four elements.
constexpr int kMostFields = 8;

}  // namespace

Run RunnerReader::Read(Address on_fulfill, Address on_reject) const {
  if (!HasType(on_fulfill, layout_.function_type) || !HasType(on_reject, layout_.function_type)) {
    return {};
  }
  Run run;
  // esbuild's hands the promise's own `reject` on.
  const Address rejected = resolvers_.PromiseOf(on_reject);
  if (HasType(rejected, layout_.promise_type)) run.promise = rejected;
  const Address own = ReadWord(on_fulfill, layout_.function_context);
  if (run.promise == kNoAddress && own != ReadWord(on_reject, layout_.function_context)) return {};
  Address scope = own;
  for (int depth = 0; depth < kMostScopes && IsHeapObject(scope); depth++) {
    if (!ReadScope(scope, &run)) return {};
    if (run.promise == kNoAddress || run.generator != kNoAddress) break;
    scope = Around(scope);
  }
  if (run.promise == kNoAddress) return ReadLine(own);
  if (run.generator != kNoAddress && !IsSuspended(run.generator)) run.generator = kNoAddress;
  // A handler that merely could settle the promise is no evidence that it will.
  const bool is_known =
      run.generator != kNoAddress || (Holds(own, on_fulfill) && Holds(own, on_reject));
  if (!is_known) return {};
  if (run.generator == kNoAddress) run.body = BodyOf(own);
  return run;
}

// Of the native context, which is the outermost scope, and of what is no scope, nothing is read.
Address RunnerReader::Around(Address scope) const {
  if (layout_.holders.Of(InstanceType(scope)) != HolderType::kContext) return kNoAddress;
  return ReadWord(scope, kContextPrevious);
}

// The object with the methods stands in the scope of the handlers, or in the one around it.
Address RunnerReader::BodyOf(Address scope) const {
  const Address outer = Around(scope);
  Address body = kNoAddress;
  for (const Address around : {scope, outer}) {
    if (!IsHeapObject(around)) continue;
    const int length = ReadLength(around);
    if (length > kFirstVariable + kMostVariables) return kNoAddress;
    for (int i = kFirstVariable; i < length; i++) {
      const Address called = CalledByAll(ReadWord(around, kContextSlots + 8 * i), {scope, outer});
      if (called == kNoAddress || called == body) continue;
      if (body != kNoAddress) return kNoAddress;
      body = called;
    }
  }
  return body;
}

// What all methods of an object call.
Address RunnerReader::CalledByAll(Address object, std::pair<Address, Address> handlers) const {
  if (!HasType(object, layout_.object_type)) return kNoAddress;
  Address all = kNoAddress;
  int methods = 0;
  bool is_one = true;
  ForEachField(object, [&](Address method) {
    if (!HasType(method, layout_.function_type)) return;
    const Address called = CalledBy(method, handlers);
    if (called == kNoAddress) return;
    is_one = is_one && (all == kNoAddress || all == called);
    all = called;
    methods++;
  });
  return is_one && methods > 1 ? all : kNoAddress;
}

// The one function in a scope of the method's that was not made there: it was handed over. What the
// scopes of the handlers have as well is `this`, where that is a class.
Address RunnerReader::CalledBy(Address method, std::pair<Address, Address> handlers) const {
  Address scope = ReadWord(method, layout_.function_context);
  for (int depth = 0; depth < 2 && IsHeapObject(scope); depth++) {
    const int length = ReadLength(scope);
    if (length > kFirstVariable + kMostVariables) return kNoAddress;
    Address found = kNoAddress;
    for (int i = kFirstVariable; i < length; i++) {
      const Address value = ReadWord(scope, kContextSlots + 8 * i);
      if (!HasType(value, layout_.function_type) ||
          ReadWord(value, layout_.function_context) == scope || Holds(handlers.first, value) ||
          (IsHeapObject(handlers.second) && Holds(handlers.second, value))) {
        continue;
      }
      if (found != kNoAddress) return kNoAddress;
      found = value;
    }
    if (found != kNoAddress) return found;
    scope = Around(scope);
  }
  return kNoAddress;
}

bool RunnerReader::IsSuspended(Address generator) const {
  const Address word = ReadWord(generator, layout_.generator_continuation);
  return IsSmi(word) && SmiValue(word) > 0;
}

// The generator, or what stands in its place, and the line are in one scope, that of the handlers
// or one around it.
Run RunnerReader::ReadLine(Address scope) const {
  for (int depth = 0; depth < kMostScopes && IsHeapObject(scope); depth++) {
    Run run;
    if (!ReadScope(scope, &run)) return {};
    if (run.generator != kNoAddress) {
      run.promise = FirstInLine(scope);
      return run.promise != kNoAddress && IsSuspended(run.generator) ? run : Run();
    }
    run.promise = FirstInLine(scope);
    if (run.promise != kNoAddress) run.body = BodyOf(scope);
    if (run.body != kNoAddress) return run;
    scope = Around(scope);
  }
  return {};
}

// A list of requests, or the first and the last one of a chain of them. kNoAddress when nothing
// tells which is the first.
Address RunnerReader::FirstInLine(Address scope) const {
  const int length = ReadLength(scope);
  if (length > kFirstVariable + kMostVariables) return kNoAddress;
  Address first = kNoAddress, promise = kNoAddress;
  for (int i = kFirstVariable; i < length; i++) {
    Address request = ReadWord(scope, kContextSlots + 8 * i);
    if (HasType(request, layout_.objects.array_type)) request = FirstElement(request);
    const Address settled = PromiseOfRequest(request);
    if (settled == kNoAddress || settled == promise || HasField(first, request)) continue;
    if (promise != kNoAddress && !HasField(request, first)) return kNoAddress;
    first = request;
    promise = settled;
  }
  return promise;
}

// What two functions in it settle, its `resolve` and its `reject`.
Address RunnerReader::PromiseOfRequest(Address request) const {
  Address promise = kNoAddress;
  int count = 0;
  ForEachField(request, [&](Address value) {
    if (!HasType(value, layout_.function_type)) return;
    const Address settled = resolvers_.PromiseOf(value);
    if (!HasType(settled, layout_.promise_type)) return;
    count = promise == kNoAddress || promise == settled ? count + 1 : -kMostFields;
    promise = settled;
  });
  return count == 2 ? promise : kNoAddress;
}

bool RunnerReader::HasField(Address object, Address value) const {
  bool found = false;
  ForEachField(object, [&](Address field) { found = found || field == value; });
  return found;
}

Address RunnerReader::FirstElement(Address array) const {
  Address first = kNoAddress;
  ForEachField(array, [&](Address field) {
    if (first == kNoAddress) first = field;
  });
  return first;
}

// Of an object its first fields, of an array its first elements; of anything else nothing.
template <typename Visit>
void RunnerReader::ForEachField(Address object, Visit visit) const {
  if (HasType(object, layout_.objects.array_type)) {
    const Address elements = ReadWord(object, layout_.objects.array_elements);
    if (!HasType(elements, layout_.objects.elements_type)) return;
    const int length = std::min(ReadLength(elements), kMostFields);
    for (int i = 0; i < length; i++) visit(ReadWord(elements, kElementsStart + 8 * i));
  } else if (HasType(object, layout_.object_type)) {
    const int end = std::min(SizeOf(layout_, object), kFirstField + 8 * kMostFields);
    for (int offset = kFirstField; offset < end; offset += 8) visit(ReadWord(object, offset));
  }
}

bool RunnerReader::Holds(Address scope, Address function) {
  const int length = std::min(ReadLength(scope), kFirstVariable + kMostVariables);
  for (int i = kFirstVariable; i < length; i++) {
    if (ReadWord(scope, kContextSlots + 8 * i) == function) return true;
  }
  return false;
}

// False where there are several of what there has to be one of: nothing tells which is meant.
bool RunnerReader::ReadScope(Address scope, Run* run) const {
  const int length = ReadLength(scope);
  if (length > kFirstVariable + kMostVariables) return true;
  const auto set = [](Address* known, Address value) {
    if (*known != kNoAddress && *known != value) return false;
    *known = value;
    return true;
  };
  for (int i = kFirstVariable; i < length; i++) {
    const Address value = ReadWord(scope, kContextSlots + 8 * i);
    if (HasType(value, layout_.generator_type)) {
      if (!set(&run->generator, value)) return false;
    } else if (HasType(value, layout_.function_type)) {
      const Address promise = resolvers_.PromiseOf(value);
      if (HasType(promise, layout_.promise_type) && !set(&run->promise, promise)) return false;
    }
  }
  return true;
}

}  // namespace asynctb
