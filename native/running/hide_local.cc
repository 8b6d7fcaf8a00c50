// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "running/hide_local.h"

#include <algorithm>
#include <string_view>

#include "v8/v8_compat.h"

namespace asynctb {

using v8::Context;
using v8::Function;
using v8::HandleScope;
using v8::Isolate;
using v8::Local;
using v8::String;

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

std::vector<bool> FindHideLocals(const EnvData& env, Local<Context> context,
                                 const std::vector<Chain>& chains, size_t site_count) {
  std::vector<bool> asked(site_count), found(site_count);
  if (!env.Can("scopes")) return found;
  for (const Chain& chain : chains) {
    for (const ChainEntry& entry : chain.entries) {
      if (entry.site < 0 || entry.activation.IsEmpty() || asked[entry.site]) continue;
      asked[entry.site] = true;
      if (!entry.function->IsFunction()) continue;
      found[entry.site] =
          MentionsHideLocal(env.isolate(), context, entry.function.As<Function>());
    }
  }
  return found;
}

}  // namespace asynctb
