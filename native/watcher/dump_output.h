// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

// Where a dump goes: to stderr, or to a new file and its name to stderr. Plain system calls, for
// a thread beside the program, whatever the program has done to its streams. That thread has all
// signals blocked, and Node ignores these two: neither a reader that went away (SIGPIPE) nor a
// limit on file sizes (SIGXFSZ) ends the process.
//
// A dump is not lost while one of both takes it. What a file does not take goes to stderr: all of
// it, as the beginning is read back from the file, which is then removed.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/own_descriptors.h"

namespace asynctb {

struct OutputOptions {
  std::string directory;  // absolute; empty: to stderr
  std::string extension;  // of files, without a dot
  int most_files = 0;     // of this process; then dumps go to stderr
};

class DumpOutput {
 public:
  explicit DumpOutput(const OutputOptions& options) : options_(options) {}
  DumpOutput(const DumpOutput&) = delete;
  DumpOutput& operator=(const DumpOutput&) = delete;

  // Opens the file when there is to be one. A directory that cannot be used is reported, and the
  // dump goes to stderr after all.
  void Open(std::chrono::system_clock::time_point time);

  // Waits for a slow reader. False when no more can be written.
  bool Write(std::string_view text);

  // Says on stderr where the dump is, and what is missing: `problem` is empty when nothing is.
  void Close(const std::string& problem);

 private:
  // Returns why not, empty when it was done.
  std::string OpenFile(const std::string& stamp);
  // Has the whole dump on stderr from now on, as far as it was written to the file.
  void MoveToStderr(int error);
  bool WriteToStderr(std::string_view text);
  void NoteError(int error);
  // Some file systems say only now that they have no room for what they took.
  int FlushFile() const;

  const OutputOptions& options_;
  OwnDescriptor directory_, file_;  // the file: as long as it is where the dump goes
  std::string name_;                // in the directory; empty when there is no file
  uint64_t size_ = 0;               // of what was written to the file
  std::string write_error_;
  bool wrote_ = false;  // these two are of stderr
  bool ends_line_ = true;
};

// From now on "stderr" is what 2 stands for now, whatever the program puts there later. Main
// thread.
void KeepStderr();

// A whole line of our own on stderr, when there may be no memory.
void SayWithoutMemory(std::string_view line);
// A line of our own on stderr.
void SayOnStderr(const std::string& message);

// "2026-11-22T15:30:12.345Z"
std::string IsoTime(std::chrono::system_clock::time_point time);

}  // namespace asynctb
