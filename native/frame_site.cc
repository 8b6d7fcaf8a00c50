// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "frame_site.h"

#include <algorithm>

#include "source_text.h"

namespace asynctb {

using v8::Isolate;
using v8::Local;
using v8::StackFrame;

namespace {

// A frame's line counts from where its script claims to begin, which only the script itself knows;
// V8's record of the frame leads to it. False when it does not: then no text is better than that
// of another line.
bool FindScriptOffsets(const EnvData& env, Address frame, int* line, int* column) {
  const Layout& layout = env.layout();
  if (!env.Can("positions") || layout.script_line_offset < 0) return false;
  // SAFETY: all fields of a StackFrameInfo are tagged.
  for (int offset = 8; offset < SizeOf(layout, frame); offset += 8) {
    Address script = ReadWord(frame, offset);
    if (HasType(script, layout.shared_type)) script = ScriptOf(layout, script);
    if (!HasType(script, layout.script_type)) continue;
    *line = SmiValue(ReadWord(script, layout.script_line_offset));
    *column = SmiValue(ReadWord(script, layout.script_column_offset));
    return true;
  }
  return false;
}

}  // namespace

Site SiteOfFrame(const EnvData& env, Local<StackFrame> frame) {
  Isolate* isolate = env.isolate();
  Site site;
  site.function_name = ToUtf8(isolate, frame->GetFunctionName());
  site.script_name = ToUtf8(isolate, frame->GetScriptNameOrSourceURL());
  site.script_id = frame->GetScriptId();
  site.script = env.NoteSourceMap(frame->GetScriptId(), frame->GetScriptSourceMappingURL());
  site.line = std::max(frame->GetLineNumber(), 0);
  site.column = std::max(frame->GetColumn(), 0);
  int first_line = 0, first_column = 0;
  Local<v8::String> source = frame->GetScriptSource();
  if (!source.IsEmpty() && site.line > 0 && !frame->IsWasm() &&
      FindScriptOffsets(env, ToAddress(frame), &first_line, &first_column)) {
    const int row = site.line - 1 - first_line;
    const int column = site.column - 1 - (row == 0 ? first_column : 0);
    site.line_text = LineTextOf(isolate, source, row, std::max(column, 0));
  }
  site.kind = frame->IsWasm() ? FrameKind::kWasm : FrameKind::kFunction;
  return site;
}

}  // namespace asynctb
