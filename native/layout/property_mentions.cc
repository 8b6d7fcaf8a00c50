// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "layout/property_mentions.h"

#include <algorithm>

#include "layout/bytecode_uses.h"
#include "layout/layout_prover.h"
#include "v8/handle_address.h"
#include "v8/symbols.h"

namespace asynctb {

namespace {

constexpr int kArraySlots = 16;
constexpr int kMostConstants = 2'048, kMostCodes = 64, kMostDescriptors = 1'024;
constexpr size_t kMostQuestions = 500;  // of one walk, which stands still meanwhile
constexpr int kMostDepth = 3;           // of functions within functions
constexpr int kMostPrototypes = 4;
constexpr int kMostRounds = 4;  // a method calls a method
// A store of properties has the identity hash in the high bits of its length.
constexpr int kStoreLengthMask = 0x3ff;

bool IsString(Address value) {
  return IsHeapObject(value) && InstanceType(value) < v8::internal::Internals::kFirstNonstringType;
}

// Whether a property has a value, not a getter or setter. The bit is the same in both kinds of
// details.
bool IsData(const NameLayout& names, int details) {
  return (details & names.kind_mask) == names.data_kind;
}

}  // namespace

PropertyMentions::PropertyMentions(const EnvData& env)
    : layout_(env.layout()), null_value_([&env] {
        v8::HandleScope scope(env.isolate());
        return ToAddress(v8::Null(env.isolate()));
      }()) {}

bool PropertyMentions::MayUse(Address function, const std::vector<Field>& path) {
  if (layout_.bytecode_constants < 0 || !layout_.names.proven) return true;
  Key key = {ReadWord(function, layout_.function_shared)};
  for (size_t i = 0; i < path.size() && i < 2; i++) {
    key[1 + 2 * i] = MapOf(path[i].object);
    key[2 + 2 * i] = static_cast<Address>(path[i].offset) * 2 + (path[i].in_store ? 1 : 0);
  }
  const auto [known, is_new] = known_.try_emplace(key, true);
  if (is_new && known_.size() <= kMostQuestions) known->second = Decide(function, path);
  return known->second;
}

bool PropertyMentions::Decide(Address function, const std::vector<Field>& path) {
  unknown_ = false;
  names_.clear();
  codes_.clear();
  AddFunction(function);
  for (const Field& field : path) {
    // A private name is no constant of the code that uses it.
    const Address key = KeyOf(field);
    if (!IsString(key)) return true;
    AddMethods(field.object);
    if (unknown_) return true;
    if (names_.count(key) != 0) continue;
    if (!field.may_be_handed_on || NamesAnyOf(field.object)) return false;
  }
  return true;
}

void PropertyMentions::AddFunction(Address function) {
  if (HasType(function, layout_.function_type)) {
    AddCode(ReadWord(function, layout_.function_shared), 0);
  }
}

void PropertyMentions::AddCode(Address shared, int depth) {
  if (unknown_ || !codes_.insert(shared).second) return;
  const Address bytecode = BytecodeOfShared(layout_, shared);
  if (bytecode == kNoAddress) {
    // A built-in has a number there. What has never run, or not lately, may do anything.
    unknown_ = IsHeapObject(ReadWord(shared, layout_.shared_bytecode));
    return;
  }
  const Address constants = ReadWord(bytecode, layout_.bytecode_constants);
  const int length = HasType(constants, layout_.constants_type) ? ReadLength(constants) : -1;
  if (length < 0 || length + names_.size() > kMostConstants || codes_.size() > kMostCodes ||
      depth > kMostDepth) {
    unknown_ = true;
    return;
  }
  for (int i = 0; i < length; i++) {
    const Address constant = ReadWord(constants, kArraySlots + 8 * i);
    if (IsString(constant)) {
      names_.insert(constant);
    } else if (HasType(constant, layout_.shared_type)) {
      AddCode(constant, depth + 1);
    }
  }
}

// Those that are called by a name which is among the constants, and those that they call.
void PropertyMentions::AddMethods(Address object) {
  for (int round = 0; round < kMostRounds && !unknown_; round++) {
    const size_t before = codes_.size();
    Address holder = object;
    for (int i = 0; i < kMostPrototypes && IsHeapObject(holder); i++) {
      const Address next = ReadWord(MapOf(holder), layout_.map_prototype);
      // The last one has what all objects have.
      if (i > 0 && next == null_value_) break;
      AddMethodsOf(holder);
      holder = next;
    }
    if (codes_.size() == before) break;
  }
}

void PropertyMentions::AddMethodsOf(Address holder) {
  const NameLayout& n = layout_.names;
  const Address map = MapOf(holder);
  const auto bits = static_cast<uint32_t>(ReadInt32(map, n.bit_field3));
  if ((bits >> n.dictionary_shift & 1) == 0) {
    AddDescribed(holder, map);
  } else if (const Address store = ReadWord(holder, n.properties);
             IsHeapObject(store) && InstanceType(store) == n.dictionary_type) {
    AddFromDictionary(store);
  }
}

void PropertyMentions::AddDescribed(Address holder, Address map) {
  const NameLayout& n = layout_.names;
  Address descriptors = kNoAddress;
  const int own = OwnDescriptors(map, &descriptors);
  for (int i = 0; i < own && !unknown_; i++) {
    const int at = n.header + 8 * n.entry * i;
    const Address details = ReadWord(descriptors, at + 8 * n.entry_details);
    if (!IsSmi(details)) continue;
    const int number = SmiValue(details);
    const bool in_field = (number & n.place_mask) >> n.place_shift == n.in_field;
    // Of three words, the one that is neither.
    const Address value =
        in_field
            ? FieldAt(
                  holder, map,
                  static_cast<int>(static_cast<uint32_t>(number & n.index_mask) >> n.index_shift))
            : ReadWord(descriptors, at + 8 * (3 - n.entry_key - n.entry_details));
    AddMethod(ReadWord(descriptors, at + 8 * n.entry_key), value, IsData(n, number));
  }
}

void PropertyMentions::AddFromDictionary(Address dictionary) {
  const NameLayout& n = layout_.names;
  const int words = std::min(ReadLength(dictionary), 3 * kMostDescriptors);
  for (int i = n.dictionary_start; i + 2 < words && !unknown_; i += n.dictionary_entry) {
    const Address details = ReadWord(dictionary, kArraySlots + 8 * (i + 2));
    if (!IsSmi(details)) continue;
    AddMethod(ReadWord(dictionary, kArraySlots + 8 * i),
              ReadWord(dictionary, kArraySlots + 8 * (i + 1)), IsData(n, SmiValue(details)));
  }
}

void PropertyMentions::AddMethod(Address key, Address value, bool is_data) {
  if (names_.count(key) == 0) return;
  if (!is_data) {
    unknown_ = true;  // a getter or setter, which may do anything
  } else if (HasType(value, layout_.function_type)) {
    AddFunction(value);
  }
}

int PropertyMentions::OwnDescriptors(Address map, Address* descriptors) const {
  const NameLayout& n = layout_.names;
  *descriptors = ReadWord(map, n.descriptors);
  if (n.entry != 3 || !IsHeapObject(*descriptors) ||
      !n.IsDescriptorsType(InstanceType(*descriptors))) {
    return 0;
  }
  const auto bits = static_cast<uint32_t>(ReadInt32(map, n.bit_field3));
  const int own =
      static_cast<int>((bits & static_cast<uint32_t>(n.own_count_mask)) >> n.own_count_shift);
  const int all = *reinterpret_cast<const int16_t*>(*descriptors - 1 + kLengthOffset);
  return std::min({own, all, kMostDescriptors});
}

Address PropertyMentions::FieldAt(Address holder, Address map, int index) const {
  const NameLayout& n = layout_.names;
  const int start = ReadByte(map, n.fields_start), size = ReadByte(map, n.size_in_words);
  if (start + index < size) return ReadWord(holder, 8 * (start + index));
  const Address store = ReadWord(holder, n.properties);
  if (!IsHeapObject(store) || InstanceType(store) != n.fields_type) return kNoAddress;
  const int place = start + index - size;
  return place < (ReadLength(store) & kStoreLengthMask) ? ReadWord(store, kArraySlots + 8 * place)
                                                        : kNoAddress;
}

Address PropertyMentions::KeyOf(const Field& field) const {
  const NameLayout& n = layout_.names;
  const Address map = MapOf(field.object);
  const int start = ReadByte(map, n.fields_start), size = ReadByte(map, n.size_in_words);
  const int index =
      field.in_store ? size - start + (field.offset - kArraySlots) / 8 : field.offset / 8 - start;
  Address descriptors = kNoAddress;
  const int own = OwnDescriptors(map, &descriptors);
  for (int i = 0; i < own; i++) {
    const int at = n.header + 8 * n.entry * i;
    const Address details = ReadWord(descriptors, at + 8 * n.entry_details);
    if (!IsSmi(details)) continue;
    const int number = SmiValue(details);
    if ((number & n.place_mask) >> n.place_shift != n.in_field ||
        static_cast<int>(static_cast<uint32_t>(number & n.index_mask) >> n.index_shift) != index) {
      continue;
    }
    return ReadWord(descriptors, at + 8 * n.entry_key);
  }
  return kNoAddress;
}

bool PropertyMentions::NamesAnyOf(Address object) const {
  const NameLayout& n = layout_.names;
  Address descriptors = kNoAddress;
  const int own = OwnDescriptors(MapOf(object), &descriptors);
  for (int i = 0; i < own; i++) {
    if (names_.count(ReadWord(descriptors, n.header + 8 * (n.entry * i + n.entry_key))) != 0) {
      return true;
    }
  }
  return false;
}

void ProveConstants(Prover* p, Layout* l, Address bytecode, Address name) {
  // With a space for what may be trusted, the array is of a type of its own.
  int type = -1;
  if (!ReadDebugConstant("v8dbg_type_TrustedFixedArray__TRUSTED_FIXED_ARRAY_TYPE", &type) &&
      !ReadDebugConstant("v8dbg_type_FixedArray__FIXED_ARRAY_TYPE", &type)) {
    return;
  }
  for (int offset = 8; offset + 8 <= l->bytecode_data; offset += 8) {
    const Address constants = ReadWord(bytecode, offset);
    if (!p->IsObjectOfType(constants, static_cast<uint16_t>(type))) continue;
    for (int i = 0; i < p->ArrayLength(constants); i++) {
      if (ReadWord(constants, kArraySlots + 8 * i) != name) continue;
      l->bytecode_constants = offset;
      l->constants_type = static_cast<uint16_t>(type);
      return;
    }
  }
}

}  // namespace asynctb
