// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

// HTTP requests that are open, from the sockets that Node holds: also those that no task stands
// behind any more, since what handled them was collected. Own data of Node's objects is read, and
// of that the method and the path.
#pragma once

#include <v8.h>

#include <vector>

#include "base/capture.h"
#include "heap/graph.h"

namespace asynctb {

// What is looked for, made while V8 may still allocate. The caller's HandleScope holds it.
class RequestKeys {
 public:
  explicit RequestKeys(const EnvData& env);

 private:
  friend class OpenRequestFinder;
  static constexpr int kCount = 12;
  v8::Local<v8::String> keys_[kCount];
  bool is_complete_ = false;
};

// SAFETY: reads addresses of the graph; does not allocate in the isolate.
void FindOpenRequests(const EnvData& env, const RequestKeys& keys, Graph* graph,
                      ThreadCapture* capture);

}  // namespace asynctb
