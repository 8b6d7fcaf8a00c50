// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "sites/own_names.h"

#include "layout/heap_text.h"
#include "text/source_text.h"
#include "v8/handle_address.h"

namespace asynctb {

OwnNames::OwnNames(const EnvData& env)
    : env_(env), can_read_(env.Can("functionNames") && env.layout().names.proven) {}

void OwnNames::ForgetAddresses() {
  key_ = plain_map_ = kNoAddress;
  places_.clear();
  for (Recent& recent : recent_) recent = Recent();
}

uint32_t OwnNames::Find(Address function, Address map) {
  const NameLayout& layout = env_.layout().names;
  HeapReader reader;
  if (key_ == kNoAddress) {
    v8::HandleScope scope(env_.isolate());
    key_ = ToAddress(layout.key.Get(env_.isolate()));
  }
  // A program makes maps without end where it uses objects as dictionaries.
  constexpr size_t kMostMaps = 4'096;
  if (places_.size() >= kMostMaps) places_.clear();
  const auto [entry, added] = places_.try_emplace(map);
  if (added) entry->second = FindNamePlace(&reader, layout, key_, map);
  if (entry->second.kind == NamePlace::Kind::kOfSource) {
    plain_map_ = map;
    return kOfSource;
  }
  const Address name = ReadOwnName(&reader, layout, key_, entry->second, function);
  return name == kNoAddress ? kOfSource : Number(name);
}

uint32_t OwnNames::Number(Address name) {
  Recent& recent = recent_[(name >> 3) % kRecent];
  if (recent.name == name) return recent.number;
  const auto next = static_cast<uint32_t>(names_.size() + 1);
  std::string text;
  uint32_t number = next;
  if (ReadHeapText(env_.layout().names.strings, name, &text)) {
    const auto [known, added] = numbers_.try_emplace(text, next);
    number = known->second;
    if (added) {
      bytes_ += text.size();
      names_.push_back({&known->first, {}});
    }
  } else {
    names_.push_back({nullptr, ToLocal<v8::Value>(env_.isolate(), name)});
  }
  recent = {name, number};
  return number;
}

std::string OwnNames::Text(uint32_t number) const {
  const Name& name = names_[number - 1];
  return name.text != nullptr ? *name.text : ToUtf8(env_.isolate(), name.string);
}

}  // namespace asynctb
