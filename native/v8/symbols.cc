// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "v8/symbols.h"

#include <v8.h>

#include <cerrno>
#include <cstdint>

#if defined(_WIN32)
#include <windows.h>
#else
#include <dlfcn.h>
#if defined(__linux__)
#include <sys/auxv.h>
#endif
#endif

#include "v8/symbols_elf.h"

namespace asynctb {

namespace {

constexpr char kDynamicTable[] = "dynamic symbol table";
constexpr char kStaticTable[] = "ELF .symtab";

// An exported function of V8's public API: whatever object it lies in holds V8.
uintptr_t AddressInsideV8() { return reinterpret_cast<uintptr_t>(&v8::Isolate::GetCurrent); }

#if defined(__linux__)

class V8Object {
 public:
  V8Object() : found_(FindLoadedObject(AddressInsideV8(), &object_)) {}

  bool found() const { return found_; }
  const LoadedObject& object() const { return object_; }
  bool Contains(const void* address) const {
    return found_ && object_.Contains(reinterpret_cast<uintptr_t>(address));
  }

 private:
  LoadedObject object_;
  bool found_;
};

#elif defined(_WIN32)

class V8Object {
 public:
  bool Contains(const void* address) const { return ModuleOf(address) == module_; }

 private:
  static HMODULE ModuleOf(const void* address) {
    HMODULE module = nullptr;
    GetModuleHandleExA(
        GET_MODULE_HANDLE_EX_FLAG_FROM_ADDRESS | GET_MODULE_HANDLE_EX_FLAG_UNCHANGED_REFCOUNT,
        static_cast<LPCSTR>(address), &module);
    return module;
  }
  HMODULE module_ = ModuleOf(reinterpret_cast<const void*>(AddressInsideV8()));
};

#else

class V8Object {
 public:
  bool Contains(const void* address) const {
    const void* base = BaseOf(address);
    return base != nullptr && base == base_;
  }

 private:
  static const void* BaseOf(const void* address) {
    Dl_info info;
    return dladdr(address, &info) != 0 ? info.dli_fbase : nullptr;
  }
  const void* base_ = BaseOf(reinterpret_cast<const void*>(AddressInsideV8()));
};

#endif

void* FindExported(const char* name) {
#if defined(_WIN32)
  HMODULE module = nullptr;
  GetModuleHandleExA(
      GET_MODULE_HANDLE_EX_FLAG_FROM_ADDRESS | GET_MODULE_HANDLE_EX_FLAG_UNCHANGED_REFCOUNT,
      reinterpret_cast<LPCSTR>(AddressInsideV8()), &module);
  return module != nullptr ? reinterpret_cast<void*>(GetProcAddress(module, name)) : nullptr;
#else
  return dlsym(RTLD_DEFAULT, name);
#endif
}

size_t CountMissing(const SymbolRequest* requests, size_t count) {
  size_t missing = 0;
  for (size_t i = 0; i < count; i++) missing += requests[i].address == nullptr ? 1 : 0;
  return missing;
}

void FindInDynamicTable(const V8Object& v8_object, SymbolRequest* requests, size_t count) {
  for (size_t i = 0; i < count; i++) {
    SymbolRequest& request = requests[i];
    for (const char* name : request.names) {
      if (name == nullptr || request.address != nullptr) break;
      void* address = FindExported(name);
      if (address != nullptr && v8_object.Contains(address)) request.address = address;
    }
  }
}

// Returns why the table could not be read, or "".
std::string FindInStaticTable(const V8Object& v8_object, SymbolRequest* requests, size_t count) {
#if defined(__linux__)
  if (!v8_object.found()) return "no loaded object holds V8's exported functions";
  const LoadedObject& object = v8_object.object();
  // It is another program when Node was started through the loader by hand.
  if (object.path.empty()) {
    std::string reason = FindInElfFile(kRunningProgram, object, requests, count);
    // Without /proc there is the path that the kernel was given. A relative one belongs to a
    // working directory that may have changed. Whether it is the file that runs is checked.
    const char* given = reinterpret_cast<const char*>(getauxval(AT_EXECFN));
    if (reason.empty() || given == nullptr || given[0] != '/') return reason;
    return FindInElfFile(given, object, requests, count).empty() ? "" : reason;
  }
  return FindInElfFile(object.path, object, requests, count);
#else
  (void)v8_object, (void)requests, (void)count;
  return "reading the symbol table on disk is only implemented for ELF on Linux";
#endif
}

// Names the first few only: when a whole table is hidden, the rest of the list says nothing more.
std::string DescribeMissing(const SymbolRequest* requests, size_t count,
                            const std::string& searched) {
  constexpr size_t kShown = 3;
  std::string text = "not in the " + searched + ":";
  size_t missing = 0;
  for (size_t i = 0; i < count; i++) {
    if (requests[i].address != nullptr) continue;
    if (++missing > kShown) continue;
    text += missing > 1 ? ", " : " ";
    text += requests[i].names[0] != nullptr ? requests[i].names[0] : "(a request without a name)";
  }
  if (missing > kShown) text += " and " + std::to_string(missing - kShown) + " more";
  return text;
}

}  // namespace

SymbolReport ResolveSymbols(SymbolRequest* requests, size_t count, SymbolSource source) {
  SymbolReport report;
  std::string searched;
  std::string static_reason;
  for (size_t i = 0; i < count; i++) requests[i].address = nullptr;

  const V8Object v8_object;
  size_t missing = count;
  if (source != SymbolSource::kStaticOnly) {
    FindInDynamicTable(v8_object, requests, count);
    searched = kDynamicTable;
    const size_t left = CountMissing(requests, count);
    if (left < missing) report.via = kDynamicTable;
    missing = left;
  }
  if (source != SymbolSource::kDynamicOnly && missing > 0) {
    errno = 0;
    static_reason = FindInStaticTable(v8_object, requests, count);
    report.transient =
        !static_reason.empty() && (errno == EMFILE || errno == ENFILE || errno == ENOMEM);
    if (static_reason.empty()) {
      searched += searched.empty() ? "" : " or the ";
      searched += kStaticTable;
    }
    const size_t left = CountMissing(requests, count);
    if (left < missing)
      report.via += (report.via.empty() ? "" : " and ") + std::string(kStaticTable);
    missing = left;
  }

  if (missing > 0) {
    report.reason = searched.empty() ? "" : DescribeMissing(requests, count, searched);
    if (!static_reason.empty()) {
      report.reason += (report.reason.empty() ? "" : "; ") + static_reason;
    }
  }
  return report;
}

bool ReadDebugConstant(const char* name, int* value) {
  const void* address = FindExported(name);
  if (address == nullptr || !V8Object().Contains(address)) return false;
  // SAFETY: V8 defines every v8dbg_* name as an `int`, and the address lies in V8's own object.
  *value = *static_cast<const int*>(address);
  return true;
}

}  // namespace asynctb
