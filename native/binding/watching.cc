// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

// The boundary of `asynctb/register`. Arguments were made by `lib/register`, not by users.

#include <v8.h>

#include "binding/exports.h"
#include "binding/handles.h"
#include "heap/kept_promises.h"
#include "layout/env_data.h"
#include "threads/thread_capture.h"
#include "v8/called_by.h"
#include "v8/v8_compat.h"
#include "watcher/signal_watcher.h"
#include "watcher/watchdog.h"

namespace asynctb {

using v8::Isolate;

namespace {

node::Environment* CurrentEnvironment() {
  return node::GetCurrentEnvironment(Isolate::GetCurrent()->GetCurrentContext());
}

// configureWatcher(formatter, process, uptimeMs, directory, format, extension, mostFiles,
// processObject, shows) → false when it was done before
Napi::Value ConfigureWatcher(const Napi::CallbackInfo& info) {
  node::Environment* env = CurrentEnvironment();
  WatcherOptions options;
  options.platform = node::GetMultiIsolatePlatform(env);
  options.formatter = info[0].As<Napi::String>().Utf8Value();
  options.process = info[1].As<Napi::String>().Utf8Value();
  options.uptime_ms = info[2].As<Napi::Number>().DoubleValue();
  options.output.directory = info[3].As<Napi::String>().Utf8Value();
  options.format = info[4].As<Napi::String>().Utf8Value();
  options.output.extension = info[5].As<Napi::String>().Utf8Value();
  Isolate* isolate = Isolate::GetCurrent();
  info.Env().GetInstanceData<EnvData>()->SetCommandLine(std::make_unique<CommandLine>(
      isolate, isolate->GetCurrentContext(), FromNapi(info[7]).As<v8::Object>()));
  options.shows = info[8].As<Napi::String>().Utf8Value();
  options.output.most_files = info[6].As<Napi::Number>().Int32Value();
  return Napi::Boolean::New(info.Env(), SignalWatcher::Get().Configure(std::move(options), env));
}

// watchSignal(number) → '' or why not
Napi::Value WatchSignal(const Napi::CallbackInfo& info) {
  return Napi::String::New(info.Env(),
                           SignalWatcher::Get().Watch(info[0].As<Napi::Number>().Int32Value()));
}

// Whether `process.exit()` is what JavaScript does at the moment.
bool IsInExit(Isolate* isolate) {
  return IsCalledBy(isolate, "exit", "node:internal/process/per_thread");
}

// dumpAtExit(id, name, isDry, isBrief, onlyIfPending) → '' or why not. What runs is the program's
// end, and not worth showing; but a task that runs is not suspended.
Napi::Value DumpAtExit(const Napi::CallbackInfo& info) {
  EnvData& data = *info.Env().GetInstanceData<EnvData>();
  data.EnsureAllProven();
  ThreadCapture capture;
  capture.thread_id = info[0].As<Napi::Number>().DoubleValue();
  capture.name = info[1].As<Napi::String>().Utf8Value();
  CaptureThread(data, &capture, false, nullptr, SignalWatcher::Get().details());
  const bool is_dry = info[2].As<Napi::Boolean>() && !IsInExit(Isolate::GetCurrent());
  // No microtask is left then, so whoever seems ready to resume is not: what it awaits was pending,
  // and has been collected since nobody could settle it.
  for (StackNode& node : capture.nodes) {
    if (is_dry && node.type == NodeType::kReady) node.type = NodeType::kLeaf;
  }
  capture.running.clear();
  if (is_dry) capture.activity = ThreadActivity::kIdle;
  const bool only_if_pending = info[4].As<Napi::Boolean>();
  if (only_if_pending && capture.task_count == 0) return Napi::String::New(info.Env(), "");
  const bool is_brief = info[3].As<Napi::Boolean>();
  return Napi::String::New(
      info.Env(), SignalWatcher::Get().DumpAtExit(std::move(capture), is_brief, only_if_pending));
}

// findStuck(): dumps that nobody's JavaScript asks for tell what nothing can ever settle.
Napi::Value FindStuck(const Napi::CallbackInfo& info) {
  SignalWatcher::Get().FindStuck();
  return info.Env().Undefined();
}

// keepPending(): from now on the pending promises of this thread are kept alive.
Napi::Value KeepPending(const Napi::CallbackInfo& info) {
  KeptPromises::Begin(info.Env().GetInstanceData<EnvData>());
  return info.Env().Undefined();
}

// startWatcher() → '' or why not: the thread that prints what the watchdog has found. Main thread.
Napi::Value StartWatcher(const Napi::CallbackInfo& info) {
  return Napi::String::New(info.Env(), SignalWatcher::Get().Start());
}

// pauseBetweenDumps(ms): for tests that need many.
Napi::Value PauseBetweenDumps(const Napi::CallbackInfo& info) {
  SignalWatcher::Get().PauseBetweenDumps(
      std::chrono::milliseconds(info[0].As<Napi::Number>().Int64Value()));
  return info.Env().Undefined();
}

// mostTextAtOnce(bytes): for tests of what is made in several parts.
Napi::Value MostTextAtOnce(const Napi::CallbackInfo& info) {
  SignalWatcher::Get().MostTextAtOnce(static_cast<size_t>(info[0].As<Napi::Number>().Int64Value()));
  return info.Env().Undefined();
}

Napi::Value IsWatcherStarted(const Napi::CallbackInfo& info) {
  return Napi::Boolean::New(info.Env(), SignalWatcher::Get().is_started());
}

// watchLoop(id, thresholdMs, callback(RawThread) or undefined): dumps the current thread whenever
// its loop has not turned for so long; 0 for never.
Napi::Value WatchLoop(const Napi::CallbackInfo& info) {
  Watchdog::Get().WatchCurrentThread(
      Isolate::GetCurrent(), info[0].As<Napi::Number>().DoubleValue(),
      std::chrono::milliseconds(info[1].As<Napi::Number>().Int64Value()),
      [](double thread_id) { SignalWatcher::Get().DumpThread(thread_id); }, FromNapi(info[2]));
  return info.Env().Undefined();
}

}  // namespace

void ExportWatching(Napi::Env env, Napi::Object exports) {
  const auto add = [&](const char* name, Napi::Value (*function)(const Napi::CallbackInfo&)) {
    Export(env, exports, name, function);
  };
  add("configureWatcher", ConfigureWatcher);
  add("watchSignal", WatchSignal);
  add("findStuck", FindStuck);
  add("keepPending", KeepPending);
  add("startWatcher", StartWatcher);
  add("isWatcherStarted", IsWatcherStarted);
  add("pauseBetweenDumps", PauseBetweenDumps);
  add("mostTextAtOnce", MostTextAtOnce);
  add("watchLoop", WatchLoop);
  add("dumpAtExit", DumpAtExit);
}

}  // namespace asynctb
