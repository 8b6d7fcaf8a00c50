// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

// Runs the formatters of `lib/format/isolate-entry.ts` on a thread that has no JavaScript of its
// own: in an isolate that is made for one dump and gone after it. Nothing of the program's is
// involved, whatever state it is in.
#pragma once

#include <node.h>

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "capture.h"
#include "v8_gate.h"

namespace asynctb {

// What is to be printed. The captures are taken apart to save memory.
struct DumpContent {
  std::vector<ThreadCapture> threads;
  std::string process;  // JSON of `RawProcess`
  double uptime_ms = 0;
  std::string reason;
  std::string time;  // ISO 8601
  bool json = false;
};

class IsolateFormatter {
 public:
  // Takes a piece of UTF-8. False: no use in going on.
  using Sink = std::function<bool(std::string_view)>;

  IsolateFormatter(node::MultiIsolatePlatform* platform, V8Gate* gate, std::string source)
      : platform_(platform), gate_(gate), source_(std::move(source)) {}

  // Gives the text to `sink` piece by piece, outside of the gate. Returns why the text is not
  // complete, empty when it is. When the gate closes while a piece is written, it never returns.
  std::string Format(DumpContent content, const Sink& sink);

 private:
  std::string RunIn(v8::Isolate* isolate, DumpContent* content, const Sink& sink);
  std::string Iterate(v8::Isolate* isolate, v8::Local<v8::Context> context,
                      v8::Local<v8::Object> iterator, const Sink& sink);

  node::MultiIsolatePlatform* platform_;
  V8Gate* gate_;
  std::string source_;
};

}  // namespace asynctb
