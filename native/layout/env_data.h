// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

// What belongs to one environment (the main thread or a worker): the proven layout and what it
// makes possible. Made when the addon is loaded there, destroyed by the environment's cleanup.
// Only its own thread touches it.
#pragma once

#include <v8.h>

#include <memory>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>

#include "layout/debug_frames.h"
#include "layout/layout.h"
#include "layout/native_layout.h"
#include "v8/command_line.h"

struct uv_loop_s;

namespace asynctb {

class TaskIds;       // see heap/task_ids.h
class KeptPromises;  // see heap/kept_promises.h

class EnvData {
 public:
  explicit EnvData(v8::Isolate* isolate);
  EnvData(const EnvData&) = delete;
  EnvData& operator=(const EnvData&) = delete;

  v8::Isolate* isolate() const { return isolate_; }
  // The event loop of its thread; null where there was none at the proof.
  uv_loop_s* loop() const { return loop_; }

  // Capabilities to do without, comma-separated. Before the first proof.
  void set_disabled(std::string names) { disabled_ = std::move(names); }

  // Proves the layout at the first call; later calls are a flag's test. Runs JavaScript. What was
  // in the way only at that moment (no stack left, no file descriptor, a thread that is being
  // terminated) is tried again at the next call.
  void EnsureProven();
  // The same, and what only running stacks are read with: most extractions can do without it.
  void EnsureAllProven();
  // And what suspended WebAssembly is read with, which otherwise waits until there is some.
  void EnsureEverythingProven();
  bool proven() const { return proven_; }

  // For after one of these; nothing is available before.
  const Layout& layout() const { return layout_; }
  const NativeLayout& native_layout() const { return native_layout_; }
  const DebugLayout& debug_layout() const { return debug_layout_; }
  const CapabilityMap& capabilities() const { return capabilities_; }
  bool Can(const char* capability) const;
  // Why not, ready to be shown.
  std::string WhyNot(const char* capability) const;

  // What a script says of its source map, noted where one of its places is described, so that
  // it can be asked for later without finding the script again. It may be megabytes long: it is
  // neither copied nor kept alive. Returns the script's number, 0 if it says nothing.
  int NoteSourceMap(int script, v8::Local<v8::Value> url) const;
  v8::Local<v8::String> SourceMapUrl(int script) const;

  // What was registered for a function, whose id it is, hides its frames in dumps. 0: nothing any
  // more.
  void MarkFunction(const std::string& function_id, int marks);
  int MarksOfFunction(const std::string& function_id) const;

  // The time as Node's timers count it, in milliseconds; 0 when that is not known.
  double TimerNow() const;
  void NoteTimerStart(double milliseconds);

  // Where the command line can be read; null in threads that do not know it.
  const CommandLine* command_line() const { return command_line_.get(); }
  void SetCommandLine(std::unique_ptr<CommandLine> line) { command_line_ = std::move(line); }

  // Keeps what JavaScript is given a number for, until that is taken back or the environment ends.
  // Unlike an external value's, its memory does not wait for a collection and a turn of the loop.
  int Keep(std::shared_ptr<void> value);
  std::shared_ptr<void> TakeBack(int number);

  // By what tasks are known again; null until the first dump. What is kept in a call that only
  // looks.
  std::shared_ptr<TaskIds>& task_ids() const { return task_ids_; }

  // Null where none are kept.
  std::shared_ptr<KeptPromises>& kept_promises() { return kept_promises_; }
  const std::shared_ptr<KeptPromises>& kept_promises() const { return kept_promises_; }

 private:
  void ProveNativeStacks();
  void ProveRunningFrames();
  void ProveWasmStacks();
  void Disable();
  void SpreadFailures();

  v8::Isolate* isolate_;
  uv_loop_s* loop_ = nullptr;
  std::string disabled_;
  bool proven_ = false, all_proven_ = false;
  Layout layout_;
  NativeLayout native_layout_;
  DebugLayout debug_layout_;
  CapabilityMap capabilities_;
  // What is noted in a call that only looks.
  mutable std::unordered_map<int, v8::Global<v8::String>> source_maps_;
  mutable size_t next_sweep_ = 1024;
  std::unordered_map<std::string, int> function_marks_;
  std::unique_ptr<CommandLine> command_line_;
  std::unordered_map<int, std::shared_ptr<void>> kept_;
  int last_kept_ = 0;
  std::optional<double> timer_base_;  // of the clock of loops
  mutable std::shared_ptr<TaskIds> task_ids_;
  std::shared_ptr<KeptPromises> kept_promises_;
};

}  // namespace asynctb
