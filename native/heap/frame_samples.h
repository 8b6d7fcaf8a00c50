// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

// What is known of single tasks, where tasks that stand at the same places share their nodes.
#pragma once

#include <v8.h>

#include <cstdint>
#include <unordered_set>
#include <vector>

#include "base/capture.h"

namespace asynctb {

// One task of each group, the largest groups first, in nodes that it shares with no other task: for
// what differs among tasks in the same places.
struct FrameSamples {
  // How many frames are looked at. Behind them, tasks share their nodes again.
  size_t most = 0;
  // Its nodes and branches are those from here on.
  size_t first_node = 0, first_branch = 0;
  std::vector<int32_t> groups;  // the node of each group's sample
  // By node, counted from `first_node`: the activation, or the function of a callback. Empty: none.
  std::vector<v8::Local<v8::Object>> objects;
  bool is_cut = false;  // there were more frames
};

// `apart`: the nodes of which something is said that others do not share; the rest becomes those
// nodes again that tasks share. Null: all of them.
void UseSamples(ThreadCapture* capture, const FrameSamples& frames,
                const std::unordered_set<int32_t>* apart);
void DropSamples(ThreadCapture* capture, const FrameSamples& frames);

}  // namespace asynctb
