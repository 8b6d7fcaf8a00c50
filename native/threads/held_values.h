// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

// What one frame holds, as plain values that refer to each other by their numbers. Allocates, but
// runs nothing of the program: own data only.
#pragma once

#include <v8.h>

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/captured_held.h"
#include "layout/env_data.h"
#include "sites/own_data.h"
#include "sites/resources.h"
#include "sites/scopes.h"
#include "text/source_text.h"
#include "v8/v8_compat.h"

namespace asynctb {

// The values of one frame, and what it says of them.
class FrameWriter {
 public:
  FrameWriter(const EnvData& env, v8::Local<v8::Context> context, CapturedHeld* out)
      : env_(env), isolate_(env.isolate()), context_(context), out_(out) {
    first_value_ = out->values.size();
    first_property_ = out->properties.size();
    first_variable_ = out->variables.size();
  }

  // Its index, -1 for want of room. `depth`: how far its properties are read.
  int32_t Add(v8::Local<v8::Value> value, int depth = 0) {
    if (value.IsEmpty()) value = v8::Undefined(isolate_);
    for (size_t i = 0; i < values_.size(); i++) {
      if (values_[i]->StrictEquals(value)) return static_cast<int32_t>(i);
    }
    if (values_.size() >= kMostValues) return -1;
    const auto index = static_cast<int32_t>(values_.size());
    values_.push_back(value);
    out_->values.push_back(Describe(value));
    if (depth > 0) Expand(index, value, depth);
    return index;
  }

  // The variables of scopes, as V8 made them. `all`: those too that hold none of the values.
  void AddScopes(v8::Local<v8::Value> scopes, int32_t function, bool all, uint32_t most) {
    if (scopes.IsEmpty() || !scopes->IsArray()) return;
    v8::Local<v8::Array> list = scopes.As<v8::Array>();
    for (uint32_t i = 0; i < list->Length() && i < most; i++) {
      v8::Local<v8::Value> scope;
      if (!list->Get(context_, i).ToLocal(&scope) || !scope->IsObject()) continue;
      AddScope(scope.As<v8::Object>(), function, static_cast<int32_t>(i), all);
    }
  }

  // What a function closes over; nothing of what is none.
  void AddClosure(int32_t function, uint32_t most) {
    if (function < 0) return;
    v8::Local<v8::Value> value = values_[static_cast<size_t>(function)];
    if (!value->IsFunction() || value->IsProxy()) return;
    AddScopes(ReadClosureScopes(env_, value), function, true, most);
  }

  // Where a receiver, or one of its prototypes, has the function as a way to dispose of it.
  void AddDisposal(int32_t receiver, int32_t function) {
    if (receiver < 0 || function < 0) return;
    v8::Local<v8::Value> wanted = values_[static_cast<size_t>(function)];
    v8::Local<v8::Value> object = values_[static_cast<size_t>(receiver)];
    for (int i = 0; i < kMostPrototypes && IsPlainObject(object); i++) {
      for (const char* key : {"Symbol.asyncDispose", "Symbol.dispose"}) {
        if (HoldsUnder(object.As<v8::Object>(), key, wanted)) {
          out_->properties.push_back({receiver, key, function});
          return;
        }
      }
      object = PrototypeOf(object.As<v8::Object>());
    }
  }

  PlainEntry Entry(const HeldEntry& entry) {
    const int32_t value = Add(entry.value);
    if (value >= 0) held_.push_back(value);
    return {
        .value = value,
        .method = Add(entry.method),
        .block = entry.block,
        .is_async = entry.is_async,
        .is_exiting = entry.is_exiting,
        .is_argument = entry.is_argument,
    };
  }

  // Of each value that is a disposable stack, what it holds.
  void AddStacks() {
    std::vector<int> depths(values_.size(), 0);
    for (size_t i = 0; i < values_.size(); i++) {
      if (!values_[i]->IsObject() || depths[i] > kDeepestStacks) continue;
      const std::optional<Held> held = ReadDisposableStack(env_, values_[i]);
      if (!held.has_value()) continue;
      std::vector<PlainEntry> entries;
      for (const HeldEntry& entry : held->entries) {
        if (entries.size() >= kMostElements) break;
        const PlainEntry plain = Entry(entry);
        if (plain.value >= 0 && plain.method >= 0) entries.push_back(plain);
      }
      PlainValue& value = out_->values[first_value_ + i];
      value.entries_begin = static_cast<int32_t>(out_->entries.size());
      value.entries_count = static_cast<int32_t>(entries.size());
      out_->entries.insert(out_->entries.end(), entries.begin(), entries.end());
      depths.resize(values_.size(), depths[i] + 1);
    }
  }

