// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

// What the process says of its command line at the moment: programs that are started with secrets
// take them out of `process.argv`, or overwrite all of it by `process.title`.
#pragma once

#include <v8.h>

#include <string>
#include <vector>

namespace asynctb {

// Of the main thread, which it is used on and dies on.
class CommandLine {
 public:
  CommandLine(v8::Isolate* isolate, v8::Local<v8::Context> context, v8::Local<v8::Object> process)
      : isolate_(isolate), context_(isolate, context), process_(isolate, process) {}
  CommandLine(const CommandLine&) = delete;
  CommandLine& operator=(const CommandLine&) = delete;

  // The strings of `process.argv`. Empty when they cannot be had without running code of the
  // program: when one is behind a getter, or the array is a proxy. Allocates, but runs no
  // JavaScript.
  std::vector<std::string> Arguments() const;

 private:
  v8::Local<v8::Value> OwnData(v8::Local<v8::Context> context, v8::Local<v8::Object> object,
                               v8::Local<v8::Name> key) const;

  v8::Isolate* const isolate_;
  const v8::Global<v8::Context> context_;
  const v8::Global<v8::Object> process_;
};

// What `process.title` has put where the command line of the process was; empty when nothing has,
// or when it cannot be told. Any thread.
std::string ReadProcessTitle();

}  // namespace asynctb
