// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "watcher/dump_output.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <ctime>

#include "base/patient_write.h"

namespace asynctb {

using std::chrono::duration_cast;
using std::chrono::milliseconds;
using std::chrono::system_clock;

namespace {

constexpr int kMostNames = 1'000;
std::atomic<int> last_sequence{0};

// The files of this process, and whether it was said that there are no more. The thread's that
// writes dumps.
int file_count = 0;
bool is_cap_told = false;

// Enough to create a file in it; not the right to list it, which O_RDONLY would need.
#ifdef O_PATH
constexpr int kDirectoryAccess = O_PATH;
#else
constexpr int kDirectoryAccess = O_RDONLY;
#endif

// What a number stood for once, so as to notice when it stands for something else.
class OpenFileIdentity {
 public:
  void Note(int fd) { is_known_ = fstat(fd, &noted_) == 0; }
  bool IsStill(int fd) const {
    struct stat now;
    return is_known_ && fstat(fd, &now) == 0 && now.st_dev == noted_.st_dev &&
           now.st_ino == noted_.st_ino && now.st_rdev == noted_.st_rdev;
  }

 private:
  bool is_known_ = false;
  struct stat noted_ = {};
};

// Written by KeepStderr, before there is a thread that writes; never destroyed, since that thread
// may outlive static destructors.
struct KeptStderr {
  bool is_kept = false;
  OpenFileIdentity identity;
  OwnDescriptor descriptor;
};
KeptStderr& kept_stderr = *new KeptStderr();

// -1 when there is none: it was closed at start, or the program has closed ours as well.
int StderrDescriptor() {
  const KeptStderr& kept = kept_stderr;
  if (!kept.is_kept) return STDERR_FILENO;
  for (const int fd : {kept.descriptor.get(), STDERR_FILENO}) {
    if (kept.identity.IsStill(fd)) return fd;
  }
  return -1;
}

std::string Format(system_clock::time_point time, const char* format) {
  const time_t seconds = system_clock::to_time_t(time);
  struct tm parts;
  char text[64];
  if (gmtime_r(&seconds, &parts) == nullptr) return "";
  return std::string(text, strftime(text, sizeof(text), format, &parts));
}

// Why no dump of ours belongs into this directory, empty when it does. Who else may rename and
// remove its files could put others in their place.
std::string DistrustOf(int directory) {
  struct stat found;
  if (fstat(directory, &found) != 0) return strerror(errno);
  if (found.st_uid != geteuid() && found.st_uid != 0) {
    return "it belongs to another user (uid " + std::to_string(found.st_uid) + ")";
  }
  if ((found.st_mode & S_IWOTH) != 0 && (found.st_mode & S_ISVTX) == 0) {
    return "anybody may remove files in it; take away the right to write (chmod o-w), or set the "
           "sticky bit (chmod +t)";
  }
  return "";
}

}  // namespace

void KeepStderr() {
  if (kept_stderr.is_kept) return;
  kept_stderr.identity.Note(STDERR_FILENO);
  kept_stderr.descriptor = OwnDescriptor::Duplicate(STDERR_FILENO);
  kept_stderr.is_kept = true;
}

void SayWithoutMemory(std::string_view line) {
  WriteAll(StderrDescriptor(), &line, AtTheEnd::kMakeRoom);
}

void SayOnStderr(const std::string& message) { SayWithoutMemory("asynctb: " + message + "\n"); }

std::string IsoTime(system_clock::time_point time) {
  const auto ms = duration_cast<milliseconds>(time.time_since_epoch()).count() % 1000;
  char fraction[16];
  snprintf(fraction, sizeof(fraction), ".%03dZ", static_cast<int>(ms));
  return Format(time, "%Y-%m-%dT%H:%M:%S") + fraction;
}

void DumpOutput::Open(system_clock::time_point time) {
  if (options_.directory.empty()) return;
  if (file_count >= options_.most_files) {
    if (!is_cap_told) {
      SayOnStderr("no more files in ASYNCTB_DIR " + options_.directory +
                  ": this process has written as many as ASYNCTB_MAX_FILES allows (" +
                  std::to_string(options_.most_files) + "); dumps go to stderr from now on");
    }
    is_cap_told = true;
    return;
  }
  const std::string reason = OpenFile(Format(time, "%Y%m%dT%H%M%SZ"));
  if (reason.empty()) return;
  SayOnStderr("no file in ASYNCTB_DIR " + options_.directory + ": " + reason +
              "; the dump follows here");
}

std::string DumpOutput::OpenFile(const std::string& stamp) {
  directory_ =
      OwnDescriptor::Open(options_.directory.c_str(), kDirectoryAccess | O_DIRECTORY | O_NOFOLLOW);
  if (!directory_.is_open()) {
    const int error = errno;
    struct stat found;
    if (lstat(options_.directory.c_str(), &found) == 0 && S_ISLNK(found.st_mode)) {
      return "it is a symbolic link; name the directory that it leads to";
    }
    return strerror(error);
  }
  std::string distrust = DistrustOf(directory_.get());
  if (!distrust.empty()) return distrust;
  for (int i = 0; i < kMostNames; i++) {
    const std::string name = "asynctb-" + stamp + "-" + std::to_string(getpid()) + "-" +
                             std::to_string(++last_sequence) + "." + options_.extension;
    // O_EXCL: never an existing file, and so never through a link that somebody has put there.
    // To be read as well: what is in it already may have to be taken to stderr.
    file_ = OwnDescriptor::OpenAt(directory_.get(), name.c_str(),
                                  O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW, 0600);
    if (file_.is_open()) {
      // A umask may have taken away more than it should.
      fchmod(file_.get(), 0600);
      name_ = name;
      file_count++;
      return "";
    }
    if (errno != EEXIST) return strerror(errno);
  }
  return "all names are taken";
}

void DumpOutput::NoteError(int error) {
  if (error == 0) return;
  write_error_ = error == ECANCELED
                     ? "the process is exiting, and the rest could not be written in time"
                     : strerror(error);
}

bool DumpOutput::WriteToStderr(std::string_view text) {
  std::string_view rest = text;
  NoteError(WriteAll(StderrDescriptor(), &rest, AtTheEnd::kStop));
  text.remove_suffix(rest.size());
  wrote_ = wrote_ || !text.empty();
  if (!text.empty()) ends_line_ = text.back() == '\n';
  return write_error_.empty();
}

bool DumpOutput::Write(std::string_view text) {
  if (!write_error_.empty()) return false;
  if (file_.is_open()) {
    const size_t length = text.size();
    const int error = WriteAll(file_.get(), &text, AtTheEnd::kStop);
    size_ += length - text.size();
    if (error == 0) return true;
    if (error == ECANCELED) {
      NoteError(error);
      return false;
    }
    MoveToStderr(error);
  }
  return write_error_.empty() && WriteToStderr(text);
}

void DumpOutput::MoveToStderr(int error) {
  const std::string path = options_.directory + "/" + name_;
  SayOnStderr("no file in ASYNCTB_DIR " + options_.directory + ": " + strerror(error) +
              "; the dump follows here");
  char buffer[16 * 1024];
  uint64_t moved = 0;
  while (moved < size_ && write_error_.empty()) {
    const ssize_t count = pread(file_.get(), buffer, sizeof(buffer), static_cast<off_t>(moved));
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) break;
    WriteToStderr({buffer, static_cast<size_t>(count)});
    moved += static_cast<uint64_t>(count);
  }
  if (moved >= size_ && write_error_.empty()) {
    unlinkat(directory_.get(), name_.c_str(), 0);
    file_count--;
  } else {
    SayOnStderr("the first " + std::to_string(size_) + " bytes of the dump are in " + path);
  }
  file_.Close();
  name_.clear();
}

