// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "sites/frame_site.h"

#include <algorithm>

#include "sites/activation.h"
#include "sites/script_place.h"
#include "text/source_text.h"
#include "v8/handle_address.h"

namespace asynctb {

using v8::Isolate;
using v8::Local;
using v8::StackFrame;

namespace {

// V8's record of the frame leads to its script.
Address FindScript(const EnvData& env, Address frame) {
  const Layout& layout = env.layout();
  if (!env.Can("positions") || layout.script_line_offset < 0) return kNoAddress;
  // SAFETY: all fields of a StackFrameInfo are tagged.
  for (int offset = 8; offset < SizeOf(layout, frame); offset += 8) {
    Address script = ReadWord(frame, offset);
    if (HasType(script, layout.shared_type)) script = ScriptOf(layout, script);
    if (HasType(script, layout.script_type)) return script;
  }
  return kNoAddress;
}

// A frame's line counts from where its script claims to begin, which only the script itself knows.
// When that is not to be had, no text is better than that of another line.
std::string LineTextOfFrame(const EnvData& env, Local<StackFrame> frame, const Site& site) {
  const Layout& layout = env.layout();
  Local<v8::String> source = frame->GetScriptSource();
  if (source.IsEmpty() || site.line <= 0 || frame->IsWasm()) return "";
  // Nothing below allocates before the last use of this address.
  const Address script = FindScript(env, ToAddress(frame));
  if (script == kNoAddress) return "";
  const int row = site.line - 1 - SmiValue(ReadWord(script, layout.script_line_offset));
  const int first_column = row == 0 ? SmiValue(ReadWord(script, layout.script_column_offset)) : 0;
  const int column = std::max(site.column - 1 - first_column, 0);
  int start = 0, end = 0;
  // V8 has counted the lines to say which one this is; to search the text takes far longer.
  if (!FindLine(layout, script, row, &start, &end)) {
    return LineTextOf(env.isolate(), source, row, column);
  }
  end = std::min(end, source->Length());
  return start < end ? CutLine(env.isolate(), source, start, end, column) : "";
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
  site.line_text = LineTextOfFrame(env, frame, site);
  site.kind = frame->IsWasm() ? FrameKind::kWasm : FrameKind::kFunction;
  return site;
}

}  // namespace asynctb
