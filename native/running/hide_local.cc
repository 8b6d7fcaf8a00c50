// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "running/hide_local.h"

#include "sites/hiding.h"

namespace asynctb {

using v8::Context;
using v8::Function;
using v8::Local;

std::vector<bool> FindHideLocals(const EnvData& env, Local<Context> context,
                                 const std::vector<Chain>& chains, size_t site_count) {
  std::vector<bool> asked(site_count), found(site_count);
  if (!env.Can("scopes")) return found;
  for (const Chain& chain : chains) {
    for (const ChainEntry& entry : chain.entries) {
      if (entry.site < 0 || entry.activation.IsEmpty() || asked[entry.site]) continue;
      asked[entry.site] = true;
      if (!entry.function->IsFunction()) continue;
      found[entry.site] = MentionsHideLocal(env.isolate(), context, entry.function.As<Function>());
    }
  }
  return found;
}

}  // namespace asynctb
