// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "heap/settlers.h"

#include <algorithm>

#include "v8/handle_address.h"

namespace asynctb {

namespace {

constexpr int kArraySlots = 16;
constexpr int kPropertiesOffset = 8;
constexpr int kFirstField = 24;
// A deferred, and what has one in a field. Larger objects are shared by many.
constexpr int kMostHops = 2;
constexpr int kMostFields = 16;
// A store of properties has the identity hash in the high bits of its length.
constexpr int kStoreLengthBits = 0x3ff;

}  // namespace

SettlerReader::SettlerReader(const EnvData& env)
    : layout_(env.layout()),
      mentions_(env),
      resolvers_(env),
      true_value_([&env] {
        v8::HandleScope scope(env.isolate());
        return ToAddress(v8::True(env.isolate()));
      }()),
      null_value_([&env] {
        v8::HandleScope scope(env.isolate());
        return ToAddress(v8::Null(env.isolate()));
      }()),
      uses_(layout_) {}

const std::vector<Settled>& SettlerReader::Read(Address activation, uint32_t site) {
  found_.clear();
  const Uses& uses = uses_.At(activation, site);
  if (uses.empty()) return found_;
  function_ = ReadWord(activation, layout_.generator_function);
  const Address registers = ReadWord(activation, layout_.generator_registers);
  const int length = ReadLength(registers);
  for (const int place : uses.registers) {
    if (place < length) Look(ReadWord(registers, kArraySlots + 8 * place), 0, false);
  }
  if (uses.receiver) {
    in_receiver_ = true;
    Look(ReadWord(activation, layout_.generator_receiver), 0, false);
    in_receiver_ = false;
  }
  ReadVariables(activation, uses);
  return found_;
}

// Scopes of the activation's own, and those around its function; but not the outermost one, which a
// whole module has.
void SettlerReader::ReadVariables(Address activation, const Uses& uses) {
  const Address function = ReadWord(activation, layout_.generator_function);
  const Address around = ReadWord(function, layout_.function_context);
  for (const ScopeUse& use : uses.variables) {
    const Address scope = ScopeOf(layout_, activation, use);
    if (scope == kNoAddress || use.offset >= kArraySlots + 8 * ReadLength(scope)) continue;
    constexpr int kMostScopes = 100;
    bool is_own = false;
    Address inner = ReadWord(activation, layout_.generator_context);
    for (int i = 0;
         i < kMostScopes && inner != around && IsHeapObject(inner) && ReadLength(inner) > 1; i++) {
      is_own = is_own || inner == scope;
      inner = ReadWord(inner, kContextPrevious);
    }
    const bool is_outermost =
        !is_own && (InstanceType(scope) == layout_.native_context_type ||
                    HasType(ReadWord(scope, kContextPrevious), layout_.native_context_type));
    if (!is_outermost) Look(ReadWord(scope, use.offset), 0, !is_own);
  }
}

void SettlerReader::Look(Address value, int hops, bool shared) {
  if (!IsHeapObject(value)) return;
  const uint16_t type = InstanceType(value);
  if (type == layout_.function_type) {
    const Address promise = resolvers_.PromiseOf(value);
    if (!HasType(promise, layout_.promise_type) || resolvers_.IsSpent(value, true_value_)) return;
    met_++;
    if (!MayUsePath(hops)) return;
    for (Settled& known : found_) {
      if (known.promise != promise) continue;
      known.shared = known.shared && shared;
      return;
    }
    found_.push_back({promise, shared});
  } else if (type == layout_.object_type && hops < kMostHops) {
    LookInside(value, hops + 1);
  }
}

void SettlerReader::LookInside(Address object, int hops) {
  Address& passed = passed_[(object >> 4) % kPassed];
  if (passed == object) return;
  // The next entry of a list is somebody else's.
  if (hops > 1 && IsOfOneClass(path_[0].object, object)) return;
  const size_t before = found_.size(), met_before = met_;
  const int size = SizeOf(layout_, object);
  const Address store = ReadWord(object, kPropertiesOffset);
  if (size <= kFirstField + 8 * kMostFields) {
    for (int offset = kFirstField; offset < size; offset += 8) {
      path_[hops - 1] = {object, offset, false};
      Look(ReadWord(object, offset), hops, true);
    }
    if (HasType(store, layout_.property_array_type)) LookAtStore(object, store, hops);
    // Whoever has an entry of a list, such as a timer to clear, leaves it to the list's owner.
    if (found_.size() != before && IsEntry(object, size)) {
      found_.resize(before);
      met_ = met_before;
    }
  }
  if (hops == 1 && met_ == met_before) passed = object;
}

// An object literal, such as a deferred, may be handed on to who uses it; `this` is not.
bool SettlerReader::MayUsePath(int hops) {
  std::vector<PropertyMentions::Field> path(path_, path_ + hops);
  for (int i = 0; i < hops; i++) {
    path[i].may_be_handed_on = !IsOfClass(path[i].object) && !(i == 0 && in_receiver_);
  }
  return path.empty() || mentions_.MayUse(function_, path);
}

// The prototype at the end of a chain is that of object literals, which are of no class.
bool SettlerReader::IsOfClass(Address object) const {
  const Address prototype = ReadWord(MapOf(object), layout_.map_prototype);
  return IsHeapObject(prototype) &&
         ReadWord(MapOf(prototype), layout_.map_prototype) != null_value_ &&
         prototype != null_value_;
}

bool SettlerReader::IsOfOneClass(Address a, Address b) const {
  if (MapOf(a) == MapOf(b)) return true;
  return IsOfClass(a) &&
         ReadWord(MapOf(a), layout_.map_prototype) == ReadWord(MapOf(b), layout_.map_prototype);
}

// Whether two fields lead to objects that lead back, as in a list that is linked both ways.
bool SettlerReader::IsEntry(Address object, int size) const {
  int links = 0;
  for (int offset = kFirstField; offset < size && links < 2; offset += 8) {
    const Address other = ReadWord(object, offset);
    if (!HasType(other, layout_.object_type) || other == object) continue;
    const int end = std::min(SizeOf(layout_, other), kFirstField + 8 * kMostFields);
    for (int field = kFirstField; field < end; field += 8) {
      if (ReadWord(other, field) != object) continue;
      links++;
      break;
    }
  }
  return links >= 2;
}

void SettlerReader::LookAtStore(Address object, Address store, int hops) {
  const int length = ReadLength(store) & kStoreLengthBits;
  for (int i = 0; i < length && length <= kMostFields; i++) {
    path_[hops - 1] = {object, kArraySlots + 8 * i, true};
    Look(ReadWord(store, kArraySlots + 8 * i), hops, true);
  }
}

}  // namespace asynctb