// Each closing of a descriptor of a file has it flushed where flushing is what finds out: so does
// that of a duplicate, with the file still at hand.
int DumpOutput::FlushFile() const {
  const int duplicate = fcntl(file_.get(), F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
  if (duplicate < 0) return 0;
  if (close(duplicate) == 0 || errno == EINTR) return 0;
  return errno;
}

void DumpOutput::Close(const std::string& problem) {
  if (file_.is_open()) {
    const int error = FlushFile();
    if (error != 0) MoveToStderr(error);
  }
  if (file_.is_open() && size_ == 0) {
    unlinkat(directory_.get(), name_.c_str(), 0);
    file_count--;
    name_.clear();
  }
  const std::string reason = write_error_.empty() ? problem : write_error_;
  if (!name_.empty()) {
    SayOnStderr((reason.empty() ? "dump written to " : "incomplete dump written to ") +
                options_.directory + "/" + name_ + (reason.empty() ? "" : ": " + reason));
  } else if (!reason.empty()) {
    std::string_view line_end = ends_line_ ? "" : "\n";
    WriteAll(StderrDescriptor(), &line_end, AtTheEnd::kMakeRoom);
    SayOnStderr((wrote_ ? "the dump above is incomplete: " : "no dump: ") + reason);
  }
}

}  // namespace asynctb
