// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "heap/task_requests.h"

#include <uv.h>

#include <algorithm>
#include <cstring>

namespace asynctb {

namespace {

constexpr int kMostLevels = 5;
// So many properties of objects are looked at for one task, by name and otherwise, and for all
// tasks.
constexpr int kMostNamed = 600, kMostOthers = 300, kMostOfAll = 150'000;
constexpr size_t kMostObjects = 200;  // on one level
constexpr int kMostSlots = 256;       // of a function's registers, or of a scope
constexpr int kMostScopes = 8;
constexpr size_t kLongestUrl = 2'048;

// Names that a request, what it answers or what is around the two has in servers and frameworks.
constexpr const char* kWays[] = {"req",     "request",  "res",      "response", "raw",
                                 "reply",   "ctx",      "context",  "event",    "node",
                                 "env",     "incoming", "outgoing", "http",     "originalRequest",
                                 "rawReq",  "rawRes",   "_req",     "_res",     "nodeRequest",
                                 "message", "input",    "parent"};
// What leads on to other requests.
constexpr const char* kAround[] = {"socket",    "connection", "client", "server", "parser", "app",
                                   "_events",   "_handle",    "agent",  "pool",   "next",   "prev",
                                   "_idleNext", "_idlePrev",  "stream", "session"};

// A method is a word of capitals.
bool IsMethod(const std::string& text) {
  constexpr size_t kLongestMethod = 32;
  return !text.empty() && text.size() <= kLongestMethod &&
         std::all_of(text.begin(), text.end(),
                     [](char each) { return (each >= 'A' && each <= 'Z') || each == '-'; });
}

// Without the query, and without what is behind it.
bool TakePath(std::string url, std::string* path) {
  url.resize(std::min(url.find_first_of("?#"), url.size()));
  if (url.empty() || url.size() > kLongestUrl) return false;
  *path = std::move(url);
  return true;
}

}  // namespace

void TaskRequests::Read(const std::vector<TaskStep>& path, SampledTask* task) {
  std::vector<Held> held;
  for (const TaskStep& step : path) AddHeld(step, &held);
  shared_.push_back(kNoAddress);
  for (const bool by_name : {true, false}) {
    const int most = std::min(by_name ? kMostNamed : kMostOthers, kMostOfAll - spent_);
    budget_ = std::max(most, 0);
    for (const Held& each : held) {
      Found found;
      if (!Search(each.objects, by_name, &found)) continue;
      task->method = std::move(found.method);
      task->url = std::move(found.url);
      task->age_ms = found.age_ms;
      shared_.back() = each.shared;
      return;
    }
  }
}

void TaskRequests::TakeBackShared(std::vector<SampledTask>* tasks) {
  std::unordered_map<Address, int> counts;
  for (const Address shared : shared_) counts[shared]++;
  for (size_t i = 0; i < tasks->size() && i < shared_.size(); i++) {
    if (shared_[i] == kNoAddress || counts[shared_[i]] < 2) continue;
    SampledTask& task = (*tasks)[i];
    task.method.clear();
    task.url.clear();
    task.age_ms = -1;
  }
}

void TaskRequests::AddHeld(const TaskStep& step, std::vector<Held>* held) const {
  Address function = step.callback;
  Held own, receiver, outer;
  if (step.activation != kNoAddress) {
    function = ReadWord(step.activation, layout_.generator_function);
    receiver.shared = ReadWord(step.activation, layout_.generator_receiver);
    receiver.objects.push_back(receiver.shared);
    const Address registers = ReadWord(step.activation, layout_.generator_registers);
    if (HasType(registers, layout_.register_file_type)) {
      const int length = std::min(ReadLength(registers), kMostSlots);
      for (int i = 0; i < length; i++) own.objects.push_back(ReadWord(registers, 16 + 8 * i));
    }
  }
  if (HasType(function, layout_.function_type)) {
    const Address around = ReadWord(function, layout_.function_context);
    if (step.activation != kNoAddress && layout_.generator_context >= 0) {
      Address scope = ReadWord(step.activation, layout_.generator_context);
      for (int i = 0; i < kMostScopes && scope != around && IsHeapObject(scope); i++) {
        AddScope(scope, &own.objects);
        if (ReadLength(scope) < 2) break;
        scope = ReadWord(scope, kContextPrevious);
      }
    }
    outer.shared = around;
    AddAround(around, &outer.objects);
  }
  held->push_back(std::move(own));
  held->push_back(std::move(receiver));
  held->push_back(std::move(outer));
}

// All requests share the outermost scope: it is the module's.
void TaskRequests::AddAround(Address scope, std::vector<Address>* objects) const {
  for (int i = 0; i < kMostScopes && IsHeapObject(scope) && ReadLength(scope) >= 2; i++) {
    const Address previous = ReadWord(scope, kContextPrevious);
    if (!IsHeapObject(previous) || InstanceType(previous) == layout_.native_context_type ||
        ReadLength(previous) < 2 || !IsHeapObject(ReadWord(previous, kContextPrevious))) {
      return;
    }
    AddScope(scope, objects);
    scope = previous;
  }
}

void TaskRequests::AddScope(Address scope, std::vector<Address>* objects) const {
  const int length = std::min(ReadLength(scope), kMostSlots);
  for (int i = 2; i < length; i++) objects->push_back(ReadWord(scope, kContextSlots + 8 * i));
}

bool TaskRequests::Search(const std::vector<Address>& objects, bool by_name, Found* found) {
  seen_.clear();
  std::vector<Address> level = objects, next;
  for (int i = 0; i <= kMostLevels && !level.empty(); i++) {
    int count = 0;
    next.clear();
    size_t looked_at = 0;
    for (const Address object : level) {
      if (budget_ <= 0 || looked_at >= kMostObjects) break;
      if (!data_.IsObject(object) || !seen_.insert(object).second) continue;
      looked_at++;
      Found here;
      if (!Look(object, by_name, &here, &next)) continue;
      if (count++ == 0) *found = std::move(here);
    }
    // Of two that are as near, nobody knows which.
    if (count > 0) return count == 1;
    level.swap(next);
  }
  return false;
}

bool TaskRequests::Look(Address object, bool by_name, Found* found, std::vector<Address>* next) {
  Address method = kNoAddress, url = kNoAddress, original = kNoAddress, start = kNoAddress;
  bool has_version = false, has_raw_headers = false;
  const size_t before = next->size();
  const int budget_before = budget_;
  data_.ForEach(object, [&](Address key, Address value) {
    switch (const Role role = RoleOf(key)) {
      case Role::kMethod:
        method = value;
        break;
      case Role::kUrl:
        url = value;
        break;
      case Role::kOriginalUrl:
        original = value;
        break;
      case Role::kVersion:
        has_version = true;
        break;
      case Role::kRawHeaders:
        has_raw_headers = true;
        break;
      case Role::kStart:
        start = value;
        break;
      case Role::kAround:
        break;
      default:
        if ((role == Role::kWay || !by_name) && data_.IsObject(value)) next->push_back(value);
    }
    return --budget_ > 0;
  });
  spent_ += budget_before - budget_;
  std::string text;
  if (!has_version || !has_raw_headers || !data_.Text(method, &found->method) ||
      !IsMethod(found->method) ||
      !((data_.Text(original, &text) && TakePath(text, &found->url)) ||
        (data_.Text(url, &text) && TakePath(text, &found->url)))) {
    return false;
  }
  next->resize(before);
  found->age_ms = AgeOf(start);
  return true;
}

// `process.hrtime()`, as loggers of requests note it.
double TaskRequests::AgeOf(Address start) const {
  double seconds = 0, nanoseconds = 0;
  if (!data_.Element(start, 0, &seconds) || !data_.Element(start, 1, &nanoseconds)) return -1;
  const double age = static_cast<double>(uv_hrtime()) / 1e6 - seconds * 1e3 - nanoseconds / 1e6;
  constexpr double kMost = 30.0 * 24 * 3'600 * 1'000;
  return age >= 0 && age < kMost ? static_cast<double>(static_cast<int64_t>(age)) : -1;
}

TaskRequests::Role TaskRequests::RoleOf(Address key) {
  const auto [known, is_new] = roles_.try_emplace(key, Role::kNone);
  if (!is_new) return known->second;
  const auto is = [&](const char* name) { return data_.IsText(key, name); };
  Role role = Role::kNone;
  if (is("method")) {
    role = Role::kMethod;
  } else if (is("url")) {
    role = Role::kUrl;
  } else if (is("originalUrl")) {
    role = Role::kOriginalUrl;
  } else if (is("httpVersionMajor")) {
    role = Role::kVersion;
  } else if (is("rawHeaders")) {
    role = Role::kRawHeaders;
  } else if (is("_startAt")) {
    role = Role::kStart;
  } else if (std::any_of(std::begin(kWays), std::end(kWays), is)) {
    role = Role::kWay;
  } else if (std::any_of(std::begin(kAround), std::end(kAround), is)) {
    role = Role::kAround;
  }
  return known->second = role;
}

}  // namespace asynctb
