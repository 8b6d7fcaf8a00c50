// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

// Requests that a program has sent over a socket without an object of node:http: streams of HTTP/2,
// and requests of undici, which fetch makes too, also those that wait for a connection.
//
// SAFETY: addresses in, no allocation in the isolate; see heap_read.h. Own data is read, and every
// list is bounded.
#pragma once

#include <v8.h>

#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "heap/nearby.h"
#include "layout/env_data.h"
#include "layout/own_data.h"
#include "layout/own_property.h"

namespace asynctb {

struct ClientRequest {
  Address request = kNoAddress;  // known by this to whoever waits for it
  Address handler = kNoAddress;  // what is told of its answer, where it has no listeners
  Address method = kNoAddress, path = kNoAddress;  // strings
};

// What is looked for, made while V8 may still allocate. The caller's HandleScope holds it.
struct ClientRequestKeys {
  v8::Local<v8::String> connecting, secure_connecting;
};

class ClientRequests {
 public:
  ClientRequests(const EnvData& env, const ClientRequestKeys& keys);

  static bool CanUse(const EnvData& env) {
    return env.layout().objects.proven && env.layout().holders.proven;
  }

  // An object that a handle of Node's refers to.
  void LookAt(Address owner);
  const std::vector<ClientRequest>& found() const { return found_; }

 private:
  // What an object is, by the symbols that it has: what has a client of undici, a session of
  // HTTP/2, a client or a pool of undici.
  enum class Kind : uint8_t { kOther, kConnected, kSession, kClient, kPool };

  Kind KindOf(Address object);
  bool IsConnecting(Address socket);
  void LookBehindListeners(Address emitter);
  void AddOwner(Address owner);
  void AddSession(Address session);
  void AddStream(Address stream);
  void AddClient(Address client);
  void AddPool(Address pool);
  void Add(const ClientRequest& request);
  template <typename Visit>
  void ForEachElement(Address list, Visit visit) const;

  const Layout& layout_;
  const OwnData data_;
  Nearby nearby_;
  OwnProperty connecting_, secure_connecting_;
  const Address true_;
  std::unordered_map<Address, Kind> kinds_;  // by Map
  std::unordered_set<Address> seen_;
  std::vector<ClientRequest> found_;
};

}  // namespace asynctb
