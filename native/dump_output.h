// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

// Where a dump goes: to stderr, or to a new file and its name to stderr. Plain system calls, for
// a thread beside the program, whatever the program has done to its streams.
#pragma once

#include <chrono>
#include <string>
#include <string_view>

namespace asynctb {

struct OutputOptions {
  std::string directory;  // absolute; empty: to stderr
  bool json = false;
};

class DumpOutput {
 public:
  explicit DumpOutput(const OutputOptions& options) : options_(options) {}
  ~DumpOutput();
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

  const OutputOptions& options_;
  int fd_ = 2;
  std::string path_;
  std::string write_error_;
  bool wrote_ = false;
  bool ends_line_ = true;
};

// A line of our own on stderr.
void SayOnStderr(const std::string& message);

// "2026-11-22T15:30:12.345Z"
std::string IsoTime(std::chrono::system_clock::time_point time);

}  // namespace asynctb
