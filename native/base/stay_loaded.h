// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

// Node unloads an addon with the last environment that has loaded it, which may be a worker's. What
// the process may call afterwards, a signal handler or a thread of ours, keeps it.
#pragma once

#include <dlfcn.h>

namespace asynctb {

inline void StayLoaded() {
  Dl_info info;
  static const char here = 0;
  if (dladdr(&here, &info) == 0) return;
  dlopen(info.dli_fname, RTLD_LAZY | RTLD_NOLOAD | RTLD_NODELETE);
}

}  // namespace asynctb
