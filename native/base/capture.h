// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

// What one thread answers to a dump: plain data, free of V8 handles, so that it can be made on
// one thread and turned into JavaScript values in another isolate. `to_js` gives it the shape
// that `lib/base/capture-schema.ts` defines, as it does the enums.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/capture_schema.h"
#include "base/captured_held.h"

namespace asynctb {

// A place in the program, described once however many frames stand there.
struct Site {
  std::string function_name;
  std::string script_name;
  std::string line_text;
  std::string function_id;  // see FunctionIdOf; empty when unknown
  int32_t line = 0;         // 1-based, 0 when unknown
  int32_t column = 0;       // 1-based, 0 when unknown
  FrameKind kind = FrameKind::kFunction;
  FrameState state = FrameState::kSuspended;
  // Where the text of the script holds this place, and where its function begins (at the
  // parameters); -1 when unknown.
  int32_t script_id = -1, offset = -1, function_offset = -1;
  // The line and column of `offset`, 1-based: V8's place, which is not always where control is.
  int32_t offset_line = 0, offset_column = 0;
  bool delegates = false;          // a generator that stands at a `yield*`
  bool has_several_names = false;  // its functions were given more names than are told apart
  bool awaits_race = false;        // its text awaits a call of `Promise.race`
  int32_t hiding = 0;              // SiteMark::kHide, SiteMark::kHideLine
  int32_t script = 0;              // V8's number of a script that names a source map, else 0
  // With a source map: the text before the function's parameters, where its name stands in most
  // forms, and the line and column behind it, 1-based, 0 when unknown.
  std::string function_head;
  int32_t function_line = 0, function_column = 0;
};

// What a script says of its source map: a URL, or the map itself in one.
struct SourceMapNote {
  int32_t script = 0;
  std::string url;
  bool is_left_out = false;  // it was too long to be copied
};

// A frame and what it waits for. Equal stacks share their nodes.
struct StackNode {
  NodeType type = NodeType::kLeaf;
  int32_t payload = 0;
  int32_t next = -1;  // index into nodes, -1: the end
  int32_t branches_begin = 0;
  int32_t branches_count = 0;
  // Of a combinator: how many inputs it was given, 0 when unknown; `kPerhapsRace`.
  int32_t total = 0;
};

struct Branch {
  int32_t index = -1;  // which input of the combinator, -1 when it cannot be known
  int32_t node = 0;
};

struct TaskGroup {
  int32_t count = 0;
  int32_t node = 0;
  bool is_stuck = false;  // nothing can ever resume them
  int32_t sample = -1;    // the node of one of its tasks, where more is known of that; -1: `node`
};

// A node of one task alone, and the one that tasks like it share.
struct SampleNode {
  int32_t node = 0, like = 0;
};

// What a task's context says under a key.
struct ContextEntry {
  std::string key, value;
  bool is_lasting = false;  // chosen for all dumps, not only for those of somebody who asks for it
};

// One of a group's tasks, of which a sample is told apart.
struct SampledTask {
  int32_t group = 0;  // index into groups
  double id = 0;      // of the process; the same in its next dump
  // How long it has been here, as earlier dumps have seen; milliseconds.
  double seen_ms = 0;
  std::vector<ContextEntry> context;
  // Of the HTTP request that it is for; empty: none was found.
  std::string method, url;
  double age_ms = -1;  // of that request; negative: not known
};

// An HTTP request that has come in, or that was sent, and is not over.
struct OpenRequest {
  std::string method, url;  // the path, without the query
  bool is_server = false;
  bool has_task = false;  // a suspended function has it, or waits for it
};

// What has become of the tasks of the thread's last dump, as far as all are known in both.
struct TaskChanges {
  double since_ms = 0;
  double fresh = 0, gone = 0, moved = 0;
};

struct ActiveResource {
  std::string type;
  int32_t count = 0;
};

// Who holds what settles the promises at the ends of stacks: see the schema.
struct Evidence {
  struct Leaf {
    int32_t group = 0, node = 0, branch = -1, thing = 0, waiter = -1;
  };
  struct Thing {
    EvidenceKind kind = EvidenceKind::kPromise;
    std::string class_name;
    int32_t site = -1;
    int32_t fields_begin = 0, fields_count = 0;
    int32_t marks = 0;
    double task = 0;
  };
  struct Edge {
    int32_t held = 0, holder = 0;
    EvidenceLink link = EvidenceLink::kSome;
    std::string name;
    int32_t index = -1;
    bool rejects = false;
    bool is_used = true;
  };
  struct Field {
    std::string name;
    FieldType type = FieldType::kNumber;
    double number = 0;
    std::string text;
  };
  struct Waker {
    int32_t owner = 0, holder = 0;
    WakerVia via = WakerVia::kReleaser;
    std::string name;
    int32_t count = 1, members = 0;
    bool is_used = true, is_alone = false;
  };
  struct Need {
    int32_t holder = 0, leaf = -1;
    bool is_like = false, is_race = false;
  };
  std::vector<Waker> wakers;
  std::vector<Need> needs;
  std::vector<Leaf> leaves;
  std::vector<Thing> things;
  std::vector<Edge> edges;
  std::vector<Field> fields;
  double now = 0;
  bool is_cut = false;
};

struct CaptureError {
  std::string code;
  std::string message;
};

struct ThreadCapture {
  double thread_id = 0;
  std::string name;
  ThreadStatus status = ThreadStatus::kOk;
  std::optional<ThreadActivity> activity = ThreadActivity::kRunning;  // nothing: not known
  bool has_running = false;
  std::vector<int32_t> running;  // site indices, outermost first
  std::vector<Site> sites;
  std::vector<SourceMapNote> source_maps;  // of the scripts of `sites`
  std::vector<StackNode> nodes;
  std::vector<Branch> branches;
  std::vector<TaskGroup> groups;  // largest first
  std::vector<SampleNode> sample_nodes;
  std::vector<SampledTask> tasks;  // in the order of their groups
  std::vector<OpenRequest> open_requests;
  std::vector<ActiveResource> active_resources;
  double task_count = 0;
  std::optional<TaskChanges> changes;
  Evidence evidence;
  CapturedHeld held;  // of a task of each group
  double heap_objects = 0;
  double activation_count = 0;
  double promise_count = 0;
  double pause_ms = 0;
  double wait_ms = 0;  // from the question to the begin of the pause
  std::vector<CaptureError> errors;
  // The command line as the process shows it now, if this thread knows it; else empty.
  std::vector<std::string> arguments;
};

}  // namespace asynctb
