// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "values/held_to_js.h"

#include "values/table.h"

namespace asynctb {

using v8::Context;
using v8::Isolate;
using v8::Local;
using v8::Value;

Local<Value> CapturedHeldToJs(Isolate* isolate, Local<Context> context, const CapturedHeld& held) {
  if (held.is_empty()) return v8::Undefined(isolate);
  Local<Value> frames = TableToJs(isolate, context, held.frames, [](const HeldFrame& frame) {
    return HeldFrameRow{
        .node = frame.node,
        .values_begin = frame.values_begin,
        .values_count = frame.values_count,
        .entries_begin = frame.entries_begin,
        .entries_count = frame.entries_count,
        .properties_begin = frame.properties_begin,
        .properties_count = frame.properties_count,
        .variables_begin = frame.variables_begin,
        .variables_count = frame.variables_count,
        .following = frame.following,
        .next_function = frame.next_function,
        .next_receiver = frame.next_receiver,
        .is_whole = frame.is_whole ? 1 : 0,
    };
  });
  Local<Value> values = TableToJs(isolate, context, held.values, [](const PlainValue& value) {
    return PlainValueRow{
        .kind = value.kind,
        .text = value.text,
        .inner_stack = value.inner_stack,
        .entries_begin = value.entries_begin,
        .entries_count = value.entries_count,
    };
  });
  Local<Value> properties =
      TableToJs(isolate, context, held.properties, [](const PlainProperty& property) {
        return PlainPropertyRow{.of = property.of, .key = property.key, .value = property.value};
      });
  Local<Value> variables =
      TableToJs(isolate, context, held.variables, [](const PlainVariable& variable) {
        return PlainVariableRow{
            .function = variable.function,
            .scope = variable.scope,
            .name = variable.name,
            .value = variable.value,
        };
      });
  Local<Value> entries = TableToJs(isolate, context, held.entries, [](const PlainEntry& entry) {
    return PlainEntryRow{
        .value = entry.value,
        .method = entry.method,
        .block = entry.block,
        .is_async = entry.is_async ? 1 : 0,
        .is_exiting = entry.is_exiting ? 1 : 0,
        .is_argument = entry.is_argument ? 1 : 0,
    };
  });
  Local<Value> texts = TableToJs(isolate, context, held.texts, [](const SiteText& text) {
    return SiteTextRow{.site = text.site, .text = text.text};
  });
  return RecordToJs(isolate, context,
                    CapturedHeldRow{
                        .frames = frames,
                        .values = values,
                        .properties = properties,
                        .variables = variables,
                        .entries = entries,
                        .texts = texts,
                        .reads_blocks = held.reads_blocks,
                    });
}

}  // namespace asynctb
