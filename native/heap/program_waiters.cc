// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "heap/program_waiters.h"

#include <algorithm>
#include <string>
#include <vector>

#include "layout/heap_text.h"
#include "layout/string_reader.h"

namespace asynctb {

bool ProgramWaiters::HasProgram(Address start) {
  constexpr size_t kMostPromises = 100;
  std::vector<Address> todo = {start};
  const auto note = [&](Address promise) {
    if (HasType(promise, layout_.promise_type) && todo.size() < kMostPromises &&
        std::find(todo.begin(), todo.end(), promise) == todo.end()) {
      todo.push_back(promise);
    }
  };
  bool found = false;
  for (size_t i = 0; i < todo.size() && !found; i++) {
    if (!reactions_.IsPending(todo[i])) continue;
    reactions_.ForEach(todo[i], [&](Reaction& reaction) {
      switch (reaction.kind) {
        case ReactionKind::kAwait: {
          if (!IsBetween(ReadWord(reaction.target, layout_.generator_function))) {
            found = true;
            return;
          }
          const uint32_t index = graph_.FindActivation(reaction.target);
          if (index == kNone) return;
          const uint32_t promise = graph_.activation(index).promise;
          if (promise != kNone) note(graph_.promise(promise).address);
          return;
        }
        case ReactionKind::kCallback:
          if (!IsBetween(reaction.function)) found = true;
          note(reaction.target);
          return;
        case ReactionKind::kModule:
          found = true;
          return;
        case ReactionKind::kAdopt:
        case ReactionKind::kCombinator:
        case ReactionKind::kResolve:
          note(reaction.target);
      }
    });
  }
  return found;
}

bool ProgramWaiters::IsBetween(Address function) {
  if (!HasType(function, layout_.function_type)) return false;
  const Address shared = ReadWord(function, layout_.function_shared);
  if (!HasType(shared, layout_.shared_type)) return false;
  Address script = ReadWord(shared, layout_.shared_script);
  // Between the two stands what V8 keeps for a debugger.
  if (HasType(script, layout_.debug_info_type)) return false;
  if (!HasType(script, layout_.script_type)) return false;
  const auto [entry, is_new] = scripts_.try_emplace(script, false);
  if (!is_new) return entry->second;
  constexpr int kLongestName = 4'096;
  for (int offset = 8; offset < SizeOf(layout_, script); offset += 8) {
    const Address word = ReadWord(script, offset);
    if (!IsHeapObject(word) || !layout_.names.strings.IsStringType(InstanceType(word))) continue;
    // The script's own text is among them.
    HeapReader reader;
    FlatText flat;
    StringReader<HeapReader> strings(&reader, layout_.names.strings);
    std::string text;
    if (!strings.Flatten(word, &flat) || flat.length > kLongestName ||
        !ReadHeapText(layout_.names.strings, word, &text)) {
      continue;
    }
    if (text.compare(0, 5, "node:") == 0 || text.find("/undici/") != std::string::npos ||
        text.find("\\undici\\") != std::string::npos) {
      entry->second = true;
    }
  }
  return entry->second;
}

}  // namespace asynctb
