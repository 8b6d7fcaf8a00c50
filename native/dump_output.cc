// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "dump_output.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <ctime>

#include "patient_write.h"

namespace asynctb {

using std::chrono::duration_cast;
using std::chrono::milliseconds;
using std::chrono::system_clock;

namespace {

constexpr int kMostNames = 1'000;
std::atomic<int> last_sequence{0};

// Enough to create a file in it; not the right to list it, which O_RDONLY would need.
#ifdef O_PATH
constexpr int kDirectoryAccess = O_PATH;
#else
constexpr int kDirectoryAccess = O_RDONLY;
#endif

std::string Format(system_clock::time_point time, const char* format) {
  const time_t seconds = system_clock::to_time_t(time);
  struct tm parts;
  char text[64];
  if (gmtime_r(&seconds, &parts) == nullptr) return "";
  return std::string(text, strftime(text, sizeof(text), format, &parts));
}

class Directory {
 public:
  explicit Directory(const std::string& path)
      : fd_(open(path.c_str(), kDirectoryAccess | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)) {}
  ~Directory() {
    if (fd_ >= 0) close(fd_);
  }
  Directory(const Directory&) = delete;
  Directory& operator=(const Directory&) = delete;
  int fd() const { return fd_; }

 private:
  int fd_;
};

}  // namespace

void SayOnStderr(const std::string& message) {
  const std::string line = "asynctb: " + message + "\n";
  std::string_view rest = line;
  WriteAll(2, &rest, AtTheEnd::kMakeRoom);
}

std::string IsoTime(system_clock::time_point time) {
  const auto ms = duration_cast<milliseconds>(time.time_since_epoch()).count() % 1000;
  char fraction[16];
  snprintf(fraction, sizeof(fraction), ".%03dZ", static_cast<int>(ms));
  return Format(time, "%Y-%m-%dT%H:%M:%S") + fraction;
}

DumpOutput::~DumpOutput() {
  if (fd_ != 2) close(fd_);
}

void DumpOutput::Open(system_clock::time_point time) {
  if (options_.directory.empty()) return;
  const std::string reason = OpenFile(Format(time, "%Y%m%dT%H%M%SZ"));
  if (reason.empty()) return;
  SayOnStderr("no file in ASYNCTB_DIR " + options_.directory + ": " + reason +
              "; the dump follows here");
}

std::string DumpOutput::OpenFile(const std::string& stamp) {
  const Directory directory(options_.directory);
  if (directory.fd() < 0) {
    const int error = errno;
    struct stat found;
    if (lstat(options_.directory.c_str(), &found) == 0 && S_ISLNK(found.st_mode)) {
      return "it is a symbolic link; name the directory that it leads to";
    }
    return strerror(error);
  }
  for (int i = 0; i < kMostNames; i++) {
    const std::string name = "asynctb-" + stamp + "-" + std::to_string(getpid()) + "-" +
                             std::to_string(++last_sequence) + (options_.json ? ".json" : ".txt");
    // O_EXCL: never an existing file, and so never through a link that somebody has put there.
    const int fd = openat(directory.fd(), name.c_str(),
                          O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (fd >= 0) {
      // A umask may have taken away more than it should.
      fchmod(fd, 0600);
      fd_ = fd;
      path_ = options_.directory + "/" + name;
      return "";
    }
    if (errno != EEXIST) return strerror(errno);
  }
  return "all names are taken";
}

bool DumpOutput::Write(std::string_view text) {
  std::string_view rest = text;
  const int error = WriteAll(fd_, &rest, AtTheEnd::kStop);
  text.remove_suffix(rest.size());
  if (error == ECANCELED) {
    write_error_ = "the process is exiting, and the rest could not be written in time";
  } else if (error != 0) {
    write_error_ = strerror(error);
  }
  wrote_ = wrote_ || !text.empty();
  if (!text.empty()) ends_line_ = text.back() == '\n';
  return error == 0;
}

void DumpOutput::Close(const std::string& problem) {
  const std::string reason = write_error_.empty() ? problem : write_error_;
  if (!path_.empty()) {
    SayOnStderr((reason.empty() ? "dump written to " : "incomplete dump written to ") + path_ +
                (reason.empty() ? "" : ": " + reason));
  } else if (!reason.empty()) {
    std::string_view line_end = ends_line_ ? "" : "\n";
    WriteAll(fd_, &line_end, AtTheEnd::kMakeRoom);
    SayOnStderr((wrote_ ? "the dump above is incomplete: " : "no dump: ") + reason);
  }
}

}  // namespace asynctb
