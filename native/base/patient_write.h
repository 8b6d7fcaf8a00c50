// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

// Writing to a reader that may be slow, or may never read: for as long as the program runs, and not
// when it ends. No call blocks in the kernel as long as nobody else fills the same pipe meanwhile,
// so that a thread that writes can be told to stop.
#pragma once

#include <string_view>

namespace asynctb {

enum class AtTheEnd {
  kStop,  // leave the rest
  // Make some more room in a pipe or socket that is full, so that a line still gets into it.
  kMakeRoom,
};

// Takes from `text` what was written. Returns errno, 0 when everything was; ECANCELED when it was
// told to stop before. Any thread that has SIGPIPE blocked or ignored.
int WriteAll(int fd, std::string_view* text, AtTheEnd at_the_end);

// Any thread: from now on, whoever writes does not wait for a reader any longer.
void StopWaitingForReaders();
// The process did not end after all.
void WaitForReadersAgain();

}  // namespace asynctb
