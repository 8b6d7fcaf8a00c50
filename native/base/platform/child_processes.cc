// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "base/platform/child_processes.h"

#if defined(__linux__)

#include <dirent.h>
#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <string_view>

#include "base/own_descriptors.h"

namespace asynctb {

namespace {

constexpr size_t kMostChildren = 64;
constexpr int kMostThreads = 1'024;
constexpr int kMostShells = 3;  // one below the other
constexpr size_t kLongestList = 16u << 10;
constexpr size_t kLongestCommand = 4u << 10;

// At most so many bytes; empty where nothing can be read.
std::string ReadBeginning(const std::string& path, size_t most) {
  const OwnDescriptor file = OwnDescriptor::Open(path.c_str(), O_RDONLY);
  std::string text(most, '\0');
  size_t length = 0;
  while (file.is_open() && length < most) {
    const ssize_t count = read(file.get(), text.data() + length, most - length);
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) break;
    length += static_cast<size_t>(count);
  }
  text.resize(length);
  return text;
}

std::vector<std::string> ReadArguments(int pid) {
  const std::string text =
      ReadBeginning("/proc/" + std::to_string(pid) + "/cmdline", kLongestCommand);
  std::vector<std::string> arguments;
  // A process that has ended, and that nobody has waited for, has none.
  for (size_t at = 0; at < text.size();) {
    const size_t end = std::min(text.find('\0', at), text.size());
    arguments.push_back(text.substr(at, end - at));
    at = end + 1;
  }
  return arguments;
}

// The children that one thread of a process has started.
void AddChildrenOf(const std::string& thread, std::vector<int>* pids) {
  const std::string list = ReadBeginning(thread + "/children", kLongestList);
  // The last one may be cut.
  const size_t whole = list.rfind(' ');
  for (size_t at = 0; whole != std::string::npos && at < whole;) {
    const size_t end = list.find(' ', at);
    const int pid = atoi(list.substr(at, end - at).c_str());
    if (pid > 0 && pids->size() < kMostChildren) pids->push_back(pid);
    at = end + 1;
  }
}

std::vector<int> ChildrenOf(const std::string& process) {
  std::vector<int> pids;
  const std::string path = "/proc/" + process + "/task";
  DIR* threads = opendir(path.c_str());
  if (threads == nullptr) {
    // No descriptor is left for it, and one is in reserve for this: the first thread has them all,
    // unless workers have started some.
    AddChildrenOf(path + "/" + (process == "self" ? std::to_string(getpid()) : process), &pids);
    return pids;
  }
  for (int i = 0; i < kMostThreads; i++) {
    const dirent* entry = readdir(threads);
    if (entry == nullptr) break;
    if (entry->d_name[0] != '.') AddChildrenOf(path + "/" + entry->d_name, &pids);
  }
  closedir(threads);
  return pids;
}

bool IsShell(const std::vector<std::string>& arguments) {
  std::string_view name = arguments.front();
  name.remove_prefix(name.rfind('/') + 1);
  for (const char* shell : {"sh", "bash", "dash", "ash", "zsh", "ksh"}) {
    if (name == shell) return true;
  }
  return false;
}

void Add(const std::string& process, int shells, std::vector<ChildProcess>* found) {
  for (const int pid : ChildrenOf(process)) {
    if (found->size() >= kMostChildren) return;
    std::vector<std::string> arguments = ReadArguments(pid);
    if (arguments.empty()) continue;
    const bool is_shell = IsShell(arguments);
    found->push_back({pid, std::move(arguments)});
    if (is_shell && shells < kMostShells) Add(std::to_string(pid), shells + 1, found);
  }
}

}  // namespace

std::vector<ChildProcess> ReadChildProcesses() {
  const int saved_errno = errno;
  std::vector<ChildProcess> found;
  Add("self", 0, &found);
  errno = saved_errno;
  return found;
}

}  // namespace asynctb

#else

namespace asynctb {

std::vector<ChildProcess> ReadChildProcesses() { return {}; }

}  // namespace asynctb

#endif
