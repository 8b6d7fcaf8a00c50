// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "threads/thread_capture.h"

#include <algorithm>
#include <chrono>
#include <optional>
#include <unordered_set>

#include "base/context_keys.h"
#include "base/enough_memory.h"
#include "base/platform/thread_clock.h"
#include "heap/evidence.h"
#include "heap/graph.h"
#include "heap/heap_walk.h"
#include "heap/kept_promises.h"
#include "heap/open_requests.h"
#include "heap/sampled_tasks.h"
#include "heap/stuck.h"
#include "heap/task_nodes.h"
#include "running/running_details.h"
#include "sites/activation.h"
#include "sites/frame_site.h"
#include "threads/active_resources.h"
#include "threads/held_capture.h"
#include "threads/lacks.h"
#include "v8/v8_compat.h"

namespace asynctb {

using v8::HandleScope;
using v8::Isolate;
using v8::Local;
using v8::StackFrame;
using v8::StackTrace;

namespace {

constexpr int kMostRunningFrames = 200;

void CaptureRunning(const EnvData& env, ThreadCapture* capture, bool is_own) {
  std::vector<Site> sites = RunningSites(env, kMostRunningFrames);
  NoteRunningFunctions(env, &sites, is_own);
  capture->has_running = !sites.empty();
  for (auto site = sites.rbegin(); site != sites.rend(); ++site) {
    capture->running.push_back(static_cast<int32_t>(capture->sites.size()));
    capture->sites.push_back(*site);
  }
}

// The engine needs these to say anything about promises.
bool Supported(const EnvData& env, ThreadCapture* capture) {
  for (const char* need : {"promises", "asyncFunctions", "asyncGenerators"}) {
    if (env.Can(need)) continue;
    NoteNoTasks(env, need, capture);
    return false;
  }
  return true;
}

// The thread stands still for as long as this takes to copy: a few milliseconds.
constexpr size_t kMostMapBytes = 32u << 20;

// For who maps the sites elsewhere. A map within its script is copied, as it goes with the script.
void CaptureSourceMaps(const EnvData& env, ThreadCapture* capture) {
  Isolate* isolate = env.isolate();
  std::unordered_set<int32_t> seen;
  size_t bytes = 0;
  for (const Site& site : capture->sites) {
    if (site.script == 0 || !seen.insert(site.script).second) continue;
    HandleScope scope(isolate);
    SourceMapNote note;
    note.script = site.script;
    Local<v8::String> url = env.SourceMapUrl(site.script);
    const size_t needed = Utf8Bytes(isolate, url);
    note.is_left_out = bytes + needed > kMostMapBytes;
    if (!note.is_left_out) {
      note.url.resize(needed);
      note.url.resize(WriteUtf8(isolate, url, note.url.data(), needed));
      bytes += needed;
    }
    capture->source_maps.push_back(std::move(note));
  }
}

// What cannot be read is said, so that it does not look like there was nothing.
void NoteLacks(const EnvData& env, int details, ThreadCapture* capture) {
  for (const char* capability : {"combinators", "resolvers", "callbacks", "modules", "microtasks",
                                 "positions", "functionNames"}) {
    NoteLack(env, capability, capture);
  }
  if (!ContextKeys::Get().Now()->empty()) NoteLack(env, "asyncContext", capture);
  if ((details & Detail::kExplain) != 0) NoteLack(env, "holders", capture);
}

// So many frames of tasks are looked into for what they hold.
constexpr size_t kMostSampledFrames = 5'000;

// What frames hold; `has_all`: their variables are read, too, by the caller.
void UseFrameSamples(const EnvData& env, SiteTable* sites, const FrameSamples& frames, bool has_all,
                     ThreadCapture* capture) {
  const bool holds = CaptureHeld(env, sites, frames, capture);
  if (!holds && !has_all) {
    DropSamples(capture, frames);
    return;
  }
  std::unordered_set<int32_t> apart;
  for (const HeldFrame& frame : capture->held.frames) apart.insert(frame.node);
  UseSamples(capture, frames, has_all ? nullptr : &apart);
  if (!frames.is_cut) return;
  capture->errors.push_back(
      {"ERR_ASYNCTB_TOO_MANY", std::string(has_all ? "the variables of" : "what is held by") +
                                   " more than " + std::to_string(frames.most) +
                                   " frames is not read"});
}

}  // namespace

std::vector<Site> RunningSites(const EnvData& env, int limit) {
  Isolate* isolate = env.isolate();
  std::vector<Site> sites;
  if (!isolate->InContext()) return sites;
  HandleScope scope(isolate);
  Local<StackTrace> trace = StackTrace::CurrentStackTrace(isolate, limit, StackTrace::kDetailed);
  if (trace.IsEmpty()) return sites;
  for (int i = 0; i < trace->GetFrameCount(); i++) {
    Local<StackFrame> frame = trace->GetFrame(isolate, static_cast<uint32_t>(i));
    Site site = SiteOfFrame(env, frame);
    site.state = FrameState::kRunning;
    sites.push_back(std::move(site));
  }
  return sites;
}

namespace {

// Why tasks wait: who holds what settles the promises at the ends of their stacks.
class Explanation {
 public:
  Explanation(const EnvData& env, SiteTable* sites, bool is_wanted)
      : env_(env), writer_(env, sites) {
    if (is_wanted && env.Can("holders") && env.Can("heapWalk")) candidates_.emplace(env);
  }

  HolderGraph::Candidates* candidates() { return candidates_ ? &*candidates_ : nullptr; }

