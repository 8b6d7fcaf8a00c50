// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

// The part of the evidence that tells where a pipeline of streams stalls: what its streams have in
// their buffers. Node's own functions have a list of them in a variable.

#include <algorithm>
#include <string>

#include "heap/evidence.h"
#include "layout/holder_names.h"
#include "v8/handle_address.h"

namespace asynctb {

using v8::Object;

namespace {

constexpr int kMostStages = 16, kMostScopes = 4, kMostVariables = 64, kElements = 16;

// The elements of an array, bounded.
template <typename Visit>
void ForEachStage(const Layout& layout, Address list, Visit visit) {
  if (!HasType(list, layout.holders.array_type)) return;
  const Address store = ReadWord(list, kElements);
  const Address length = ReadWord(list, layout.holders.array_length);
  if (!IsHeapObject(store) || layout.holders.Of(InstanceType(store)) != HolderType::kElements ||
      !IsSmi(length)) {
    return;
  }
  const int count = std::min({LengthOfStore(layout, store), SmiValue(length), kMostStages});
  for (int i = 0; i < count; i++) visit(ReadWord(store, kContextSlots + 8 * i));
}

// What a variable of one of the scopes around a function has, if it is of that type; else
// kNoAddress.
Address FindVariable(const Layout& layout, Address function, const char* name, uint16_t type) {
  Address scope = ReadWord(function, layout.function_context);
  for (int i = 0; i < kMostScopes && IsHeapObject(scope); i++) {
    if (layout.holders.Of(InstanceType(scope)) != HolderType::kContext) break;
    const int length = LengthOfStore(layout, scope);
    constexpr int kHeader = 2;
    for (int slot = kHeader; slot < length && length <= kMostVariables; slot++) {
      const Address value = ReadWord(scope, kContextSlots + 8 * slot);
      std::string found;
      if (HasType(value, type) && ReadKey(layout, VariableOfSlot(layout, scope, slot), &found) &&
          found == name) {
        return value;
      }
    }
    scope = ReadWord(scope, kContextPrevious);
  }
  return kNoAddress;
}

}  // namespace

// `streams`, in a function of node:stream/promises; or of node:stream, where a list has a function
// for each stream.
void EvidenceWriter::ReadStages(Address function) {
  const Layout& layout = env_.layout();
  std::vector<Address> stages;
  if (evidence_.fields.size() >= kMostFields) return;
  const uint16_t list = layout.holders.array_type;
  ForEachStage(layout, FindVariable(layout, function, "streams", list),
               [&](Address stage) { stages.push_back(stage); });
  if (stages.empty()) {
    ForEachStage(layout, FindVariable(layout, function, "destroys", list), [&](Address destroy) {
      if (!HasType(destroy, layout.function_type)) return;
      stages.push_back(FindVariable(layout, destroy, "stream", layout.object_type));
    });
  }
  std::vector<Address> known;
  for (const Address stage : stages) {
    if (HasType(stage, layout.object_type) || HasType(stage, layout.function_type)) {
      known.push_back(stage);
    }
  }
  // What follows the streams are settings.
  while (!known.empty() && !IsStage(known.back())) known.pop_back();
  if (known.size() < 2) return;
  evidence_.fields.push_back(
      {"streams", FieldType::kLength, static_cast<double>(known.size()), ""});
  for (size_t i = 0; i < known.size(); i++) {
    ReadStage(known[i], "streams." + std::to_string(i) + ".");
  }
}

bool EvidenceWriter::IsStage(Address stage) const {
  const Layout& layout = env_.layout();
  if (!HasType(stage, layout.object_type)) return HasType(stage, layout.function_type);
  bool is_stream = false;
  ForEachOwnField(layout, stage, [&](Address key, Address) {
    std::string name;
    if (IsHeapObject(key) && ReadKey(layout, key, &name)) {
      is_stream |= name == "_readableState" || name == "_writableState";
    }
  });
  return is_stream;
}

void EvidenceWriter::ReadStage(Address stage, const std::string& prefix) {
  const Layout& layout = env_.layout();
  names_of_fields_.push_back({evidence_.fields.size(), ToLocal<Object>(env_.isolate(), stage)});
  evidence_.fields.push_back({prefix + "name", FieldType::kText, 0, ""});
  if (!HasType(stage, layout.object_type)) return;
  const auto read_state = [&](Address state, const char* length) {
    if (!HasType(state, layout.object_type)) return;
    ForEachOwnField(layout, state, [&](Address key, Address value) {
      std::string name;
      if (!IsHeapObject(key) || !ReadKey(layout, key, &name)) return;
      if (name == "length" && IsSmi(value)) AddField(prefix + length, value);
      if (name == "pipes" && HasType(value, layout.holders.array_type)) {
        AddField(prefix + "pipes", value);
      }
    });
  };
  ForEachOwnField(layout, stage, [&](Address key, Address value) {
    std::string name;
    if (!IsHeapObject(key) || !ReadKey(layout, key, &name)) return;
    if (name == "_readableState") read_state(value, "readable");
    if (name == "_writableState") read_state(value, "writable");
    if (name == "path") AddField(prefix + "path", value);
  });
}

}  // namespace asynctb
