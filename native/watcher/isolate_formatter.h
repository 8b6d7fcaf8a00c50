// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

// Runs the formatters of `lib/isolate-entry.ts` on a thread that has no JavaScript of its
// own: in an isolate that is made for one dump and gone after it. Nothing of the program's is
// involved, whatever state it is in.
#pragma once

#include <uv.h>

#include <cstddef>
#include <string>
#include <vector>

#include "base/capture.h"
#include "base/platform/child_processes.h"
#include "base/text_pile.h"
#include "v8/v8_compat.h"
#include "v8/v8_gate.h"

namespace asynctb {

// What is to be printed.
struct DumpContent {
  std::vector<ThreadCapture> threads;
  std::string process;  // JSON of `RawProcess`, as it was when the watcher was configured
  std::vector<ChildProcess> children;
  std::string title;  // what stands for the command line now; empty: nothing
  double uptime_ms = 0;
  std::string reason;
  std::string time;              // ISO 8601
  std::string format;            // one of those in `lib/format/dump-formats.ts`
  std::string shows;             // what is shown besides the program's own frames, with commas
  std::string rules;             // `AddedRules::Snapshot::json`
  bool only_if_pending = false;  // no text for a program that waits for nothing of its own
};

class IsolateFormatter {
 public:
  struct Result {
    std::string problem;  // why the text is not complete, empty when it is
    // So many pieces were there before, or were added; there are more, but no room for them.
    size_t pieces = 0;
    bool has_more = false;
  };

  IsolateFormatter(node::MultiIsolatePlatform* platform, V8Gate* gate, std::string source)
      : platform_(platform), gate_(gate), source_(std::move(source)) {}

  // Makes the event loop that an isolate must have, unless it is there: as early as possible, while
  // there are file descriptors. Before the first Format on another thread, or on its thread.
  bool MakeLoop();

  // Puts the text in UTF-8 into `text`, without its first `skipped` pieces. It is inside of the
  // gate meanwhile, and the isolate has gone when this returns: whoever writes the text may take
  // forever. What there was when the gate was shut stays in `text`.
  Result Format(const DumpContent& content, size_t skipped, TextPile* text);

 private:
  Result FormatInside(const DumpContent& content, size_t skipped, TextPile* text, bool with_maps);
  // `most_map_bytes`: what the heap may hold with source maps, 0 for a dump without them.
  Result RunIn(v8::Isolate* isolate, const DumpContent& content, size_t skipped, TextPile* text,
               size_t most_map_bytes);
  Result Iterate(v8::Isolate* isolate, v8::Local<v8::Context> context,
                 v8::Local<v8::Object> iterator, size_t skipped, TextPile* text);
  std::string Describe(v8::Isolate* isolate, const v8::TryCatch& caught);

  node::MultiIsolatePlatform* platform_;
  V8Gate* gate_;
  std::string source_;
  uv_loop_t loop_;  // kept from dump to dump; only the thread that formats runs it
  bool has_loop_ = false;
};

}  // namespace asynctb
