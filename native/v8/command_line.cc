// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "v8/command_line.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

namespace asynctb {

using v8::Array;
using v8::Context;
using v8::HandleScope;
using v8::Local;
using v8::Name;
using v8::Object;
using v8::String;
using v8::TryCatch;
using v8::Value;

namespace {

constexpr uint32_t kMostArguments = 1000;
constexpr int kLongestArgument = 128 * 1024;  // the kernel's own limit
constexpr size_t kLongestTitle = 4096;

}  // namespace

// A property of the object itself that holds a value; empty for any other.
Local<Value> CommandLine::OwnData(Local<Context> context, Local<Object> object,
                                  Local<Name> key) const {
  if (object->IsProxy()) return {};
  Local<Value> found;
  if (!object->GetOwnPropertyDescriptor(context, key).ToLocal(&found) || !found->IsObject()) {
    return {};
  }
  // Of its own: Object.prototype is the program's.
  const Local<Object> descriptor = found.As<Object>();
  const Local<String> value = String::NewFromUtf8Literal(isolate_, "value");
  if (!descriptor->HasOwnProperty(context, value).FromMaybe(false)) return {};
  return descriptor->Get(context, value).FromMaybe(Local<Value>());
}

std::vector<std::string> CommandLine::Arguments() const {
  const HandleScope scope(isolate_);
  const TryCatch caught(isolate_);
  const Local<Context> context = context_.Get(isolate_);
  const Local<Value> found =
      OwnData(context, process_.Get(isolate_), String::NewFromUtf8Literal(isolate_, "argv"));
  if (found.IsEmpty() || !found->IsArray() || found->IsProxy()) return {};
  const Local<Array> array = found.As<Array>();
  std::vector<std::string> arguments;
  const uint32_t length = std::min(array->Length(), kMostArguments);
  for (uint32_t index = 0; index < length; index++) {
    const HandleScope inner(isolate_);
    const std::string name = std::to_string(index);
    Local<String> key;
    if (!String::NewFromUtf8(isolate_, name.c_str()).ToLocal(&key)) return {};
    const Local<Value> argument = OwnData(context, array, key);
    if (argument.IsEmpty() || !argument->IsString() ||
        argument.As<String>()->Length() > kLongestArgument) {
      return {};
    }
    const String::Utf8Value text(isolate_, argument);
    if (*text == nullptr) return {};
    arguments.emplace_back(*text, text.length());
  }
  return arguments;
}

std::string ReadProcessTitle() {
  const int saved_errno = errno;
  const int fd = open("/proc/self/cmdline", O_RDONLY | O_CLOEXEC);
  std::string text(kLongestTitle, '\0');
  ssize_t count = -1;
  if (fd >= 0) {
    do {
      count = read(fd, text.data(), text.size());
    } while (count < 0 && errno == EINTR);
    close(fd);
  }
  errno = saved_errno;
  if (count <= 0 || static_cast<size_t>(count) == text.size()) return {};
  text.resize(static_cast<size_t>(count));
  // Arguments end with a NUL each; a title has none before those that fill the room that is left.
  const size_t last = text.find_last_not_of('\0');
  if (last == std::string::npos) return {};
  text.resize(last + 1);
  return text.find('\0') == std::string::npos ? text : std::string();
}

}  // namespace asynctb
