// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "heap/client_requests.h"

#include <algorithm>
#include <string>

#include "v8/handle_address.h"

namespace asynctb {

namespace {

constexpr size_t kMostRequests = 10'000, kMostKinds = 4'096;
// So much is looked at behind what listens to an emitter.
constexpr size_t kMostNearby = 400;
// More elements of a list are not looked at.
constexpr int kMostElements = 100'000;

}  // namespace

ClientRequests::ClientRequests(const EnvData& env, const ClientRequestKeys& keys)
    : layout_(env.layout()),
      data_(env.layout()),
      nearby_(env),
      connecting_(env.layout().names, ToAddress(keys.connecting)),
      secure_connecting_(env.layout().names, ToAddress(keys.secure_connecting)),
      true_(ToAddress(v8::True(env.isolate()))) {}

void ClientRequests::LookAt(Address owner) {
  if (!data_.IsObject(owner) || found_.size() >= kMostRequests) return;
  switch (KindOf(owner)) {
    case Kind::kConnected:
      AddClient(data_.GetBySymbol(owner, "client"));
      break;
    case Kind::kSession:
      AddSession(owner);
      break;
    case Kind::kClient:
    case Kind::kPool:
      break;
    case Kind::kOther:
      // Nothing but its listeners know for whom it connects.
      if (IsConnecting(owner)) LookBehindListeners(owner);
  }
}

// SAFETY: objects of one Map have the same symbols, but for those with dictionaries, of which some
// may be passed over.
ClientRequests::Kind ClientRequests::KindOf(Address object) {
  if (kinds_.size() >= kMostKinds) kinds_.clear();
  const auto [entry, is_new] = kinds_.try_emplace(MapOf(object), Kind::kOther);
  if (!is_new) return entry->second;
  bool has_client = false, has_state = false, has_native_fields = false, has_queue = false,
       has_pending = false, has_clients = false, has_queued = false;
  data_.ForEach(object, [&](Address key, Address) {
    std::string name;
    if (!data_.IsSymbol(key) || !data_.Text(data_.DescriptionOf(key), &name)) return true;
    has_client |= name == "client";
    has_state |= name == "state";
    has_native_fields |= name == "kNativeFields" || name == "authority";
    has_queue |= name == "queue";
    has_pending |= name == "pending index";
    has_clients |= name == "clients";
    has_queued |= name == "queued";
    return true;
  });
  if (has_queue && has_pending) {
    entry->second = Kind::kClient;
  } else if (has_queue && has_clients && has_queued) {
    entry->second = Kind::kPool;
  } else if (has_client) {
    entry->second = Kind::kConnected;
  } else if (has_state && has_native_fields) {
    entry->second = Kind::kSession;
  }
  return entry->second;
}

bool ClientRequests::IsConnecting(Address socket) {
  return connecting_.Of(socket) == true_ || secure_connecting_.Of(socket) == true_;
}

// Whether there is a client, a pool or a session behind what listens to it.
void ClientRequests::LookBehindListeners(Address emitter) {
  if (!seen_.insert(emitter).second) return;
  std::vector<Address> listeners;
  const Address events = data_.Get(emitter, "_events");
  if (!data_.IsObject(events)) return;
  data_.ForEach(events, [&](Address, Address listener) {
    listeners.push_back(listener);
    if (HasType(listener, layout_.objects.array_type)) {
      ForEachElement(listener, [&](Address each) { listeners.push_back(each); });
    }
    return true;
  });
  std::vector<Address> found;
  nearby_.Run(listeners, kMostNearby, [&](Address word) {
    if (!data_.IsObject(word)) return true;
    const Kind kind = KindOf(word);
    if (kind == Kind::kOther || kind == Kind::kConnected) return word != emitter;
    found.push_back(word);
    return false;
  });
  for (const Address each : found) AddOwner(each);
}

void ClientRequests::AddOwner(Address owner) {
  switch (KindOf(owner)) {
    case Kind::kSession:
      return AddSession(owner);
    case Kind::kClient:
      return AddClient(owner);
    case Kind::kPool:
      return AddPool(owner);
    default:
      return;
  }
}

template <typename Visit>
void ClientRequests::ForEachElement(Address list, Visit visit) const {
  const Address elements = ReadWord(list, layout_.objects.array_elements);
  if (!HasType(elements, layout_.objects.elements_type)) return;
  const int length = std::min(ReadLength(elements), kMostElements);
  for (int i = 0; i < length; i++) visit(ReadWord(elements, kContextSlots + 8 * i));
}

// Its streams, by number or before they have one.
void ClientRequests::AddSession(Address session) {
  if (!seen_.insert(session).second) return;
  const Address state = data_.GetBySymbol(session, "state");
  if (!data_.IsObject(state)) return;
  const HolderLayout& h = layout_.holders;
  for (const char* name : {"streams", "pendingStreams"}) {
    const Address list = data_.Get(state, name);
    if (!HasType(list, h.map_type) && !HasType(list, h.set_type)) continue;
    const Address table = ReadWord(list, h.collection_table);
    if (!HasType(table, h.map_table_type) && !HasType(table, h.set_table_type)) continue;
    const int length = std::min(ReadLength(table), kMostElements);
    for (int i = 0; i < length; i++) {
      const Address stream = ReadWord(table, kContextSlots + 8 * i);
      if (data_.IsObject(stream)) AddStream(stream);
    }
  }
}

void ClientRequests::AddStream(Address stream) {
  const Address headers = data_.GetBySymbol(stream, "sent-headers");
  if (!data_.IsObject(headers)) return;
  ClientRequest found;
  found.request = stream;
  found.method = data_.Get(headers, ":method");
  found.path = data_.Get(headers, ":path");
  Add(found);
}

// Of its queue, what was not answered in whole.
void ClientRequests::AddClient(Address client) {
  if (!data_.IsObject(client) || KindOf(client) != Kind::kClient) return;
  if (seen_.count(client) > 0) return;
  const Address queue = data_.GetBySymbol(client, "queue");
  const Address running = data_.GetBySymbol(client, "running index");
  if (HasType(queue, layout_.objects.array_type) && IsSmi(running)) {
    int index = 0;
    ForEachElement(queue, [&](Address request) {
      if (index++ < SmiValue(running) || !data_.IsObject(request)) return;
      if (data_.Get(request, "completed") == true_ || data_.Get(request, "aborted") == true_) {
        return;
      }
      ClientRequest found;
      found.request = request;
      found.handler = data_.GetBySymbol(request, "handler");
      found.method = data_.Get(request, "method");
      found.path = data_.Get(request, "path");
      Add(found);
    });
  }
  // Its pool listens to it.
  LookBehindListeners(client);
}

// What waits for a free client of a pool.
void ClientRequests::AddPool(Address pool) {
  if (!seen_.insert(pool).second) return;
  const Address queue = data_.GetBySymbol(pool, "queue");
  if (!data_.IsObject(queue)) return;
  constexpr int kMostBuffers = 100;
  Address buffer = data_.Get(queue, "tail");
  for (int i = 0; i < kMostBuffers && data_.IsObject(buffer); i++) {
    const Address list = data_.Get(buffer, "list");
    if (HasType(list, layout_.objects.array_type)) {
      ForEachElement(list, [&](Address item) {
        if (!data_.IsObject(item)) return;
        const Address options = data_.Get(item, "opts");
        if (!data_.IsObject(options)) return;
        ClientRequest found;
        found.request = item;
        found.handler = data_.Get(item, "handler");
        found.method = data_.Get(options, "method");
        found.path = data_.Get(options, "path");
        Add(found);
      });
    }
    buffer = data_.Get(buffer, "next");
  }
}

void ClientRequests::Add(const ClientRequest& request) {
  if (found_.size() >= kMostRequests || !data_.IsString(request.method) ||
      !data_.IsString(request.path) || !seen_.insert(request.request).second) {
    return;
  }
  found_.push_back(request);
}

}  // namespace asynctb
