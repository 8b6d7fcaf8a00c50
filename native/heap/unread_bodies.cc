// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "heap/unread_bodies.h"

#include <algorithm>
#include <string>

namespace asynctb {

namespace {

constexpr int kMostClients = 1'000, kMostRequests = 100, kMostFields = 24;
constexpr size_t kMostNearby = 600, kMostBodies = 2'000;

}  // namespace

void UnreadBodies::Collect(const std::vector<Address>& owners) {
  if (!layout_.objects.proven || !layout_.holders.proven) return;
  for (size_t i = 0; i < owners.size() && bodies_.size() < kMostBodies; i++) {
    if (!data_.IsObject(owners[i])) continue;
    const Shape shape = ShapeOf(owners[i]);
    const int owner = static_cast<int>(i);
    if (shape.is_client) AddClient(owners[i], owner);
    if (!shape.is_pool) continue;
    const Address clients = data_.GetBySymbol(owners[i], "clients");
    ForEachElement(clients, 0, kMostClients, [&](Address client) { AddClient(client, owner); });
  }
}

// SAFETY: objects of one Map have the same keys, but for those with dictionaries, of which some may
// be passed over.
UnreadBodies::Shape UnreadBodies::ShapeOf(Address object) {
  const auto [entry, is_new] = shapes_.try_emplace(MapOf(object));
  if (!is_new) return entry->second;
  bool has_queue = false, has_pending = false, has_clients = false, is_readable = false,
       is_writable = false;
  Shape shape;
  data_.ForEach(object, [&](Address key, Address value) {
    const bool is_symbol = data_.IsSymbol(key);
    std::string name;
    if (!data_.Text(is_symbol ? data_.DescriptionOf(key) : key, &name)) return true;
    is_readable |= !is_symbol && name == "_readableState";
    is_writable |= !is_symbol && name == "_writableState";
    has_queue |= is_symbol && name == "queue";
    has_pending |= is_symbol && name == "pending index";
    has_clients |= is_symbol && name == "clients";
    shape.has_state |= is_symbol && (name == "state" || name == "#state" || name == "kState");
    // Of a web stream: several objects may have one state.
    if (is_symbol && name == "kState" && data_.IsObject(value)) {
      shape.is_web_stream |= data_.Get(value, "disturbed") != kNoAddress;
    }
    return true;
  });
  shape.is_client = has_queue && has_pending;
  shape.is_pool = has_queue && has_clients && !has_pending;
  shape.is_readable = is_readable && !is_writable;
  entry->second = shape;
  return shape;
}

template <typename Visit>
void UnreadBodies::ForEachElement(Address list, int begin, int end, Visit visit) const {
  if (!HasType(list, layout_.objects.array_type)) return;
  const Address elements = ReadWord(list, layout_.objects.array_elements);
  if (!HasType(elements, layout_.objects.elements_type)) return;
  for (int i = begin; i < std::min(ReadLength(elements), end); i++) {
    const Address element = ReadWord(elements, kContextSlots + 8 * i);
    if (data_.IsObject(element)) visit(element);
  }
}

// Of its requests, those that are on a connection.
void UnreadBodies::AddClient(Address client, int owner) {
  if (!ShapeOf(client).is_client) return;
  const Address running = data_.GetBySymbol(client, "running index");
  const Address pending = data_.GetBySymbol(client, "pending index");
  if (!IsSmi(running) || !IsSmi(pending) || SmiValue(running) < 0) return;
  const int begin = SmiValue(running);
  const int end = std::min(SmiValue(pending), begin + kMostRequests);
  ForEachElement(data_.GetBySymbol(client, "queue"), begin, end, [&](Address request) {
    AddHandler(data_.GetBySymbol(request, "handler"), owner);
  });
}

void UnreadBodies::AddHandler(Address handler, int owner) {
  nearby_.Run({handler}, kMostNearby, [&](Address word) {
    if (!data_.IsObject(word)) return true;
    const Shape shape = ShapeOf(word);
    // What belongs to others as well is not gone through.
    if (shape.is_client || shape.is_pool || bodies_.size() >= kMostBodies) return false;
    if (shape.is_web_stream) bodies_.emplace(data_.GetBySymbol(word, "kState"), owner);
    if (shape.is_readable) bodies_.emplace(word, owner);
    return !shape.is_web_stream && !shape.is_readable;
  });
}

int UnreadBodies::Known(Address value) const {
  const auto found = bodies_.find(value);
  return found == bodies_.end() ? kNobody : found->second;
}

int UnreadBodies::OwnerOf(Address value) {
  if (bodies_.empty() || !IsHeapObject(value) ||
      layout_.holders.Of(InstanceType(value)) != HolderType::kObject) {
    return kNobody;
  }
  const Shape shape = ShapeOf(value);
  int owner = Known(shape.is_web_stream ? data_.GetBySymbol(value, "kState") : value);
  if (owner != kNobody || !data_.IsObject(value)) return owner;
  if (shape.is_client || shape.is_pool || shape.is_readable) return kNobody;
  if (shape.has_state) owner = OwnerByState(value);
  if (owner != kNobody) return owner;
  // `{ statusCode, body }`
  int left = kMostFields;
  data_.ForEach(value, [&](Address, Address field) {
    owner = Known(field);
    return owner == kNobody && left-- > 0;
  });
  return owner;
}

// Of a `Response`, which has its state behind a proxy; or of a reader of a stream.
int UnreadBodies::OwnerByState(Address object) {
  int owner = kNobody;
  data_.ForEach(object, [&](Address key, Address state) {
    if (!data_.IsSymbol(key)) return true;
    if (layout_.holders.proxy_target > 0 && HasType(state, layout_.holders.proxy_type)) {
      state = ReadWord(state, layout_.holders.proxy_target);
    }
    if (!data_.IsObject(state)) return true;
    owner = OwnerByStream(state);
    const Address body = data_.Get(state, "body");
    if (owner == kNobody && data_.IsObject(body)) owner = OwnerByStream(body);
    return owner == kNobody;
  });
  return owner;
}

int UnreadBodies::OwnerByStream(Address holder) {
  const Address stream = data_.Get(holder, "stream");
  if (!IsHeapObject(stream) || layout_.holders.Of(InstanceType(stream)) != HolderType::kObject) {
    return kNobody;
  }
  return Known(data_.GetBySymbol(stream, "kState"));
}

}  // namespace asynctb