  // The generator that a value is, or wraps; empty for none.
  v8::Local<v8::Object> GeneratorOf(v8::Local<v8::Value> value) {
    if (value->IsGeneratorObject()) return value.As<v8::Object>();
    v8::Local<v8::Array> keys;
    if (!IsPlainObject(value) ||
        !value.As<v8::Object>()
             ->GetPropertyNames(context_, v8::KeyCollectionMode::kOwnOnly, v8::ALL_PROPERTIES,
                                v8::IndexFilter::kIncludeIndices,
                                v8::KeyConversionMode::kConvertToString)
             .ToLocal(&keys) ||
        keys->Length() > kMostKeys) {
      return v8::Local<v8::Object>();
    }
    v8::Local<v8::Object> only;
    for (uint32_t i = 0; i < keys->Length(); i++) {
      v8::Local<v8::Value> key;
      if (!keys->Get(context_, i).ToLocal(&key) || !key->IsName()) continue;
      v8::Local<v8::Value> held = OwnData(context_, value.As<v8::Object>(), key.As<v8::Name>());
      if (held.IsEmpty() || !held->IsGeneratorObject() || held == only) continue;
      if (!only.IsEmpty()) return v8::Local<v8::Object>();
      only = held.As<v8::Object>();
    }
    return only;
  }

  // What may be a resource.
  const std::vector<int32_t>& held() const { return held_; }
  size_t value_count() const { return values_.size(); }
  v8::Local<v8::Value> value(size_t index) const { return values_[index]; }
  PlainValue* plain(size_t index) { return &out_->values[first_value_ + index]; }

  void Finish(HeldFrame* frame, const std::vector<PlainEntry>& entries) {
    frame->values_begin = static_cast<int32_t>(first_value_);
    frame->values_count = static_cast<int32_t>(values_.size());
    frame->properties_begin = static_cast<int32_t>(first_property_);
    frame->properties_count = static_cast<int32_t>(out_->properties.size() - first_property_);
    frame->variables_begin = static_cast<int32_t>(first_variable_);
    frame->variables_count = static_cast<int32_t>(out_->variables.size() - first_variable_);
    frame->entries_begin = static_cast<int32_t>(out_->entries.size());
    frame->entries_count = static_cast<int32_t>(entries.size());
    out_->entries.insert(out_->entries.end(), entries.begin(), entries.end());
  }

 private:
  static constexpr size_t kMostValues = 500;      // of a frame
  static constexpr size_t kMostVariables = 500;   // of a frame
  static constexpr uint32_t kMostElements = 200;  // of a list
  static constexpr uint32_t kMostKeys = 50;  // an object with more is no wrapper of a generator
  static constexpr int kDeepestStacks = 20;  // stacks in stacks
  static constexpr int kMostPrototypes = 100;

  PlainValue Describe(v8::Local<v8::Value> value) {
    PlainValue plain;
    const auto say = [&](PlainKind kind, std::string text) {
      plain.kind = kind;
      plain.text = std::move(text);
    };
    if (value->IsUndefined()) {
      say(PlainKind::kUndefined, "");
    } else if (value->IsNull()) {
      say(PlainKind::kNull, "");
    } else if (value->IsBoolean()) {
      say(PlainKind::kBoolean, value->IsTrue() ? "true" : "false");
    } else if (value->IsProxy()) {
      say(PlainKind::kProxy, "");
    } else if (value->IsFunction()) {
      say(PlainKind::kFunction, NameOfFunction(context_, value.As<v8::Object>()));
    } else if (value->IsArray()) {
      say(PlainKind::kArray, std::to_string(value.As<v8::Array>()->Length()));
    } else if (value->IsObject()) {
      say(PlainKind::kObject, ClassNameOf(context_, value.As<v8::Object>()));
    } else {
      DescribePrimitive(value, &plain);
    }
    return plain;
  }

  // No method of the program's runs for a primitive.
  void DescribePrimitive(v8::Local<v8::Value> value, PlainValue* plain) {
    plain->kind = value->IsNumber()   ? PlainKind::kNumber
                  : value->IsBigInt() ? PlainKind::kBigint
                  : value->IsSymbol() ? PlainKind::kSymbol
                                      : PlainKind::kString;
    if (value->IsSymbol()) {
      v8::Local<v8::Value> description = value.As<v8::Symbol>()->Description(isolate_);
      plain->text = "Symbol(" + ToUtf8(isolate_, description) + ")";
      return;
    }
    v8::Local<v8::String> text;
    if (value->ToString(context_).ToLocal(&text)) plain->text = ToUtf8(isolate_, text);
  }

  v8::Local<v8::String> Key(std::string_view name) {
    return v8::String::NewFromUtf8(isolate_, name.data(), v8::NewStringType::kInternalized,
                                   static_cast<int>(name.size()))
        .FromMaybe(v8::String::Empty(isolate_));
  }

  v8::Local<v8::Value> Own(v8::Local<v8::Object> object, std::string_view name) {
    return OwnData(context_, object, Key(name));
  }

