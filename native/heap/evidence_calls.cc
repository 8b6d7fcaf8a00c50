// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

// The part of the evidence that tells what a client was asked for, where it keeps that nowhere but
// in the functions that wait for the answer: the name of a command of Redis, and of one of MongoDB
// with its database and collection. Arguments are not read.

#include <algorithm>
#include <string>

#include "heap/evidence.h"
#include "layout/heap_text.h"
#include "layout/holder_names.h"

namespace asynctb {

namespace {

constexpr int kMostWords = 100, kMostScopes = 6;
constexpr size_t kMostLooks = 200'000, kLongestText = 100;

}  // namespace

EvidenceWriter::CallKind EvidenceWriter::CallKindOf(Address object) {
  const auto [entry, is_new] = call_kinds_.try_emplace(MapOf(object), CallKind::kNone);
  if (!is_new) return entry->second;
  bool has_arguments = false, has_command = false, has_database = false;
  ForEachOwnField(env_.layout(), object, [&](Address key, Address value) {
    std::string name;
    if (!IsHeapObject(key) || !ReadKey(env_.layout(), key, &name)) return;
    has_arguments |= name == "#redisArgs";
    has_command |= name == "command" && HasType(value, env_.layout().object_type);
    has_database |= name == "databaseName";
  });
  if (has_arguments) entry->second = CallKind::kRedis;
  if (has_command && has_database) entry->second = CallKind::kMongo;
  return entry->second;
}

bool EvidenceWriter::AddCallText(const char* name, Address value) {
  const Layout& layout = env_.layout();
  std::string text;
  if (!IsHeapObject(value) || !layout.names.strings.IsStringType(InstanceType(value)) ||
      !ReadHeapText(layout.names.strings, value, &text) || text.size() > kLongestText) {
    return false;
  }
  evidence_.fields.push_back({name, FieldType::kText, 0, std::move(text)});
  return true;
}

// Whether it is one of these, of which something was read.
bool EvidenceWriter::ReadCall(Address object) {
  const Layout& layout = env_.layout();
  if (!HasType(object, layout.object_type)) return false;
  const CallKind kind = CallKindOf(object);
  if (kind == CallKind::kNone) return false;
  bool is_read = false;
  ForEachOwnField(layout, object, [&](Address key, Address value) {
    std::string name;
    if (!IsHeapObject(key) || !IsHeapObject(value) || !ReadKey(layout, key, &name)) return;
    if (kind == CallKind::kRedis && name == "#redisArgs") {
      is_read |= AddCallText("call.redis", FirstOf(value));
    } else if (kind == CallKind::kMongo && name == "databaseName") {
      AddCallText("call.database", value);
    } else if (kind == CallKind::kMongo && name == "command" &&
               HasType(value, layout.object_type)) {
      is_read |= ReadMongoCommand(value);
    }
  });
  return is_read;
}

// Its first property has the command's name, and mostly the collection.
bool EvidenceWriter::ReadMongoCommand(Address command) {
  bool is_first = true, is_read = false;
  ForEachOwnField(env_.layout(), command, [&](Address key, Address value) {
    if (is_first) {
      is_read = AddCallText("call.command", key);
      if (is_read) AddCallText("call.collection", value);
    }
    is_first = false;
  });
  return is_read;
}

// Of the functions that wait for a promise, the nearest first: their registers, parameters and own
// scopes.
void EvidenceWriter::ReadCalls(const LeafPlace& leaf, int32_t thing) {
  const Layout& layout = env_.layout();
  Evidence::Thing& of = evidence_.things[static_cast<size_t>(thing)];
  if (of.fields_count > 0 || evidence_.fields.size() >= kMostFields) return;
  const size_t begin = evidence_.fields.size();
  const auto look = [&](Address store, int first) {
    const int length = std::min(ReadLength(store), kMostWords);
    for (int i = first; i < length; i++) {
      if (call_looks_++ > kMostLooks) return false;
      if (ReadCall(ReadWord(store, kContextSlots + 8 * i))) return true;
    }
    return false;
  };
  const auto look_at_scopes = [&](Address activation) {
    Address scope = ReadWord(activation, layout.generator_context);
    for (int i = 0; i < kMostScopes && IsHeapObject(scope); i++) {
      if (!IsOwnScope(activation, scope)) return false;
      if (look(scope, 2)) return true;
      scope = ReadWord(scope, kContextPrevious);
    }
    return false;
  };
  for (const Address activation : leaf.callers) {
    const Address registers = ReadWord(activation, layout.generator_registers);
    if (HasType(registers, layout.register_file_type) && look(registers, 0)) break;
    if (layout.generator_context > 0 && look_at_scopes(activation)) break;
  }
  of.fields_begin = static_cast<int32_t>(begin);
  of.fields_count = static_cast<int32_t>(evidence_.fields.size() - begin);
}

}  // namespace asynctb