  // In a large heap it may make the thread stand still for twice as long as it would without: what
  // was noted during the walk takes its part of that, too.
  void Find(const Graph& graph, const TaskSamples& tasks, const TaskIds& ids,
            const ThreadCapture& capture) {
    if (!candidates_) return;
    constexpr std::chrono::milliseconds kLeast{40};
    HolderLimits limits;
    limits.time =
        std::max<std::chrono::nanoseconds>(kLeast, (ThreadClock::Spent() - begin_) * 2 / 5);
    const auto before = ThreadClock::Spent();
    writer_.Find(*candidates_, FindLeafPlaces(graph, tasks, capture), limits);
    writer_.FindWakers(graph, std::max(before + limits.time, ThreadClock::Spent() + kLeast / 4));
    writer_.FindTasks(graph, tasks, ids);
  }

  void Describe(ThreadCapture* capture) {
    if (!candidates_) return;
    capture->evidence = writer_.Describe();
    capture->evidence.now = env_.TimerNow();
  }

 private:
  const EnvData& env_;
  EvidenceWriter writer_;
  std::optional<HolderGraph::Candidates> candidates_;
  const std::chrono::nanoseconds begin_ = ThreadClock::Spent();
};

void CaptureAll(const EnvData& env, ThreadCapture* capture, bool is_own, FrameSamples* samples,
                int details) {
  Isolate* isolate = env.isolate();
  std::optional<HandleScope> scope;
  if (samples == nullptr) scope.emplace(isolate);
  if (Supported(env, capture)) {
    OwnHandles own(isolate);
    const RequestKeys keys(env);
    Graph graph;
    SiteTable sites(env);
    sites.FoldNames();
    sites.NoteHiding();
    Explanation explanation(env, &sites, (details & Detail::kExplain) != 0);
    if (graph.Build(env, &sites, nullptr, nullptr, explanation.candidates())) {
      TaskIds& ids = TaskIds::Of(env);
      ids.Find();
      Stuck stuck;
      ids.AddTo(&own);
      KeptPromises::AddTo(env, &own);
      const std::string no_stuck =
          (details & Detail::kStuck) != 0 ? stuck.Find(env, &graph, own) : "";
      TaskSamples tasks(&graph, &ids);
      TaskNodes nodes(env, &graph, &sites, capture, stuck);
      nodes.Collect(&tasks);
      ReadSampledTasks(env, &graph, tasks, capture);
      FindOpenRequests(env, keys, &graph, capture);
      explanation.Find(graph, tasks, ids, *capture);
      FrameSamples few;
      few.most = kMostSampledFrames;
      FrameSamples* frames = samples == nullptr ? &few : samples;
      nodes.Sample(frames);
      // From here on allocation is allowed: no address is used any more.
      UseFrameSamples(env, &sites, *frames, samples != nullptr, capture);
      capture->sites = sites.TakeDescribed();
      explanation.Describe(capture);
      KnowTasksAgain(tasks, &ids, capture);
      if (!sites.unread_wasm().empty()) {
        NoteLack("wasmStacks", sites.unread_wasm(), capture);
      }
      capture->heap_objects = graph.walk().heap_objects;
      if (!no_stuck.empty()) NoteLack("stuck", no_stuck, capture);
      if (const std::string why = KeptPromises::WhyNotAll(env); !why.empty()) {
        capture->errors.push_back({"ERR_ASYNCTB_TOO_MANY", why});
      }
      NoteLacks(env, details, capture);
      if (!graph.complete()) {
        capture->errors.push_back(
            {"ERR_ASYNCTB_OUT_OF_MEMORY", "there was no memory for all tasks that were found"});
      }
    } else {
      capture->errors.push_back({"ERR_ASYNCTB_UNSUPPORTED", graph.walk().reason});
    }
  }
  CountActiveResources(env.loop(), capture);
  CaptureRunning(env, capture, is_own);
  if (!is_own) CaptureSourceMaps(env, capture);
  if (!is_own && env.command_line() != nullptr) {
    capture->arguments = env.command_line()->Arguments();
  }
  if (!capture->has_running) {
    // Nothing is on its way on a thread that is idle. (Where the queues can be read this is known.)
    for (StackNode& node : capture->nodes) {
      if (node.type == NodeType::kReady && !env.Can("microtasks")) node.type = NodeType::kCollected;
    }
  }
  capture->activity = capture->has_running ? ThreadActivity::kRunning : ThreadActivity::kIdle;
}

}  // namespace

void ForgetForMemory(ThreadCapture* capture) {
  capture->has_running = false;
  capture->running = {};
  capture->sites = {};
  capture->source_maps = {};
  capture->nodes = {};
  capture->branches = {};
  capture->groups = {};
  capture->sample_nodes = {};
  capture->open_requests = {};
  capture->active_resources = {};
  capture->tasks = {};
  capture->held = {};
  capture->task_count = 0;
  WithMemory([&] {
    capture->errors.push_back(
        {"ERR_ASYNCTB_OUT_OF_MEMORY", "there was no memory to read the thread's stacks"});
  });
}

namespace {

// The time in which the thread stands still for it.
template <typename Work>
double Milliseconds(Work work) {
  const auto start = std::chrono::steady_clock::now();
  work();
  return std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start)
      .count();
}

}  // namespace

void CaptureThread(const EnvData& env, ThreadCapture* capture, bool is_own, FrameSamples* samples,
                   int details) {
  capture->pause_ms = Milliseconds([&] {
    const auto capture_all = [&] { CaptureAll(env, capture, is_own, samples, details); };
    if (!WithMemory(capture_all)) ForgetForMemory(capture);
  });
}

void WalkThread(const EnvData& env, ThreadCapture* capture) {
  capture->activity = ThreadActivity::kRunning;
  capture->pause_ms = Milliseconds([&] { capture->heap_objects = WalkHeapOnly(env).heap_objects; });
}

}  // namespace asynctb