  bool HoldsUnder(v8::Local<v8::Object> object, const char* key, v8::Local<v8::Value> wanted) {
    const bool is_async = std::string_view(key) == "Symbol.asyncDispose";
    v8::Local<v8::Name> names[] = {v8::Symbol::For(isolate_, Key(key)), KnownSymbol(is_async)};
    for (v8::Local<v8::Name> name : names) {
      if (name.IsEmpty()) continue;
      v8::Local<v8::Value> own = OwnData(context_, object, name);
      if (!own.IsEmpty() && own->StrictEquals(wanted)) return true;
    }
    return false;
  }

  // What the program's `Symbol` has, which a polyfill may have put there.
  v8::Local<v8::Name> KnownSymbol(bool is_async) {
    v8::Local<v8::Value> constructor = Own(context_->Global(), "Symbol");
    if (constructor.IsEmpty() || !IsPlainObject(constructor)) return v8::Local<v8::Name>();
    v8::Local<v8::Value> found =
        Own(constructor.As<v8::Object>(), is_async ? "asyncDispose" : "dispose");
    return !found.IsEmpty() && found->IsSymbol() ? found.As<v8::Name>() : v8::Local<v8::Name>();
  }

  void AddScope(v8::Local<v8::Object> scope, int32_t function, int32_t number, bool all) {
    v8::Local<v8::Array> names;
    if (!scope->GetOwnPropertyNames(context_).ToLocal(&names)) return;
    for (uint32_t i = 0; i < names->Length(); i++) {
      v8::Local<v8::Value> name;
      if (out_->variables.size() - first_variable_ >= kMostVariables) return;
      if (!names->Get(context_, i).ToLocal(&name) || !name->IsString()) continue;
      // What stands for a variable before its declaration has run is a getter.
      v8::Local<v8::Value> value = OwnData(context_, scope, name.As<v8::Name>());
      int32_t index = -1;
      if (!value.IsEmpty()) {
        if (!value->IsObject()) continue;
        index = all ? Add(value, kEntryDepth) : Find(value);
        if (index < 0) continue;
      } else if (!all) {
        continue;
      }
      out_->variables.push_back({function, number, ToUtf8(isolate_, name), index});
    }
  }

  int32_t Find(v8::Local<v8::Value> value) {
    for (size_t i = 0; i < values_.size(); i++) {
      if (values_[i]->StrictEquals(value)) return static_cast<int32_t>(i);
    }
    return -1;
  }

  // Whether it looks like what compilers enter in lists: `[async, dispose, value]`, or an object.
  bool IsEntry(v8::Local<v8::Value> value) {
    if (!IsPlainObject(value)) return false;
    v8::Local<v8::Object> object = value.As<v8::Object>();
    if (value->IsArray()) {
      v8::Local<v8::Value> first = Own(object, "0");
      return value.As<v8::Array>()->Length() <= 3 && !first.IsEmpty() &&
             (first->IsBoolean() || first->IsUndefined());
    }
    return !Own(object, "dispose").IsEmpty() || !Own(object, "d").IsEmpty() ||
           !Own(object, "async").IsEmpty() || !Own(object, "a").IsEmpty();
  }

  void AddProperty(int32_t of, const std::string& key, v8::Local<v8::Value> value, int depth) {
    const int32_t index = Add(value, depth);
    if (index < 0) return;
    out_->properties.push_back({of, key, index});
    if (key == "value" || key == "v" || key == "2") held_.push_back(index);
  }

  // What compilers keep in a variable: see compiled-holders.ts.
  void Expand(int32_t index, v8::Local<v8::Value> value, int depth) {
    if (!IsPlainObject(value) || value->IsFunction()) return;
    v8::Local<v8::Object> object = value.As<v8::Object>();
    if (value->IsArray()) {
      const uint32_t length = std::min(value.As<v8::Array>()->Length(), kMostElements);
      const bool is_entry = IsEntry(object);
      for (uint32_t i = 0; i < length; i++) {
        const std::string key = std::to_string(i);
        v8::Local<v8::Value> element = Own(object, key);
        if (element.IsEmpty()) return;
        // A list of something else is not copied.
        if (!is_entry && !IsEntry(element)) return;
        AddProperty(index, key, element, depth - 1);
      }
      return;
    }
    for (const char* key : {"stack", "hasError", "value", "dispose", "async", "v", "d", "a", "u"}) {
      v8::Local<v8::Value> own = Own(object, key);
      if (own.IsEmpty()) continue;
      AddProperty(index, key, own, depth - 1);
      if (key == std::string_view("d") && own->IsFunction() && depth == kEntryDepth) {
        AddClosure(Find(own), 1);
      }
    }
  }

  static constexpr int kEntryDepth = 3;  // a variable's object, its list, and the entries of that

  const EnvData& env_;
  v8::Isolate* const isolate_;
  v8::Local<v8::Context> context_;
  CapturedHeld* out_;
  size_t first_value_ = 0, first_property_ = 0, first_variable_ = 0;
  std::vector<v8::Local<v8::Value>> values_;
  std::vector<int32_t> held_;
};

}  // namespace asynctb
