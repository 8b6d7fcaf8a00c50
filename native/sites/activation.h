// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

// From a suspended activation or a function to the place in the program where it stands. Many
// activations stand at one place: it is interned while addresses are good, and described once,
// with V8's help, when allocation is allowed again.
#pragma once

#include <v8.h>

#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/capture.h"
#include "layout/env_data.h"
#include "sites/own_names.h"
#include "sites/wasm_stacks.h"

namespace asynctb {

class SiteTable {
 public:
  // The caller's HandleScope must outlive it.
  explicit SiteTable(const EnvData& env)
      : env_(env), functions_(env.Can("functions")), modules_(env.Can("modules")), names_(env) {}
  SiteTable(const SiteTable&) = delete;
  SiteTable& operator=(const SiteTable&) = delete;

  // SAFETY: takes addresses; makes handles but does not allocate in the isolate.
  uint32_t ForActivation(Address generator);
  uint32_t ForFunction(Address function, FrameKind kind);
  // A module that has not begun, at the import whose number `request` is.
  uint32_t ForModule(Address module, int request);
  // Of the WebAssembly that a handler resumes: its frames, outermost first, or a single one that
  // stands for them.
  std::vector<uint32_t> ForSuspendedWasm(Address handler);
  // Why the frames could not be read for which such a single one stands; empty where all could be.
  const std::string& unread_wasm() const { return unread_wasm_; }

  // For after an allocation: what was read of an address is forgotten.
  void ForgetAddresses() { names_.ForgetAddresses(); }

  // Functions of one place that were given names of their own stand at sites of their own. From now
  // on, a place with more names than anybody reads is one site again, which says so.
  void FoldNames() { folds_ = true; }
  // The site that stands for this one by now.
  uint32_t Folded(uint32_t site) const {
    const uint32_t folded = places_[sites_[site].place].folded;
    return folded == kNoSite ? site : folded;
  }
  // From now on, sites say what hides their frames.
  void NoteHiding() { notes_hiding_ = true; }
  // How many places were made one site again.
  uint32_t folded_count() const { return folded_count_; }

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
  static constexpr uint32_t kNoSite = 0xffffffff;
  struct Place {
    v8::Local<v8::Data> sample;  // a generator object, a function, or a module's Script
    FrameKind kind;
    FrameState state;
    bool is_activation;
    uint32_t site = kNoSite;    // where functions without names of their own stand
    uint32_t names = 0;         // of their own
    uint32_t folded = kNoSite;  // the site of all names
    WasmPlace wasm;             // of WebAssembly; without a summary it is not known
    int request = -1;           // of a module that has not begun
    bool is_described = false;
    Site description;
  };
  static constexpr uint32_t kSeveralNames = 0xffffffff;
  struct Entry {
    uint32_t place;
    uint32_t name;  // as OwnNames numbers them, or kSeveralNames
  };

  // `function`: whose name it is, if it may have one of its own.
  uint32_t Intern(const Key& key, Address function, Address sample, FrameKind kind,
                  FrameState state, bool is_activation);
  uint32_t InternNamed(uint32_t place, uint32_t name);
  uint32_t AddSite(uint32_t place, uint32_t name);
  Site DescribePlace(const Place& place) const;
  void DescribeFunction(v8::Local<v8::Function> function, Site* site) const;
  int HidingOf(const Place& place, v8::Local<v8::Function> function, const Site& site) const;
  void DescribeModule(v8::Local<v8::Module> module, int request, Site* site) const;

  const EnvData& env_;
  const bool functions_, modules_;  // what can be read
  OwnNames names_;
  bool folds_ = false, notes_hiding_ = false;
  uint32_t folded_count_ = 0;
  std::unordered_map<Key, uint32_t, Hash> place_index_;
  std::vector<Place> places_;
  std::unordered_map<uint64_t, uint32_t> index_;  // by place and name
  std::vector<Entry> sites_;
  std::unique_ptr<WasmStacks> wasm_stacks_;
  std::string unread_wasm_;
  std::vector<Site> described_;
  Key last_key_ = {kNoAddress, 0};
  uint32_t last_place_ = 0;
};

// Equal for all closures of one source within a process, and for a function bound to one of them;
// empty for what was not written in JavaScript.
std::string FunctionIdOf(v8::Local<v8::Function> function);

// A value that scripts may hold: everything but V8's inner objects, which become undefined.
v8::Local<v8::Value> ToScriptValue(v8::Isolate* isolate, Address value);

}  // namespace asynctb
