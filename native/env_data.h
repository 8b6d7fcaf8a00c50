// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

// What belongs to one environment (the main thread or a worker): the proven layout and what it
// makes possible. Made when the addon is loaded there, destroyed by the environment's cleanup.
// Only its own thread touches it.
#pragma once

#include <set>
#include <string>

#include "layout.h"

namespace asynctb {

class EnvData {
 public:
  explicit EnvData(v8::Isolate* isolate);
  EnvData(const EnvData&) = delete;
  EnvData& operator=(const EnvData&) = delete;

  v8::Isolate* isolate() const { return isolate_; }

  // Proves the layout at the first call; later calls are a flag's test. Runs JavaScript. What was
  // in the way only at that moment (no stack left, no file descriptor, a thread that is being
  // terminated) is tried again at the next call.
  void EnsureProven();
  bool proven() const { return proven_; }

  // For after EnsureProven; nothing is available before.
  const Layout& layout() const { return layout_; }
  const CapabilityMap& capabilities() const { return capabilities_; }
  bool Can(const char* capability) const;
  // Why not, ready to be shown.
  std::string WhyNot(const char* capability) const;

 private:
  void Disable();
  void SpreadFailures();

  v8::Isolate* isolate_;
  bool proven_ = false;
  Layout layout_;
  CapabilityMap capabilities_;
};

}  // namespace asynctb
