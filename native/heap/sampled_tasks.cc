// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "heap/sampled_tasks.h"

#include <string_view>

#include "heap/task_contexts.h"
#include "heap/task_path.h"
#include "heap/task_requests.h"

namespace asynctb {

namespace {

// Stacks of more frames are compared by these.
constexpr int kMostFrames = 256;

// FNV-1a.
class PlaceHash {
 public:
  void Add(std::string_view text) {
    for (const char each : text) Add(static_cast<uint8_t>(each));
  }
  void Add(int32_t number) {
    for (int shift = 0; shift < 32; shift += 8) {
      Add(static_cast<uint8_t>(static_cast<uint32_t>(number) >> shift));
    }
  }
  uint32_t value() const { return value_; }

 private:
  void Add(uint8_t byte) { value_ = (value_ ^ byte) * 16'777'619u; }
  uint32_t value_ = 2'166'136'261u;
};

// Where the frames of a group stand, up to where it forks. The numbers of sites and of nodes
// differ from dump to dump; places and names do not.
uint32_t PlaceOf(const ThreadCapture& capture, const TaskGroup& group) {
  PlaceHash hash;
  int32_t node = group.node;
  for (int i = 0; i < kMostFrames && node >= 0; i++) {
    const StackNode& frame = capture.nodes[static_cast<size_t>(node)];
    if (frame.type == NodeType::kFrame) {
      const Site& site = capture.sites[static_cast<size_t>(frame.payload)];
      hash.Add(site.script_name);
      hash.Add(site.function_name);
      hash.Add(site.line);
      hash.Add(site.column);
    } else if (frame.type == NodeType::kCombinator) {
      hash.Add(-1 - frame.payload);
    } else {
      break;
    }
    node = frame.next;
  }
  return hash.value();
}

}  // namespace

void ReadSampledTasks(const EnvData& env, Graph* graph, const TaskSamples& tasks,
                      ThreadCapture* capture) {
  TaskContexts contexts(env);
  TaskRequests requests(env);
  const bool can_read = env.Can("asyncContext");
  for (const TaskSamples::Chosen& chosen : tasks.chosen()) {
    if (!chosen.is_shown) continue;
    SampledTask task;
    task.group = chosen.group;
    if (can_read) {
      const std::vector<TaskStep> path = PathOf(env, graph, chosen.root);
      contexts.Read(path, &task);
      requests.Read(path, &task);
    }
    capture->tasks.push_back(std::move(task));
  }
  requests.TakeBackShared(&capture->tasks);
}

void KnowTasksAgain(const TaskSamples& tasks, TaskIds* ids, ThreadCapture* capture) {
  int32_t last_group = -1;
  uint32_t place = 0;
  size_t shown = 0;
  for (const TaskSamples::Chosen& chosen : tasks.chosen()) {
    if (chosen.group != last_group) {
      last_group = chosen.group;
      place = PlaceOf(*capture, capture->groups[static_cast<size_t>(chosen.group)]);
    }
    const double seen_ms = ids->Stay(chosen.known_as, place);
    if (!chosen.is_shown) continue;
    SampledTask& task = capture->tasks[shown++];
    task.id = static_cast<double>(ids->IdOf(chosen.known_as));
    task.seen_ms = seen_ms;
  }
  capture->changes = ids->End();
}

}  // namespace asynctb
