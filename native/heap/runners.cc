// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "heap/runners.h"

#include <algorithm>

#include "memory/heap_read.h"

namespace asynctb {

namespace {

// Scopes of runners have a handful of variables.
constexpr int kMostVariables = 24;
// In a context, behind the scope's description and the scope around it.
constexpr int kFirstVariable = 2;
// co has the generator in a scope around that of the functions, and some have one more for a block.
constexpr int kMostScopes = 3;

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
    scope = ReadWord(scope, kContextPrevious);
  }
  if (run.promise == kNoAddress) return {};
  const Address word =
      run.generator == kNoAddress ? 0 : ReadWord(run.generator, layout_.generator_continuation);
  if (!IsSmi(word) || SmiValue(word) <= 0) run.generator = kNoAddress;
  // A handler that merely could settle the promise is no evidence that it will.
  const bool is_known =
      run.generator != kNoAddress || (Holds(own, on_fulfill) && Holds(own, on_reject));
  return is_known ? run : Run();
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
