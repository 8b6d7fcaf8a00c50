// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "threads/lacks.h"

#include "base/capture_schema.h"

namespace asynctb {

namespace {

std::string_view EffectOf(std::string_view capability) {
  for (const auto& [name, effect] : kLacks) {
    if (name == capability) return effect;
  }
  return capability;
}

void Note(std::string_view effect, std::string_view capability, const std::string& why,
          ThreadCapture* capture) {
  std::string message(effect);
  message.append(", for want of ").append(capability).append(": ").append(why);
  capture->errors.push_back({"ERR_ASYNCTB_UNSUPPORTED", std::move(message)});
}

}  // namespace

void NoteLack(const EnvData& env, const char* capability, ThreadCapture* capture) {
  if (!env.Can(capability)) NoteLack(capability, env.WhyNot(capability), capture);
}

void NoteLack(std::string_view capability, const std::string& why, ThreadCapture* capture) {
  Note(EffectOf(capability), capability, why, capture);
}

void NoteNoTasks(const EnvData& env, const char* capability, ThreadCapture* capture) {
  Note(EffectOf("native"), capability, env.WhyNot(capability), capture);
}

}  // namespace asynctb
