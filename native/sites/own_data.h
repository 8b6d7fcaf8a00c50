// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

// Own data properties of the program's objects, and the names of their classes, as `ownData` and
// `className` of lib/ read them: no getter, no trap of a proxy and no embedder's interceptor runs.
#pragma once

#include <v8.h>

#include <string>

namespace asynctb {

// Whether it can be asked for properties without running anything.
bool IsPlainObject(v8::Local<v8::Value> value);

// Empty where there is no such property, or it is no data property: the `stack` of an error is
// none, as reading it may run the program's `Error.prepareStackTrace`. `object` must be plain.
// Allocates.
v8::Local<v8::Value> OwnData(v8::Local<v8::Context> context, v8::Local<v8::Object> object,
                             v8::Local<v8::Name> key);

// The name of an object's class, by its prototypes.
std::string ClassNameOf(v8::Local<v8::Context> context, v8::Local<v8::Object> object);

// The name of a function, empty where it has none.
std::string NameOfFunction(v8::Local<v8::Context> context, v8::Local<v8::Object> function);

}  // namespace asynctb
