// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "base/patient_write.h"

#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <cstddef>

namespace asynctb {

namespace {

// How long until a writer that waits looks whether it should stop: only a slow reader costs this.
constexpr int kLookMs = 50;
constexpr size_t kMostAtOnce = 1u << 20;

std::atomic<bool> stopped{false};

enum class Kind { kFile, kSocket, kPipe };

Kind KindOf(int fd) {
  struct stat found;
  if (fstat(fd, &found) != 0) return Kind::kPipe;
  if (S_ISSOCK(found.st_mode)) return Kind::kSocket;
  return S_ISREG(found.st_mode) || S_ISBLK(found.st_mode) ? Kind::kFile : Kind::kPipe;
}

// As write(2), but EAGAIN where that would wait for a reader, whether or not the program has made
// the descriptor non-blocking.
ssize_t WriteSome(int fd, Kind kind, std::string_view text) {
  switch (kind) {
    case Kind::kFile:
      return write(fd, text.data(), std::min(text.size(), kMostAtOnce));
    case Kind::kSocket: {
      int flags = MSG_DONTWAIT;
#ifdef MSG_NOSIGNAL
      flags |= MSG_NOSIGNAL;
#endif
      return send(fd, text.data(), std::min(text.size(), kMostAtOnce), flags);
    }
    case Kind::kPipe: {
      // Also a terminal. What is ready takes at least this much.
      struct pollfd ready = {fd, POLLOUT, 0};
      if (poll(&ready, 1, 0) == 0) {
        errno = EAGAIN;
        return -1;
      }
      return write(fd, text.data(), std::min<size_t>(text.size(), PIPE_BUF));
    }
  }
  return -1;
}

// Doubles what fits in before somebody reads.
bool MakeRoom(int fd, Kind kind) {
  if (kind == Kind::kSocket) {
    int size = 0;
    socklen_t length = sizeof(size);
    return getsockopt(fd, SOL_SOCKET, SO_SNDBUF, &size, &length) == 0 &&
           setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &size, sizeof(size)) == 0;
  }
#ifdef F_SETPIPE_SZ
  const int size = fcntl(fd, F_GETPIPE_SZ);
  return size > 0 && fcntl(fd, F_SETPIPE_SZ, 2 * size) >= 0;
#else
  return false;
#endif
}

}  // namespace

int WriteAll(int fd, std::string_view* text, AtTheEnd at_the_end) {
  if (fd < 0) return EBADF;  // which poll would wait for
  const Kind kind = KindOf(fd);
  bool has_made_room = false;
  while (!text->empty()) {
    const ssize_t written = WriteSome(fd, kind, *text);
    if (written == 0) return EIO;  // no system does that, and to try again might have no end
    if (written > 0) {
      text->remove_prefix(static_cast<size_t>(written));
      if (stopped && at_the_end == AtTheEnd::kStop && !text->empty()) return ECANCELED;
    } else if (errno == EAGAIN || errno == EWOULDBLOCK) {
      if (stopped) {
        if (at_the_end == AtTheEnd::kStop || has_made_room || !MakeRoom(fd, kind)) {
          return ECANCELED;
        }
        has_made_room = true;
        continue;
      }
      struct pollfd wait = {fd, POLLOUT, 0};
      if (poll(&wait, 1, kLookMs) < 0 && errno != EINTR) return errno;
    } else if (errno != EINTR) {
      return errno;
    }
  }
  return 0;
}

void StopWaitingForReaders() { stopped = true; }

void WaitForReadersAgain() { stopped = false; }

}  // namespace asynctb
