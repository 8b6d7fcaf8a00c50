// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "base/file_text.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <cstdlib>
#include <memory>

#include "base/own_descriptors.h"

namespace asynctb {

namespace {

bool IsReadable(const struct stat& status, size_t longest) {
  return S_ISREG(status.st_mode) && static_cast<uint64_t>(status.st_size) <= longest;
}

// The path without links; empty when there is nothing.
std::string RealPath(const std::string& path) {
  const std::unique_ptr<char, decltype(&free)> real(realpath(path.c_str(), nullptr), &free);
  return real == nullptr ? std::string() : std::string(real.get());
}

bool IsBelow(const std::string& path, const std::string& folder) {
  return !folder.empty() && path.size() > folder.size() + 1 &&
         path.compare(0, folder.size(), folder) == 0 && path[folder.size()] == '/';
}

}  // namespace

bool ReadFileText(const std::string& path, std::string* text, const std::string& root,
                  size_t longest) {
  // What follows a NUL would be cut off, and another file be read.
  if (path.empty() || path.find('\0') != std::string::npos) return false;
  std::string name = path;
  int flags = 0;
  if (!root.empty()) {
    name = RealPath(path);
    if (!IsBelow(name, RealPath(root))) return false;
    flags = O_NOFOLLOW;  // the last part is no link, unless it has just become one
  }
  // First without opening it, which some devices would notice.
  struct stat before;
  if (stat(name.c_str(), &before) != 0 || !IsReadable(before, longest)) return false;
  // Not waiting: opening a pipe would, for somebody who writes.
  const OwnDescriptor file =
      OwnDescriptor::Open(name.c_str(), O_RDONLY | O_NONBLOCK | O_NOCTTY | flags);
  struct stat status;
  if (!file.is_open() || fstat(file.get(), &status) != 0) return false;
  if (status.st_dev != before.st_dev || status.st_ino != before.st_ino) return false;
  if (!IsReadable(status, longest)) return false;
  text->resize(static_cast<size_t>(status.st_size));
  size_t filled = 0;
  while (filled < text->size()) {
    const ssize_t count = read(file.get(), text->data() + filled, text->size() - filled);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return false;
    if (count == 0) break;
    filled += static_cast<size_t>(count);
  }
  text->resize(filled);
  return true;
}

}  // namespace asynctb
