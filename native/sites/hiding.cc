// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "sites/hiding.h"

#include <algorithm>

#include "base/capture.h"
#include "sites/scopes.h"
#include "sites/script_place.h"
#include "v8/handle_address.h"
#include "v8/v8_compat.h"

namespace asynctb {

using v8::Array;
using v8::Context;
using v8::Function;
using v8::HandleScope;
using v8::Isolate;
using v8::Local;
using v8::Object;
using v8::String;
using v8::Symbol;
using v8::Value;

namespace {

constexpr std::u16string_view kHideLocal = u"__tracebackhide__";
// The variable stands at the top of a function; a bundle's module is not searched to its end.
constexpr int kMostSearched = 64 * 1024;

}  // namespace

bool Mentions(Isolate* isolate, Local<Context> context, Local<Function> function,
              std::u16string_view wanted) {
  HandleScope scope(isolate);
  v8::TryCatch guard(isolate);
  // V8's own text of the function, not a `toString` that the program may have put in its place.
  Local<String> text;
  if (!function->FunctionProtoToString(context).ToLocal(&text)) return false;
  std::u16string units(std::min(text->Length(), kMostSearched), u'\0');
  if (units.empty()) return false;
  WriteTwoByte(isolate, text, reinterpret_cast<uint16_t*>(units.data()), 0,
               static_cast<uint32_t>(units.size()));
  return units.find(wanted) != std::u16string::npos;
}

bool MentionsHideLocal(Isolate* isolate, Local<Context> context, Local<Function> function) {
  return Mentions(isolate, context, function, kHideLocal);
}

bool MayMentionHideLocal(const EnvData& env, Local<Function> function) {
  constexpr int kMostSearchedInDumps = 8 * 1024;
  Isolate* isolate = env.isolate();
  HandleScope scope(isolate);
  Local<String> text = ScriptTextOf(env, function);
  if (text->Length() == 0) return false;
  const int begin = OffsetOfFunction(env, function);
  const int end = std::min(text->Length(), begin + kMostSearchedInDumps);
  if (begin < 0 || begin >= end) return false;
  std::u16string units(static_cast<size_t>(end - begin), u'\0');
  WriteTwoByte(isolate, text, reinterpret_cast<uint16_t*>(units.data()),
               static_cast<uint32_t>(begin), static_cast<uint32_t>(units.size()));
  return units.find(kHideLocal) != std::u16string::npos;
}

bool HasHideLocal(Local<Context> context, Local<Value> scopes) {
  if (!scopes->IsArray()) return false;
  Isolate* isolate = Isolate::GetCurrent();
  Local<String> name = String::NewFromUtf8Literal(isolate, "__tracebackhide__");
  Local<Array> list = scopes.As<Array>();
  for (uint32_t i = 0; i < list->Length(); i++) {
    Local<Value> scope;
    if (list->Get(context, i).ToLocal(&scope) && scope->IsObject() &&
        scope.As<Object>()->HasOwnProperty(context, name).FromMaybe(false)) {
      return true;
    }
  }
  return false;
}

bool HidesItself(Local<Context> context, Local<Function> function) {
  Isolate* isolate = Isolate::GetCurrent();
  // What a proxy answers is the program's.
  if (function->IsProxy()) return false;
  Local<Symbol> key = Symbol::For(isolate, String::NewFromUtf8Literal(isolate, "asynctb.hide"));
  if (!function->HasOwnProperty(context, key).FromMaybe(false)) return false;
  Local<Value> found;
  if (!function->GetOwnPropertyDescriptor(context, key).ToLocal(&found) || !found->IsObject()) {
    return false;
  }
  // An accessor has none, and what a descriptor inherits may be the program's.
  Local<Object> descriptor = found.As<Object>();
  Local<String> value = String::NewFromUtf8Literal(isolate, "value");
  return descriptor->HasOwnProperty(context, value).FromMaybe(false) &&
         descriptor->Get(context, value).ToLocal(&found) && found->IsTrue();
}

int HidingMarks(const EnvData& env, Local<Function> function, const std::string& function_id,
                Local<Object> activation) {
  Isolate* isolate = env.isolate();
  HandleScope scope(isolate);
  v8::TryCatch guard(isolate);
  int marks = env.MarksOfFunction(function_id);
  if ((marks & SiteMark::kHide) != 0) return marks;
  Local<Context> context;
  if (!CreationContextOf(isolate, function).ToLocal(&context)) return marks;
  const Context::Scope inside(context);
  const bool hides =
      HidesItself(context, function) ||
      (!activation.IsEmpty() && env.Can("scopes") && MayMentionHideLocal(env, function) &&
       HasHideLocal(context, ReadScopes(env, context, activation)));
  return hides ? marks | SiteMark::kHide : marks;
}

}  // namespace asynctb
