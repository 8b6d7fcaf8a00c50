// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

// From a suspended activation or a function to the place in the program where it stands. Many
// activations stand at one place: it is interned while addresses are good, and described once,
// with V8's help, when allocation is allowed again.
#pragma once

#include <unordered_map>
#include <vector>

#include "capture.h"
#include "env_data.h"

namespace asynctb {

class SiteTable {
 public:
  // The caller's HandleScope must outlive it.
  explicit SiteTable(const EnvData& env)
      : env_(env), functions_(env.Can("functions")), modules_(env.Can("modules")) {}
  SiteTable(const SiteTable&) = delete;
  SiteTable& operator=(const SiteTable&) = delete;

  // SAFETY: takes addresses; makes handles but does not allocate in the isolate.
  uint32_t ForActivation(Address generator);
  uint32_t ForFunction(Address function, FrameKind kind);

  // The descriptions of all sites, made now where they were not before. Allocates: no address
  // survives it.
  const std::vector<Site>& Describe();
  std::vector<Site> TakeDescribed();
  // One description; allocates when it is new.
  const Site& At(size_t index);

 private:
  struct Key {
    Address place;
    int64_t detail;
    bool operator==(const Key& other) const {
      return place == other.place && detail == other.detail;
    }
  };
  struct Hash {
    size_t operator()(const Key& key) const {
      return (key.place >> 3) * 0x9e3779b97f4a7c15 + static_cast<size_t>(key.detail) * 31;
    }
  };
  struct Entry {
    v8::Local<v8::Data> sample;  // a generator object, or a function
    FrameKind kind;
    FrameState state;
    bool is_activation;
  };

  uint32_t Intern(const Key& key, Address sample, FrameKind kind, FrameState state,
                  bool is_activation);
  void DescribeFunction(v8::Local<v8::Function> function, Site* site) const;

  const EnvData& env_;
  const bool functions_, modules_;  // what can be read
  std::unordered_map<Key, uint32_t, Hash> index_;
  std::vector<Entry> entries_;
  std::vector<Site> described_;
  Key last_key_ = {kNoAddress, 0};
  uint32_t last_site_ = 0;
};

// Equal for all closures of one source within a process, and for a function bound to one of them;
// empty for what was not written in JavaScript.
std::string FunctionIdOf(v8::Local<v8::Function> function);

// A value that scripts may hold: everything but V8's inner objects, which become undefined.
v8::Local<v8::Value> ToScriptValue(v8::Isolate* isolate, Address value);

// Where a line of a script begins and ends in its text, when V8 has counted lines; `row` from 0.
bool FindLine(const Layout& layout, Address script, int row, int* start, int* end);

// The line of a site in its function, and where the script's text has it.
void ReadPlace(const EnvData& env, v8::Local<v8::Function> function, Site* site);

// The text of a function's script; empty when there is none.
v8::Local<v8::String> ScriptTextOf(const EnvData& env, v8::Local<v8::Value> function);

}  // namespace asynctb
