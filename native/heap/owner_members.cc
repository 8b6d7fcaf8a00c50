// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "heap/owner_members.h"

#include <algorithm>

#include "layout/holder_names.h"

namespace asynctb {

namespace {

constexpr int kFirstField = 8, kPropertiesOffset = 8;
// From an owner to what stands in its lists: a list, an entry, and what the entry is for.
constexpr int kMostDepth = 6;
constexpr size_t kMostWordsOfOwner = 4'000;
constexpr int kMostFields = 24;

}  // namespace

void OwnerMembers::Collect(const std::vector<Address>& owners) {
  for (size_t i = 0; i < owners.size(); i++) {
    seen_.clear();
    words_left_ = kMostWordsOfOwner;
    const int32_t node = ways_.Find(owners[i]);
    depth_of_owner_ = node < 0 ? 0 : ways_.nodes()[static_cast<size_t>(node)].depth;
    CollectFrom(i, owners[i], 0, kNoAddress);
  }
}

// Whether it is on the way from who waits to the owner. What is above that holds the owner: a
// client of a pool has a function that gives it back.
bool OwnerMembers::LeadsToWaiter(Address value) const {
  const int32_t node = ways_.Find(value);
  return node >= 0 && ways_.nodes()[static_cast<size_t>(node)].depth <= depth_of_owner_;
}

// What stands in lists of an owner, and what that is for. Lists that lead to who waits are none of
// those that are meant. `shape`: of the list's entry that this belongs to; kNoAddress: above it.
void OwnerMembers::CollectFrom(size_t owner, Address object, int depth, Address shape) {
  if (depth > kMostDepth || !seen_.insert(object).second) return;
  const HolderLayout& h = layout_.holders;
  const uint16_t type = InstanceType(object);
  if (type == h.map_type || type == h.set_type) {
    CollectFromStore(owner, ReadWord(object, h.collection_table), depth, shape);
    return;
  }
  if (type == h.array_type) {
    CollectFromStore(owner, ReadWord(object, h.elements), depth, shape);
    return;
  }
  if (h.Of(type) != HolderType::kObject) return;
  const int size = std::min(SizeOf(layout_, object), kFirstField + 8 * kMostFields * 2);
  for (int offset = kFirstField; offset < size && words_left_ > 0; offset += 8) {
    words_left_--;
    Add(owner, ReadWord(object, offset), depth, shape);
  }
  const Address store = ReadWord(object, kPropertiesOffset);
  if (!IsHeapObject(store) || h.Of(InstanceType(store)) != HolderType::kFields) return;
  const int length = std::min(LengthOfStore(layout_, store), kMostFields);
  for (int i = 0; i < length && words_left_ > 0; i++) {
    words_left_--;
    Add(owner, ReadWord(store, kContextSlots + 8 * i), depth, shape);
  }
}

void OwnerMembers::CollectFromStore(size_t owner, Address store, int depth, Address shape) {
  if (!IsHeapObject(store) || LeadsToWaiter(store)) return;
  if (layout_.holders.Of(InstanceType(store)) != HolderType::kElements) return;
  const int length = LengthOfStore(layout_, store);
  for (int i = 0; i < length && words_left_ > 0; i++) {
    words_left_--;
    const Address word = ReadWord(store, kContextSlots + 8 * i);
    if (!IsHeapObject(word)) continue;
    const bool is_first = shape == kNoAddress;
    Add(owner, word, depth + 1, is_first ? MapOf(word) : shape);
  }
}

void OwnerMembers::Add(size_t owner, Address value, int depth, Address shape) {
  // SAFETY: words of buffers and the like are none of V8's: only what the walk has met is looked
  // at.
  if (!IsHeapObject(value) || !ways_.IsNoted(value)) return;
  if (LeadsToWaiter(value)) return;
  const HolderLayout& h = layout_.holders;
  const uint16_t type = InstanceType(value);
  if (h.Of(type) != HolderType::kObject) return;
  const bool is_list = type == h.array_type || type == h.map_type || type == h.set_type;
  // Outside of a list only what has one in it counts, and not everything that an owner knows.
  constexpr int kMostAbove = 2, kMostInside = 2;
  if (shape == kNoAddress) {
    if (is_list || depth < kMostAbove) CollectFrom(owner, value, depth + 1, shape);
    return;
  }
  if (is_list) return;
  const Member member = {owner, shape};
  if (!members_.emplace(value, member).second) return;
  if (depth < kMostAbove + kMostInside) CollectFrom(owner, value, depth + 1, shape);
}

int32_t OwnerMembers::CountLike(size_t owner, Address shape) const {
  int32_t count = 0;
  for (const auto& [object, member] : members_) {
    if (member.owner == owner && member.shape == shape && MapOf(object) == shape) count++;
  }
  return count;
}

}  // namespace asynctb
