// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "sites/resources.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "memory/checked_read.h"
#include "sites/activation.h"
#include "v8/handle_address.h"

namespace asynctb {

using v8::Array;
using v8::Isolate;
using v8::Local;
using v8::Object;
using v8::Value;

namespace {

// More blocks or entries are not shown.
constexpr int kMostBlocks = 10'000;
constexpr int kMostEntries = 10'000;
// A function with more is not a person's; each is compared with those before it.
constexpr int kMostRegisters = 1'000;

// False for a block or stack that has been left, or whose content was moved to another one.
bool AppendEntries(const EnvData& env, Address holder, int block, Held* out) {
  const ResourceLayout& layout = env.layout().resources;
  const Address status_word = ReadWord(holder, layout.status);
  const Address entries = ReadWord(holder, layout.entries);
  if (!IsSmi(status_word) || !HasType(entries, layout.entries_type)) {
    out->misfit = "a list of resources does not look like those that were proven";
    return false;
  }
  const uint32_t status = static_cast<uint32_t>(SmiValue(status_word));
  const bool pending = (status & layout.pending_mask) != 0;
  const int words = ReadLength(entries);
  const int held = static_cast<int>(status / layout.length_unit);
  if (!pending && words == 0) return false;
  if (held > words) {
    out->misfit = "a list of resources is shorter than it says";
    return false;
  }
  Isolate* isolate = env.isolate();
  // While it is being left, the entry behind those still held is the one whose disposal runs.
  const int all = std::min(pending ? held : held + kEntryWords, words);
  const int end = std::min(all, kMostEntries * kEntryWords);
  if (end < all) out->misfit = "a list of more than 10,000 resources is not read to its end";
  for (int i = 0; i + kEntryWords <= end; i += kEntryWords) {
    const int at = 16 + 8 * i;
    const Address flags_word = ReadWord(entries, at + 16);
    if (!IsSmi(flags_word)) {
      // Behind those still held there may be no entry, but unused words.
      if (i < held) out->misfit = "an entry of a list of resources has no flags";
      break;
    }
    Local<Value> value = ToScriptValue(isolate, ReadWord(entries, at));
    Local<Value> method = ToScriptValue(isolate, ReadWord(entries, at + 8));
    // `await using x = null` is entered too, for it awaits.
    if (value->IsUndefined() && method->IsUndefined()) continue;
    const int flags = static_cast<int>(SmiValue(flags_word));
    out->entries.push_back({
        .value = value,
        .method = method,
        .block = block,
        .is_async = (flags & layout.async_mask) != 0,
        .is_exiting = i >= held,
        .is_argument = (flags & layout.argument_mask) != 0,
    });
  }
  return true;
}

// What the blocks of one frame hold. A register may have copies.
struct Blocks {
  explicit Blocks(const EnvData& env) : env(env) {}
  void Add(Address object) {
    if (std::find(seen.begin(), seen.end(), object) != seen.end()) return;
    if (block >= kMostBlocks) {
      held.misfit = "more than 10,000 open blocks are not read";
      return;
    }
    seen.push_back(object);
    if (AppendEntries(env, object, block, &held)) block++;
  }
  const EnvData& env;
  std::vector<Address> seen;
  Held held;
  int block = 0;
};

}  // namespace

Held ReadOpenBlocks(const EnvData& env, Local<Object> activation) {
  if (!env.Can("resources")) return {};
  const Layout& layout = env.layout();
  const Address generator = ToAddress(activation);
  const Address continuation = ReadWord(generator, layout.generator_continuation);
  const Address registers = ReadWord(generator, layout.generator_registers);
  if (!IsSmi(continuation) || SmiValue(continuation) < 0) return {};
  if (!HasType(registers, layout.register_file_type)) return {};
  // Registers are given out like a stack, so an inner block's is behind an outer one's. Behind
  // both stand copies that calls have left.
  Blocks blocks(env);
  const int length = ReadLength(registers);
  // SAFETY: nothing allocates until the last address was used.
  for (int i = 0; i < length; i++) {
    const Address object = ReadWord(registers, 16 + 8 * i);
    if (HasType(object, layout.resources.block_type)) blocks.Add(object);
  }
  return std::move(blocks.held);
}

__attribute__((no_sanitize("address"))) Held ReadRunningBlocks(const EnvData& env,
                                                               const DebugFrames& frames) {
  if (!env.Can("resources")) return {};
  const StackWords words = frames.Registers();
  const uint16_t map_type = InstanceType(ReadWord(ToAddress(v8::Undefined(env.isolate())),
                                                  v8::internal::Internals::kHeapObjectMapOffset));
  CheckedReader reader;
  Blocks blocks(env);
  // The first register is the highest word. SAFETY: not all words are values, so what looks like
  // an object is checked to be one; nothing allocates until the last address was used.
  for (const uintptr_t* word = words.end; word != words.begin;) {
    if (reader.TypeOf(*--word, map_type) == env.layout().resources.block_type) blocks.Add(*word);
  }
  return std::move(blocks.held);
}

std::optional<Held> ReadDisposableStack(const EnvData& env, Local<Value> stack) {
  if (!env.Can("resources") || !stack->IsObject()) return std::nullopt;
  const Address address = ToAddress(stack);
  const ResourceLayout& layout = env.layout().resources;
  const uint16_t type = InstanceType(address);
  if (type != layout.stack_type && type != layout.async_stack_type) return std::nullopt;
  Held held;
  AppendEntries(env, address, 0, &held);
  return held;
}

Local<Value> ReadRegisterObjects(const EnvData& env, Local<Object> activation) {
  Isolate* isolate = env.isolate();
  Local<Value> none = v8::Undefined(isolate);
  if (!env.Can("scopes") || !env.Can("delegates")) return none;
  const Layout& layout = env.layout();
  const Address generator = ToAddress(activation);
  const uint16_t kind = InstanceType(generator);
  if (kind != layout.generator_type && kind != layout.async_function_type &&
      kind != layout.async_generator_type) {
    return none;
  }
  const Address registers = ReadWord(generator, layout.generator_registers);
  if (!HasType(registers, layout.register_file_type)) return none;
  std::vector<Address> seen;
  std::vector<Local<Value>> objects;
  const int length = std::min(ReadLength(registers), kMostRegisters);
  // SAFETY: making handles does not allocate in the heap, and nothing else happens here.
  for (int i = 0; i < length; i++) {
    const Address object = ReadWord(registers, 16 + 8 * i);
    if (!IsHeapObject(object) || InstanceType(object) == kind) continue;
    if (std::find(seen.begin(), seen.end(), object) != seen.end()) continue;
    Local<Value> value = ToScriptValue(isolate, object);
    if (!value->IsObject()) continue;
    seen.push_back(object);
    objects.push_back(value);
  }
  return Array::New(isolate, objects.data(), objects.size());
}

Local<Value> ReadBoundThis(const EnvData& env, Local<Value> function) {
  Local<Value> none = v8::Undefined(env.isolate());
  const ResourceLayout& layout = env.layout().resources;
  if (!env.Can("generators") || !function->IsFunction()) return none;
  const Address address = ToAddress(function);
  if (!HasType(address, layout.bound_type)) return none;
  return ToScriptValue(env.isolate(), ReadWord(address, layout.bound_this));
}

}  // namespace asynctb
