// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "watcher/plain_text.h"

#include <unistd.h>

#include <cstdint>
#include <string_view>

#include "base/enough_memory.h"

namespace asynctb {

namespace {

constexpr size_t kMostGroups = 1'000;
constexpr int kMostFrames = 100;

// Bytes of UTF-8 that a terminal might obey, or not show: control characters, marks of the
// direction of writing, characters without a width. How many bytes such a one has, 0 for what is
// harmless.
size_t UnsafeLength(std::string_view text) {
  const auto byte = [&](size_t i) {
    return i < text.size() ? static_cast<unsigned char>(text[i]) : 0u;
  };
  if (byte(0) < 0x20 || byte(0) == 0x7f) return 1;
  if (byte(0) == 0xc2 && byte(1) >= 0x80 && byte(1) <= 0x9f) return 2;
  if (byte(0) == 0xe2 && byte(1) == 0x80) {
    const bool is_mark =
        (byte(2) >= 0x8b && byte(2) <= 0x8f) || (byte(2) >= 0xa8 && byte(2) <= 0xae);
    return is_mark ? 3 : 0;
  }
  if (byte(0) == 0xe2 && byte(1) == 0x81) return byte(2) >= 0xa0 && byte(2) <= 0xaf ? 3 : 0;
  if (byte(0) == 0xef && byte(1) == 0xbb && byte(2) == 0xbf) return 3;
  return 0;
}

std::string Clean(std::string_view text) {
  std::string clean;
  while (!text.empty()) {
    const size_t unsafe = UnsafeLength(text);
    clean += unsafe > 0 ? '?' : text.front();
    text.remove_prefix(unsafe > 0 ? unsafe : 1);
  }
  return clean;
}

std::string Count(double count, const std::string& what) {
  return std::to_string(static_cast<int64_t>(count)) + " " + what + (count == 1 ? "" : "s");
}

const char* NameOf(int32_t combinator) {
  switch (static_cast<CombinatorKind>(combinator)) {
    case CombinatorKind::kAll:
      return "Promise.all";
    case CombinatorKind::kAllSettled:
      return "Promise.allSettled";
    case CombinatorKind::kAny:
      return "Promise.any";
    case CombinatorKind::kRace:
      return "Promise.race";
    case CombinatorKind::kFromAsync:
      return "Array.fromAsync";
    case CombinatorKind::kModules:
    case CombinatorKind::kResolve:
    case CombinatorKind::kSettlers:
      break;
  }
  return "several promises";
}

std::string How(const std::string& reason) {
  if (reason == "signal") return "by signal";
  if (reason == "watchdog") return "by the watchdog";
  return reason == "exit" ? "at exit" : reason;
}

class Writer {
 public:
  explicit Writer(TextPile* text) : text_(text) {}
  void Line(const std::string& line) { text_->Add(line + "\n"); }

  void Thread(const ThreadCapture& thread) {
    Line("");
    Line("=== thread " + std::to_string(static_cast<int64_t>(thread.thread_id)) + " \"" +
         Clean(thread.name) + "\": " +
         (thread.status != ThreadStatus::kOk
              ? WordOf(thread.status)
              : Activity(thread) + ", " + Tasks(thread, thread.task_count, thread.groups.size())) +
         " ===");
    for (const CaptureError& error : thread.errors) Line("! " + Clean(error.message));
    if (thread.has_running) {
      Line("");
      Line("running now:");
      for (const int32_t site : thread.running) Frame(thread, site);
    }
    double rest = 0;
    for (size_t i = 0; i < thread.groups.size(); i++) {
      if (i >= kMostGroups) {
        rest += thread.groups[i].count;
        continue;
      }
      Line("");
      Line(Count(thread.groups[i].count, "task") +
           (thread.groups[i].count == 1 ? " waits here:" : " wait here:"));
      Stack(thread, thread.groups[i].node);
    }
    if (rest > 0) {
      Line("");
      Line("and " + Count(rest, "more task") + " elsewhere");
    }
  }

 private:
  static std::string Activity(const ThreadCapture& thread) {
    return thread.activity.has_value() ? WordOf(*thread.activity) : "";
  }

  static std::string Tasks(const ThreadCapture& thread, double tasks, size_t places) {
    if (tasks == 0) {
      return thread.errors.empty() ? "no suspended tasks" : "suspended tasks not known";
    }
    return Count(tasks, "suspended task") + " at " + Count(static_cast<double>(places), "place");
  }

  void Frame(const ThreadCapture& thread, int32_t index) {
    const Site& site = thread.sites[static_cast<size_t>(index)];
    Line("╠ " + (site.function_name.empty() ? "<anonymous>" : Clean(site.function_name)) + " at " +
         Clean(site.script_name) + ":" + std::to_string(site.line) + ":" +
         std::to_string(site.column));
    const size_t indentation = site.line_text.find_first_not_of(" \t");
    if (indentation == std::string::npos) return;
    Line("║ └ " + Clean(std::string_view(site.line_text).substr(indentation)));
  }

  // The frames up to the first branch.
  void Stack(const ThreadCapture& thread, int32_t at) {
    for (int i = 0; at >= 0 && i < kMostFrames; i++) {
      const StackNode& node = thread.nodes[static_cast<size_t>(at)];
      if (node.type == NodeType::kFrame) {
        Frame(thread, node.payload);
      } else if (node.type == NodeType::kCombinator) {
        return Line("╚ " + std::string(NameOf(node.payload)) + ", of which " +
                    Count(node.branches_count, "input") +
                    (node.branches_count == 1 ? " is" : " are") + " pending");
      } else if (node.type == NodeType::kCycle) {
        return Line("╚ a frame above");
      }
      at = node.next;
    }
  }

  TextPile* text_;
};

}  // namespace

void WritePlainText(const DumpContent& content, const std::string& reason, TextPile* text) {
  WithMemory([&] {
    Writer writer(text);
    const std::string pid = std::to_string(getpid());
    double tasks = 0;
    for (const ThreadCapture& thread : content.threads) tasks += thread.task_count;
    writer.Line("=== asynctb dump of process " + pid + ", " + How(content.reason) + ", " +
                content.time + " ===");
    writer.Line("in short, as " + reason);
    writer.Line("total: " + Count(tasks, "suspended task") + " in " +
                Count(static_cast<double>(content.threads.size()), "thread"));
    for (const ThreadCapture& thread : content.threads) writer.Thread(thread);
    writer.Line("");
    writer.Line("=== end of asynctb dump of process " + pid + " ===");
  });
}

}  // namespace asynctb
