// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

// What frames of sampled tasks hold by `using` declarations, as plain data: values in words, and
// what of them the rules of lib/resources/ look at.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/capture_schema.h"

namespace asynctb {

struct HeldFrame {
  int32_t node = -1;
  int32_t values_begin = 0, values_count = 0;
  int32_t entries_begin = 0, entries_count = 0;
  int32_t properties_begin = 0, properties_count = 0;
  int32_t variables_begin = 0, variables_count = 0;
  // Values, counted from `values_begin`, as in all that follows.
  int32_t following = -1, next_function = -1, next_receiver = -1;
  bool is_whole = true;
};

struct PlainValue {
  PlainKind kind = PlainKind::kUndefined;
  std::string text;
  int32_t inner_stack = -1;  // a node; -1: none, -2: that is being looked into
  int32_t entries_begin = 0, entries_count = -1;
};

struct PlainProperty {
  int32_t of = -1;
  std::string key;
  int32_t value = -1;
};

struct PlainVariable {
  int32_t function = -1;  // -1: the frame's own
  int32_t scope = 0;
  std::string name;
  int32_t value = -1;  // -1: its declaration has not run
};

struct PlainEntry {
  int32_t value = -1, method = -1, block = 0;
  bool is_async = false, is_exiting = false, is_argument = false;
};

struct SiteText {
  int32_t site = -1;
  std::string text;
};

struct CapturedHeld {
  std::vector<HeldFrame> frames;
  std::vector<PlainValue> values;
  std::vector<PlainProperty> properties;
  std::vector<PlainVariable> variables;
  std::vector<PlainEntry> entries;
  std::vector<SiteText> texts;
  bool reads_blocks = false;

  bool is_empty() const { return frames.empty(); }
};

}  // namespace asynctb
