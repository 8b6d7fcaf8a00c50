// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "values/evidence_to_js.h"

#include "values/table.h"

namespace asynctb {

using v8::Context;
using v8::Isolate;
using v8::Local;
using v8::Value;

Local<Value> EvidenceToJs(Isolate* isolate, Local<Context> context, const Evidence& evidence) {
  if (evidence.leaves.empty()) return v8::Undefined(isolate);
  Local<Value> leaves =
      TableToJs(isolate, context, evidence.leaves, [](const Evidence::Leaf& leaf) {
        return EvidenceLeafRow{
            .group = leaf.group,
            .node = leaf.node,
            .branch = leaf.branch,
            .thing = leaf.thing,
            .waiter = leaf.waiter,
        };
      });
  Local<Value> things =
      TableToJs(isolate, context, evidence.things, [](const Evidence::Thing& thing) {
        return EvidenceThingRow{
            .kind = thing.kind,
            .class_name = thing.class_name,
            .site = thing.site,
            .fields_begin = thing.fields_begin,
            .fields_count = thing.fields_count,
            .marks = thing.marks,
            .task = thing.task,
        };
      });
  Local<Value> edges = TableToJs(isolate, context, evidence.edges, [](const Evidence::Edge& edge) {
    return EvidenceEdgeRow{
        .held = edge.held,
        .holder = edge.holder,
        .link = edge.link,
        .name = edge.name,
        .index = edge.index,
        .rejects = edge.rejects,
        .is_used = edge.is_used,
    };
  });
  Local<Value> fields =
      TableToJs(isolate, context, evidence.fields, [](const Evidence::Field& field) {
        return EvidenceFieldRow{
            .name = field.name, .type = field.type, .number = field.number, .text = field.text};
      });
  Local<Value> wakers =
      TableToJs(isolate, context, evidence.wakers, [](const Evidence::Waker& waker) {
        return EvidenceWakerRow{
            .owner = waker.owner,
            .holder = waker.holder,
            .via = waker.via,
            .name = waker.name,
            .count = waker.count,
            .members = waker.members,
            .is_alone = waker.is_alone,
            .is_used = waker.is_used,
        };
      });
  Local<Value> needs = TableToJs(isolate, context, evidence.needs, [](const Evidence::Need& need) {
    return EvidenceNeedRow{
        .holder = need.holder,
        .leaf = need.leaf,
        .is_like = need.is_like ? 1 : 0,
        .is_race = need.is_race ? 1 : 0,
    };
  });
  return RecordToJs(isolate, context,
                    EvidenceRow{
                        .leaves = leaves,
                        .things = things,
                        .edges = edges,
                        .fields = fields,
                        .wakers = wakers,
                        .needs = needs,
                        .now = evidence.now,
                        .is_cut = evidence.is_cut,
                    });
}

}  // namespace asynctb
