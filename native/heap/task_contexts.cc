// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "heap/task_contexts.h"

#include <algorithm>
#include <chrono>

#include "text/shorten.h"
#include "v8/handle_address.h"

namespace asynctb {

namespace {

constexpr size_t kMostStores = 64;
constexpr size_t kMostEntries = 32;
constexpr size_t kLongestKey = 128;
constexpr size_t kLongestValue = 512;
constexpr int kMostDepth = 3;  // of `user.address.town`

bool IsHex(const std::string& text, size_t length) {
  return text.size() == length && std::all_of(text.begin(), text.end(), [](char each) {
           return (each >= '0' && each <= '9') || (each >= 'a' && each <= 'f');
         });
}

}  // namespace

TaskContexts::TaskContexts(const EnvData& env)
    : layout_(env.layout()), data_(env.layout()), keys_(ContextKeys::Get().Now()) {
  v8::HandleScope scope(env.isolate());
  undefined_ = ToAddress(v8::Undefined(env.isolate()));
  null_ = ToAddress(v8::Null(env.isolate()));
  true_ = ToAddress(v8::True(env.isolate()));
  false_ = ToAddress(v8::False(env.isolate()));
}

// The outermost function says whose the task is. What it has called may be in stores of its own
// besides, as long as it has kept those of its caller: a function that somebody else has begun, and
// that is only waited for, has not.
void TaskContexts::Read(const std::vector<TaskStep>& path, SampledTask* task) {
  task_ = task;
  Stores known;
  for (const TaskStep& step : path) {
    const Stores found = StoresOf(step);
    const auto keeps = [&](const Store& store) {
      return std::any_of(found.begin(), found.end(), [&](const Store& each) {
        return each.storage == store.storage && each.value == store.value;
      });
    };
    if (!std::all_of(known.begin(), known.end(), keeps)) break;
    for (const Store& store : found) {
      const bool is_known = std::any_of(known.begin(), known.end(), [&](const Store& each) {
        return each.storage == store.storage;
      });
      if (is_known) continue;
      known.push_back(store);
      ReadStore(store);
    }
  }
}

TaskContexts::Stores TaskContexts::StoresOf(const TaskStep& step) const {
  Stores stores;
  if (step.reaction != kNoAddress) {
    if (layout_.objects.reaction_data >= 0) {
      AddFromFrame(ReadWord(step.reaction, layout_.objects.reaction_data), &stores);
    }
    // With hooks, there is a promise for what goes on, and it has the stores of that moment.
    Address target = ReadWord(step.reaction, layout_.reaction_target);
    if (HasType(target, layout_.capability_type)) {
      target = ReadWord(target, layout_.capability_promise);
    }
    if (stores.empty()) AddFromPromise(target, &stores);
  }
  if (stores.empty()) AddFromPromise(step.settles, &stores);
  return stores;
}

void TaskContexts::AddFromFrame(Address frame, Stores* stores) const {
  if (!data_.IsMap(frame)) return;
  data_.ForEachEntry(frame, [&](Address storage, Address value) {
    if (data_.IsObject(storage) && !HasNothing(value)) stores->push_back({storage, value});
    return stores->size() < kMostStores;
  });
}

void TaskContexts::AddFromPromise(Address promise, Stores* stores) const {
  if (!HasType(promise, layout_.promise_type)) return;
  data_.ForEach(promise, [&](Address key, Address value) {
    if (data_.IsSymbol(key) && !HasNothing(value) &&
        data_.IsText(data_.DescriptionOf(key), "kResourceStore")) {
      stores->push_back({key, value});
    }
    return stores->size() < kMostStores;
  });
}

void TaskContexts::ReadStore(const Store& store) {
  if (data_.IsObject(store.value)) {
    const Address map = data_.Get(store.value, "_currentContext");
    if (data_.IsMap(map)) ReadSpan(map);
  }
  if (keys_->empty()) return;
  // Storages have had names since Node 24.
  std::string name;
  if (!data_.IsObject(store.storage) ||
      !data_.Text(data_.GetBySymbol(store.storage, "#name"), &name) || name.empty()) {
    name = "store";
  }
  std::string text;
  if (Primitive(store.value, &text)) {
    ReadValue(name, "", store.value, 0);
  } else {
    ReadObject(store.value, "", name, 1);
  }
}

void TaskContexts::ReadObject(Address object, const std::string& prefix, const std::string& storage,
                              int depth) {
  const auto read = [&](Address key, Address value) {
    std::string name;
    if (data_.IsString(key) && data_.Text(key, &name) && name.size() <= kLongestKey) {
      ReadValue(prefix + name, storage, value, depth);
    }
    return task_->context.size() < kMostEntries;
  };
  if (data_.IsMap(object)) {
    data_.ForEachEntry(object, read);
  } else if (data_.IsObject(object)) {
    data_.ForEach(object, read);
  }
}

void TaskContexts::ReadValue(const std::string& key, const std::string& storage, Address value,
                             int depth) {
  const auto chooses = [&](const KeyList& keys) {
    return keys.Has(key) || (!storage.empty() && keys.Has(storage));
  };
  const bool is_lasting = chooses(keys_->lasting);
  std::string text;
  if (Primitive(value, &text)) {
    if (is_lasting || chooses(keys_->of_callers)) Add(key, std::move(text), is_lasting);
  } else if (depth < kMostDepth &&
             (keys_->lasting.HasBelow(key) || keys_->of_callers.HasBelow(key))) {
    ReadObject(value, key + ".", "", depth + 1);
  }
}

// OpenTelemetry's own context: a Map, of which one value is the active span.
void TaskContexts::ReadSpan(Address context) {
  data_.ForEachEntry(context, [&](Address, Address value) {
    if (!data_.IsObject(value)) return true;
    const Address ids = data_.Get(value, "_spanContext");
    if (!data_.IsObject(ids)) return true;
    std::string trace, span;
    if (!data_.Text(data_.Get(ids, "traceId"), &trace) || !IsHex(trace, 32) ||
        !data_.Text(data_.Get(ids, "spanId"), &span) || !IsHex(span, 16)) {
      return true;
    }
    Add("trace", trace, true);
    Add("span", span, true);
    return false;
  });
}

void TaskContexts::Add(const std::string& key, std::string value, bool is_lasting) {
  if (task_->context.size() >= kMostEntries) return;
  for (const ContextEntry& entry : task_->context) {
    if (entry.key == key) return;
  }
  Shorten(&value, kLongestValue);
  task_->context.push_back({key, std::move(value), is_lasting});
}

bool TaskContexts::Primitive(Address value, std::string* text) const {
  if (data_.Text(value, text)) return true;
  double number = 0;
  if (data_.Number(value, &number)) {
    *text = OwnData::NumberText(number);
    return true;
  }
  if (value != true_ && value != false_) return false;
  *text = value == true_ ? "true" : "false";
  return true;
}

}  // namespace asynctb
