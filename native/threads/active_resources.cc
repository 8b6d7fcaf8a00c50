// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "threads/active_resources.h"

#include <uv.h>

#include <map>
#include <string>

#include "base/enough_memory.h"

namespace asynctb {

namespace {

// Of a TCP socket or a pipe. SAFETY: the field is one of libuv's public structure.
bool IsServer(const uv_handle_t* handle) {
  return reinterpret_cast<const uv_stream_t*>(handle)->connection_cb != nullptr;
}

// Null for what Node does not count.
const char* NameOf(const uv_handle_t* handle) {
  switch (handle->type) {
    case UV_TCP:
      return IsServer(handle) ? "TCPServerWrap" : "TCPSocketWrap";
    case UV_NAMED_PIPE:
      return IsServer(handle) ? "PipeServerWrap" : "PipeWrap";
    case UV_TTY:
      return "TTYWrap";
    case UV_UDP:
      return "UDPWrap";
    case UV_PROCESS:
      return "ProcessWrap";
    case UV_SIGNAL:
      return "SignalWrap";
    case UV_FS_EVENT:
      return "FSEventWrap";
    case UV_FS_POLL:
      return "StatWatcher";
    case UV_ASYNC:
      return "MessagePort";
    // One handle of Node's for all timers, and one for all immediates.
    case UV_TIMER:
      return "Timeout";
    case UV_IDLE:
      return "Immediate";
    default:
      return nullptr;
  }
}

}  // namespace

void CountActiveResources(uv_loop_s* loop, ThreadCapture* capture) {
  if (loop == nullptr) return;
  std::map<std::string, int32_t> counts;
  struct Walk {
    std::map<std::string, int32_t>* counts;
  } walk = {&counts};
  const auto visit = [](uv_handle_t* handle, void* data) {
    const char* name = NameOf(handle);
    if (name == nullptr || uv_is_active(handle) == 0 || uv_has_ref(handle) == 0 ||
        uv_is_closing(handle) != 0) {
      return;
    }
    // libuv knows no exceptions.
    WithMemory([&] { (*static_cast<Walk*>(data)->counts)[name]++; });
  };
  uv_walk(loop, visit, &walk);
  for (const auto& [name, count] : counts) capture->active_resources.push_back({name, count});
}

}  // namespace asynctb
