// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "heap/kept_promises.h"

#include <memory>
#include <string>

#include "base/enough_memory.h"

namespace asynctb {

using v8::Global;
using v8::Isolate;
using v8::Local;
using v8::Promise;
using v8::PromiseHookType;
using v8::Value;

namespace {

// A program that drops promises for ever would run out of memory.
constexpr size_t kMost = 100'000;

// V8 hands its hook no data. A thread of Node's has one isolate.
thread_local KeptPromises* of_thread = nullptr;

}  // namespace

KeptPromises::KeptPromises(Isolate* isolate) : isolate_(isolate) {
  of_thread = this;
  isolate_->SetPromiseHook(OnPromise);
}

KeptPromises::~KeptPromises() {
  isolate_->SetPromiseHook(nullptr);
  of_thread = nullptr;
}

void KeptPromises::Begin(EnvData* env) {
  std::shared_ptr<KeptPromises>& kept = env->kept_promises();
  if (kept == nullptr) kept = std::make_shared<KeptPromises>(env->isolate());
}

void KeptPromises::AddTo(const EnvData& env, OwnHandles* own) {
  if (env.kept_promises() == nullptr) return;
  for (const auto& [hash, promise] : env.kept_promises()->promises_) own->Add(promise);
}

std::string KeptPromises::WhyNotAll(const EnvData& env) {
  if (env.kept_promises() == nullptr || env.kept_promises()->has_all_) return "";
  return "ASYNCTB_KEEP keeps at most " + std::to_string(kMost) +
         " promises, and there were more: tasks may have been collected";
}

// One that a callback is derived from holds the derived one, or its job in the queue does; so does
// a pending promise that another one was resolved with. All the others are kept until they are
// resolved, and with them everything that waits.
void KeptPromises::OnPromise(PromiseHookType type, Local<Promise> promise, Local<Value> parent) {
  KeptPromises* kept = of_thread;
  if (kept == nullptr) return;
  if (type == PromiseHookType::kInit) {
    if (!parent->IsPromise()) kept->Add(promise);
  } else if (type == PromiseHookType::kResolve) {
    kept->Remove(promise);
  }
}

void KeptPromises::Add(Local<Promise> promise) {
  const bool is_added =
      promises_.size() < kMost && WithMemory([&] {
        promises_.emplace(promise->GetIdentityHash(), Global<Promise>(isolate_, promise));
      });
  has_all_ = has_all_ && is_added;
}

void KeptPromises::Remove(Local<Promise> promise) {
  auto [at, end] = promises_.equal_range(promise->GetIdentityHash());
  for (; at != end; ++at) {
    if (at->second == promise) {
      promises_.erase(at);
      return;
    }
  }
}

}  // namespace asynctb
