// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "values/heap_room.h"

#include "base/file_text.h"

namespace asynctb {

using v8::Isolate;
using v8::MaybeLocal;
using v8::String;

bool HasRoom(Isolate* isolate, double bytes, double limit) {
  v8::HeapStatistics heap;
  isolate->GetHeapStatistics(&heap);
  return static_cast<double>(heap.used_heap_size()) + bytes < limit;
}

MaybeLocal<String> TextInRoom(Isolate* isolate, const std::string& text, double limit) {
  if (!HasRoom(isolate, 2.0 * static_cast<double>(text.size()), limit)) return {};
  return String::NewFromUtf8(isolate, text.data(), v8::NewStringType::kNormal,
                             static_cast<int>(text.size()));
}

MaybeLocal<String> FileInRoom(Isolate* isolate, const std::string& path, const std::string& root,
                              size_t longest, double limit) {
  std::string text;
  if (!ReadFileText(path, &text, root, longest)) return {};
  return TextInRoom(isolate, text, limit);
}

}  // namespace asynctb
