// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

// Memory that is not to be had costs an answer, never the program. Containers throw then, and
// nothing of Node's, V8's or libuv's may be unwound by that: whatever those call, and each thread
// of ours, does its work in here.
#pragma once

#include <exception>
#include <utility>

namespace asynctb {

// False when there was no memory: then the work ended somewhere in the middle, and what it held has
// been given back.
template <typename Work>
bool WithMemory(Work&& work) {
  try {
    std::forward<Work>(work)();
    return true;
  } catch (
      const std::exception&) {  // bad_alloc, or length_error: the containers throw nothing else
    return false;
  }
}

}  // namespace asynctb
