// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

// The part of the evidence that needs V8: names of classes and of variables, and what texts use.

#include "heap/evidence.h"
#include "sites/scopes.h"
#include "sites/script_place.h"
#include "text/shorten.h"
#include "text/source_text.h"
#include "v8/handle_address.h"
#include "v8/v8_compat.h"

namespace asynctb {

using v8::Context;
using v8::HandleScope;
using v8::Isolate;
using v8::Local;
using v8::Object;
using v8::Value;

Evidence EvidenceWriter::Describe() {
  Isolate* isolate = env_.isolate();
  for (size_t i = 0; i < evidence_.things.size(); i++) {
    Evidence::Thing& thing = evidence_.things[i];
    if (thing.site >= 0) {
      thing.site = static_cast<int32_t>(sites_->Folded(static_cast<uint32_t>(thing.site)));
    }
    if (objects_[i].IsEmpty()) continue;
    HandleScope scope(isolate);
    // V8 takes it from the class, or from a plain `Symbol.toStringTag`; no getter runs.
    thing.class_name = ToUtf8(isolate, objects_[i]->GetConstructorName());
    Shorten(&thing.class_name, kLongestKey);
  }
  for (const auto& [field, object] : names_of_fields_) {
    HandleScope scope(isolate);
    std::string* name = &evidence_.fields[field].text;
    *name = object->IsFunction() ? ToUtf8(isolate, object.As<v8::Function>()->GetDebugName())
                                 : ToUtf8(isolate, object->GetConstructorName());
    Shorten(name, kLongestKey);
  }
  constexpr size_t kMostText = 8 << 20;
  text_left_ = kMostText;
  for (const Question& question : questions_) {
    if (question.of_waker) {
      AnswerWaker(question);
      continue;
    }
    const EvidenceKind kind =
        evidence_.things[static_cast<size_t>(evidence_.edges[question.edge].holder)].kind;
    if (kind == EvidenceKind::kFunction) {
      AnswerVariable(question);
    } else {
      AnswerActivation(question);
    }
  }
  return std::move(evidence_);
}

// Whether the function's own text mentions the variable. All functions of a scope share it: that
// one could use a variable is no sign that it does.
void EvidenceWriter::AnswerVariable(const Question& question) {
  Isolate* isolate = env_.isolate();
  HandleScope scope(isolate);
  Evidence::Edge& edge = evidence_.edges[question.edge];
  if (!question.holder->IsFunction()) return;
  edge.is_used = MentionsName(env_, question.holder.As<v8::Function>(), edge.name, &text_left_);
}

void EvidenceWriter::AnswerActivation(const Question& question) {
  HandleScope handles(env_.isolate());
  const std::string name = VariableOf(question.holder, question.held);
  if (!name.empty()) evidence_.edges[question.edge].name = name;
}

// The variable of a suspended function's own in which a value is; empty when unknown.
std::string EvidenceWriter::VariableOf(Local<Object> activation, Local<Value> held) const {
  Isolate* isolate = env_.isolate();
  v8::TryCatch guard(isolate);
  if (!env_.Can("scopes") || held->IsUndefined()) return "";
  Local<Value> function =
      ToScriptValue(isolate, ReadWord(ToAddress(activation), env_.layout().generator_function));
  Local<Context> context;
  if (!function->IsFunction() ||
      !CreationContextOf(isolate, function.As<v8::Function>()).ToLocal(&context)) {
    return "";
  }
  const Context::Scope inside(context);
  Local<Value> scopes = ReadScopes(env_, context, activation);
  if (!scopes->IsArray()) return "";
  Local<v8::Array> list = scopes.As<v8::Array>();
  constexpr uint32_t kMostVariables = 1'000;
  for (uint32_t i = 0; i < list->Length(); i++) {
    Local<Value> scope, name, value;
    Local<v8::Array> names;
    if (!list->Get(context, i).ToLocal(&scope) || !scope->IsObject() ||
        !scope.As<Object>()->GetOwnPropertyNames(context).ToLocal(&names)) {
      continue;
    }
    for (uint32_t k = 0; k < names->Length() && k < kMostVariables; k++) {
      // SAFETY: V8 made the object of the scope: a property of it is a plain value.
      if (names->Get(context, k).ToLocal(&name) &&
          scope.As<Object>()->Get(context, name).ToLocal(&value) && value->StrictEquals(held)) {
        return ToUtf8(isolate, name);
      }
    }
  }
  return "";
}

}  // namespace asynctb
