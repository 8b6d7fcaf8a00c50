// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

// Event loops of our own, for what needs one to be there. They are made once and kept: each takes
// four descriptors (an epoll, an eventfd and a pipe for signals), which the program may have used
// up by the time at which the loop is needed.
#pragma once

#include <uv.h>

#include "base/own_descriptors.h"

namespace asynctb {

// 0, or libuv's error. libuv closes what it has opened with `uv__close`, which aborts the process
// when that is 0, 1 or 2: so the loop gets none of them.
inline int InitOwnLoop(uv_loop_t* loop) {
  const StandardDescriptorsTaken taken;
  return uv_loop_init(loop);
}

}  // namespace asynctb
