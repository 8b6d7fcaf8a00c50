// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "file_text.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

namespace asynctb {

namespace {

constexpr size_t kLongestFile = size_t{256} * 1024 * 1024;

class File {
 public:
  // Not waiting: opening a pipe would, for somebody who writes.
  explicit File(const std::string& path)
      : descriptor_(open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK)) {}
  ~File() {
    if (descriptor_ >= 0) close(descriptor_);
  }
  File(const File&) = delete;
  File& operator=(const File&) = delete;
  int descriptor() const { return descriptor_; }

 private:
  const int descriptor_;
};

}  // namespace

bool ReadFileText(const std::string& path, std::string* text) {
  // What follows a NUL would be cut off, and another file be read.
  if (path.empty() || path.find('\0') != std::string::npos) return false;
  const File file(path);
  struct stat status;
  if (file.descriptor() < 0 || fstat(file.descriptor(), &status) != 0) return false;
  if (!S_ISREG(status.st_mode) || static_cast<size_t>(status.st_size) > kLongestFile) return false;
  text->resize(static_cast<size_t>(status.st_size));
  size_t filled = 0;
  while (filled < text->size()) {
    const ssize_t count = read(file.descriptor(), text->data() + filled, text->size() - filled);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return false;
    if (count == 0) break;
    filled += static_cast<size_t>(count);
  }
  text->resize(filled);
  return true;
}

}  // namespace asynctb
