// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

// The only conversions between handles and addresses.
//
// SAFETY: see heap_read.h.
#pragma once

#include <v8.h>

#include <cstring>

#include "memory/heap_read.h"

namespace asynctb {

template <typename T>
inline Address ToAddress(v8::Local<T> handle) {
  return *reinterpret_cast<const Address*>(*handle);
}

// Makes a handle in the current scope. Handles live outside of the heap: nothing moves.
template <typename T>
inline v8::Local<T> ToLocal(v8::Isolate* isolate, Address address) {
  static_assert(sizeof(v8::Local<T>) == sizeof(Address*));
  Address* slot = &address;
  v8::Local<T> borrowed;
  memcpy(static_cast<void*>(&borrowed), &slot, sizeof(slot));
  return v8::Local<T>::New(isolate, borrowed);
}

}  // namespace asynctb
