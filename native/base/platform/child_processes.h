// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

// The processes that this one has started, and not waited for yet.
#pragma once

#include <string>
#include <vector>

namespace asynctb {

struct ChildProcess {
  int pid = 0;
  std::vector<std::string> arguments;
};

// Those that run, behind each shell its own children as well, as `npm run` starts one. Any thread.
// Bounded in number and in length; empty where the system does not tell. Keeps errno.
std::vector<ChildProcess> ReadChildProcesses();

}  // namespace asynctb
