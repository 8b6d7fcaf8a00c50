// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

// The part of the evidence that tells things apart: their own plain data, of an allow-list.

#include <algorithm>
#include <cstring>
#include <string>
#include <string_view>
#include <unordered_set>

#include "heap/evidence.h"
#include "layout/heap_text.h"
#include "layout/holder_names.h"
#include "text/shorten.h"
#include "v8/handle_address.h"

namespace asynctb {

using v8::HandleScope;
using v8::Local;
using v8::Value;

namespace {

constexpr size_t kLongestText = 300;

// A property with an object of settings.
bool IsOptions(std::string_view name) {
  return name == "options" || name == "opts" || name == "config" || name == "_config";
}

// Of a URL, where in its text what stands behind the scheme, the host and the path ends.
struct UrlParts {
  size_t host = 0, path = 0, end = 0;
};

// `href` as Node has written it. False: it has no host.
bool FindParts(std::string_view href, UrlParts* parts) {
  constexpr std::string_view kMark = "://";
  const size_t scheme = href.find(kMark);
  if (scheme == std::string_view::npos) return false;
  parts->path = std::min(href.find_first_of("/?#", scheme + kMark.size()), href.size());
  parts->end = std::min(href.find_first_of("?#", parts->path), href.size());
  // What stands before an @ is the user's name and password.
  const size_t at = href.substr(0, parts->path).rfind('@');
  parts->host = at == std::string_view::npos ? scheme + kMark.size() : at + 1;
  return true;
}

bool IsWantedField(std::string_view name) {
  static const std::unordered_set<std::string_view> kWanted(std::begin(kEvidenceFields),
                                                            std::end(kEvidenceFields));
  return kWanted.contains(name);
}

// The fields inside of a thing's own objects that rules need, and the objects on the way to them.
struct WantedPaths {
  std::unordered_set<std::string_view> fields, objects;
  WantedPaths() : fields(std::begin(kEvidencePaths), std::end(kEvidencePaths)) {
    for (const std::string_view path : kEvidencePaths) {
      for (size_t at = path.find('.'); at != path.npos; at = path.find('.', at + 1)) {
        objects.insert(path.substr(0, at));
      }
    }
  }
};

const WantedPaths& Paths() {
  static const WantedPaths kPaths;
  return kPaths;
}

}  // namespace

// Whether a field of a thing, or of an object of its own, may be read: those that are always read
// stand in the thing itself or in its options; others have a path of their own.
bool EvidenceWriter::IsWanted(const std::string& prefix, const std::string& name) const {
  const bool is_listed =
      prefix.empty() || IsOptions(std::string_view(prefix).substr(0, prefix.size() - 1));
  if (is_listed && IsWantedField(name)) return true;
  const std::string path = prefix + name;
  return Paths().fields.contains(path) || added_->Wants(path);
}

// Own data of its own, without a getter: what has a plain value and an allowed name, how many
// elements lists have, and the same of an object of options, or one that rules of others name.
void EvidenceWriter::ReadFields(Address object, Evidence::Thing* thing, const std::string& prefix) {
  const Layout& layout = env_.layout();
  const HolderLayout& h = layout.holders;
  const uint16_t type = InstanceType(object);
  if (type == h.array_type || type == h.map_type || type == h.set_type) {
    AddField("length", object);
    return;
  }
  if (HasType(object, layout.resources.bound_type)) return;
  const bool is_named = (thing->marks & EvidenceMark::kNamed) != 0;
  int left = 200;
  ForEachOwnField(layout, object, [&](Address key, Address value) {
    if (left <= 0 || evidence_.fields.size() >= kMostFields) return;
    std::string name;
    if (!IsHeapObject(key) || !ReadKey(layout, key, &name) || name.size() > kLongestKey) return;
    const bool is_list = IsHeapObject(value) &&
                         (InstanceType(value) == h.array_type ||
                          InstanceType(value) == h.map_type || InstanceType(value) == h.set_type);
    const bool is_counted = is_named && prefix.empty();
    if (is_list ? is_counted || Paths().fields.contains(prefix + name) : IsWanted(prefix, name)) {
      left--;
      AddField(prefix + name, value);
    }
    if (is_list && Paths().objects.contains(prefix + name + ".0")) {
      const Address first = FirstOf(value);
      if (HasType(first, layout.object_type)) ReadFields(first, thing, prefix + name + ".0.");
    }
    if (!HasType(value, layout.object_type)) return;
    if (prefix.empty() && name == "url") ReadUrl(value, name + ".");
    const bool is_wanted = prefix.empty() && (IsOptions(name) || added_->WantsBelow(name));
    if (is_wanted || Paths().objects.contains(prefix + name)) {
      ReadFields(value, thing, prefix + name + ".");
    }
  });
}

// The origin and the path of an object of class URL. It has its text in another one of its own.
void EvidenceWriter::ReadUrl(Address url, const std::string& prefix) {
  const Layout& layout = env_.layout();
  const auto read = [&layout](Address object, std::string_view wanted, Address* found) {
    ForEachOwnField(layout, object, [&](Address key, Address value) {
      std::string name;
      if (!IsHeapObject(key) || !ReadKey(layout, key, &name)) return;
      if (name == wanted || name == "#" + std::string(wanted)) *found = value;
    });
    return IsHeapObject(*found);
  };
  Address context = kNoAddress, text = kNoAddress;
  std::string href;
  UrlParts parts;
  if (!read(url, "context", &context) || !HasType(context, layout.object_type) ||
      !read(context, "href", &text) || !layout.names.strings.IsStringType(InstanceType(text)) ||
      !ReadHeapText(layout.names.strings, text, &href) || !FindParts(href, &parts)) {
    return;
  }
  const auto add = [&](const char* name, std::string value) {
    Shorten(&value, kLongestText);
    evidence_.fields.push_back({prefix + name, FieldType::kText, 0, std::move(value)});
  };
  const size_t scheme = href.find("://") + 3;
  add("origin", href.substr(0, scheme) + href.substr(parts.host, parts.path - parts.host));
  add("path", href.substr(parts.path, parts.end - parts.path));
}

// The first element of an array; kNoAddress: it has none, or not as an object.
Address EvidenceWriter::FirstOf(Address list) const {
  const Layout& layout = env_.layout();
  constexpr int kElements = 16;
  if (InstanceType(list) != layout.holders.array_type) return kNoAddress;
  const Address store = ReadWord(list, kElements);
  if (!IsHeapObject(store) || layout.holders.Of(InstanceType(store)) != HolderType::kElements ||
      LengthOfStore(layout, store) < 1) {
    return kNoAddress;
  }
  const Address first = ReadWord(store, kContextSlots);
  return IsHeapObject(first) ? first : kNoAddress;
}

void EvidenceWriter::AddField(const std::string& name, Address value) {
  const Layout& layout = env_.layout();
  const HolderLayout& h = layout.holders;
  Evidence::Field field;
  field.name = name;
  if (IsSmi(value)) {
    field.number = SmiValue(value);
  } else if (!IsHeapObject(value)) {
    return;
  } else {
    const uint16_t type = InstanceType(value);
    if (type == h.number_type) {
      memcpy(&field.number, reinterpret_cast<const void*>(value - 1 + h.number_value),
             sizeof(field.number));
    } else if (type == h.array_type) {
      const Address length = ReadWord(value, h.array_length);
      if (!IsSmi(length)) return;
      field.type = FieldType::kLength;
      field.number = SmiValue(length);
    } else if (type == h.map_type || type == h.set_type) {
      const Address table = ReadWord(value, h.collection_table);
      if (!IsHeapObject(table) || h.Of(InstanceType(table)) != HolderType::kElements) return;
      const Address size = ReadWord(table, kContextSlots);
      if (!IsSmi(size)) return;
      field.type = FieldType::kLength;
      field.number = SmiValue(size);
    } else if (layout.names.strings.IsStringType(type)) {
      if (!ReadHeapText(layout.names.strings, value, &field.text)) return;
      field.type = FieldType::kText;
      Shorten(&field.text, kLongestText);
    } else if (type == h.oddball_type) {
      HandleScope scope(env_.isolate());
      Local<Value> handle = ToLocal<Value>(env_.isolate(), value);
      if (!handle->IsBoolean()) return;
      field.type = FieldType::kFlag;
      field.number = handle->IsTrue() ? 1 : 0;
    } else {
      return;
    }
  }
  evidence_.fields.push_back(std::move(field));
}

}  // namespace asynctb
