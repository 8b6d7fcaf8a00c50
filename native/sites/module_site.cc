// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

// Where a module that has not begun waits: at the import of what it waits for.

#include <v8.h>

#include <algorithm>

#include "sites/activation.h"
#include "sites/script_place.h"
#include "text/source_text.h"
#include "v8/handle_address.h"

namespace asynctb {

using v8::Data;
using v8::Isolate;
using v8::Local;
using v8::String;
using v8::Value;

void SiteTable::DescribeModule(Local<v8::Module> module, int request, Site* site) const {
  Isolate* isolate = env_.isolate();
  const Layout& layout = env_.layout();
  Local<Data> code = module->GetUnboundModuleScript();
  if (code.IsEmpty()) return;
  // Both of V8's names for a script that is bound to no context stand for the same object.
  Local<v8::UnboundScript> script = ToLocal<v8::UnboundScript>(isolate, ToAddress(code));
  site->script_name = ToUtf8(isolate, script->GetScriptName());
  Local<v8::FixedArray> requests = module->GetModuleRequests();
  if (request < 0 || request >= requests->Length()) return;
  const Address entry = ReadWord(ToAddress(requests), 16 + 8 * request);
  const int offset = ToLocal<v8::ModuleRequest>(isolate, entry)->GetSourceOffset();
  v8::Location location = module->SourceOffsetToLocation(offset);
  site->line = location.GetLineNumber() + 1;
  site->column = location.GetColumnNumber() + 1;
  if (!env_.Can("positions")) return;
  const Address where = ScriptOf(layout, ToAddress(code));
  int start = 0, end = 0;
  const int row = location.GetLineNumber();
  if (where == kNoAddress || !FindLine(layout, where, row, &start, &end)) return;
  Local<Value> source = ToScriptValue(isolate, ReadWord(where, layout.script_source));
  if (!source->IsString()) return;
  Local<String> text = source.As<String>();
  end = std::min(end, text->Length());
  if (start >= end) return;
  site->line_text = CutLine(isolate, text, start, end, location.GetColumnNumber());
}

}  // namespace asynctb
