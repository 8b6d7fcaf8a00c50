// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "threads/held_capture.h"

#include <algorithm>
#include <optional>
#include <string_view>
#include <utility>

#include "heap/chain.h"
#include "sites/own_data.h"
#include "sites/resources.h"
#include "sites/scopes.h"
#include "sites/script_place.h"
#include "text/source_text.h"
#include "v8/handle_address.h"
#include "v8/v8_compat.h"

namespace asynctb {

using v8::Array;
using v8::Context;
using v8::Function;
using v8::HandleScope;
using v8::Isolate;
using v8::Local;
using v8::Name;
using v8::Object;
using v8::String;
using v8::Symbol;
using v8::Value;

namespace {

// As in lib/resources/frame-resources.ts: a longer function is a bundle's wrapper, and behind a
// place the next token matters.
constexpr int kLongestText = 200'000;
constexpr int kLookAhead = 16;
constexpr size_t kMostTextBytes = 4u << 20;  // of all sites
constexpr size_t kMostFrames = 1'000;
constexpr size_t kMostValues = 500;      // of a frame
constexpr size_t kMostVariables = 500;   // of a frame
constexpr uint32_t kMostElements = 200;  // of a list
constexpr uint32_t kMostKeys = 50;       // an object with more is no wrapper of a generator
constexpr uint32_t kMostScopes =
    3;  // of a function: more than a disposal has belongs to the program
constexpr int kDeepestStacks = 20;     // stacks in stacks
constexpr int kDeepestGenerators = 5;  // generators that hold generators
constexpr int kMostPrototypes = 100;
constexpr uint32_t kMostInnerFrames = 1'000;

// Where a compiler's form of `using` may stand, and where V8's own.
bool MayBeCompiled(std::u16string_view text) {
  for (const std::u16string_view word :
       {u"isposableResource", u"isposable_resource", u"_using", u"hasError"}) {
    if (text.find(word) != std::u16string_view::npos) return true;
  }
  return false;
}
bool MayDeclare(std::u16string_view text) {
  return text.find(u"using") != std::u16string_view::npos;
}

struct PlaceText {
  std::u16string units;
  bool is_known = false, is_compiled = false, declares = false, is_written = false;
};

// The values of one frame, and what it says of them.
class FrameWriter {
 public:
  FrameWriter(const EnvData& env, Local<Context> context, CapturedHeld* out)
      : env_(env), isolate_(env.isolate()), context_(context), out_(out) {
    first_value_ = out->values.size();
    first_property_ = out->properties.size();
    first_variable_ = out->variables.size();
  }

  // Its index, -1 for want of room. `depth`: how far its properties are read.
  int32_t Add(Local<Value> value, int depth = 0) {
    if (value.IsEmpty()) value = v8::Undefined(isolate_);
    for (size_t i = 0; i < values_.size(); i++) {
      if (values_[i]->StrictEquals(value)) return static_cast<int32_t>(i);
    }
    if (values_.size() >= kMostValues) return -1;
    const auto index = static_cast<int32_t>(values_.size());
    values_.push_back(value);
    out_->values.push_back(Describe(value));
    if (depth > 0) Expand(index, value, depth);
    return index;
  }

  // The variables of scopes, as V8 made them. `all`: those too that hold none of the values.
  void AddScopes(Local<Value> scopes, int32_t function, bool all, uint32_t most) {
    if (scopes.IsEmpty() || !scopes->IsArray()) return;
    Local<Array> list = scopes.As<Array>();
    for (uint32_t i = 0; i < list->Length() && i < most; i++) {
      Local<Value> scope;
      if (!list->Get(context_, i).ToLocal(&scope) || !scope->IsObject()) continue;
      AddScope(scope.As<Object>(), function, static_cast<int32_t>(i), all);
    }
  }

  // What a function closes over; nothing of what is none.
  void AddClosure(int32_t function, uint32_t most) {
    if (function < 0) return;
    Local<Value> value = values_[static_cast<size_t>(function)];
    if (!value->IsFunction() || value->IsProxy()) return;
    AddScopes(ReadClosureScopes(env_, value), function, true, most);
  }

  // Where a receiver, or one of its prototypes, has the function as a way to dispose of it.
  void AddDisposal(int32_t receiver, int32_t function) {
    if (receiver < 0 || function < 0) return;
    Local<Value> wanted = values_[static_cast<size_t>(function)];
    Local<Value> object = values_[static_cast<size_t>(receiver)];
    for (int i = 0; i < kMostPrototypes && IsPlainObject(object); i++) {
      for (const char* key : {"Symbol.asyncDispose", "Symbol.dispose"}) {
        if (HoldsUnder(object.As<Object>(), key, wanted)) {
          out_->properties.push_back({receiver, key, function});
          return;
        }
      }
      object = PrototypeOf(object.As<Object>());
    }
  }

  PlainEntry Entry(const HeldEntry& entry) {
    const int32_t value = Add(entry.value);
    if (value >= 0) held_.push_back(value);
    return {
        .value = value,
        .method = Add(entry.method),
        .block = entry.block,
        .is_async = entry.is_async,
        .is_exiting = entry.is_exiting,
        .is_argument = entry.is_argument,
    };
  }

  // Of each value that is a disposable stack, what it holds.
  void AddStacks() {
    std::vector<int> depths(values_.size(), 0);
    for (size_t i = 0; i < values_.size(); i++) {
      if (!values_[i]->IsObject() || depths[i] > kDeepestStacks) continue;
      const std::optional<Held> held = ReadDisposableStack(env_, values_[i]);
      if (!held.has_value()) continue;
      std::vector<PlainEntry> entries;
      for (const HeldEntry& entry : held->entries) {
        if (entries.size() >= kMostElements) break;
        const PlainEntry plain = Entry(entry);
        if (plain.value >= 0 && plain.method >= 0) entries.push_back(plain);
      }
      PlainValue& value = out_->values[first_value_ + i];
      value.entries_begin = static_cast<int32_t>(out_->entries.size());
      value.entries_count = static_cast<int32_t>(entries.size());
      out_->entries.insert(out_->entries.end(), entries.begin(), entries.end());
      depths.resize(values_.size(), depths[i] + 1);
    }
  }

  // The generator that a value is, or wraps; empty for none.
  Local<Object> GeneratorOf(Local<Value> value) {
    if (value->IsGeneratorObject()) return value.As<Object>();
    Local<Array> keys;
    if (!IsPlainObject(value) ||
        !value.As<Object>()
             ->GetPropertyNames(context_, v8::KeyCollectionMode::kOwnOnly, v8::ALL_PROPERTIES,
                                v8::IndexFilter::kIncludeIndices,
                                v8::KeyConversionMode::kConvertToString)
             .ToLocal(&keys) ||
        keys->Length() > kMostKeys) {
      return Local<Object>();
    }
    Local<Object> only;
    for (uint32_t i = 0; i < keys->Length(); i++) {
      Local<Value> key;
      if (!keys->Get(context_, i).ToLocal(&key) || !key->IsName()) continue;
      Local<Value> held = OwnData(context_, value.As<Object>(), key.As<Name>());
      if (held.IsEmpty() || !held->IsGeneratorObject() || held == only) continue;
      if (!only.IsEmpty()) return Local<Object>();
      only = held.As<Object>();
    }
    return only;
  }

  // What may be a resource.
  const std::vector<int32_t>& held() const { return held_; }
  size_t value_count() const { return values_.size(); }
  Local<Value> value(size_t index) const { return values_[index]; }
  PlainValue* plain(size_t index) { return &out_->values[first_value_ + index]; }

  void Finish(HeldFrame* frame, const std::vector<PlainEntry>& entries) {
    frame->values_begin = static_cast<int32_t>(first_value_);
    frame->values_count = static_cast<int32_t>(values_.size());
    frame->properties_begin = static_cast<int32_t>(first_property_);
    frame->properties_count = static_cast<int32_t>(out_->properties.size() - first_property_);
    frame->variables_begin = static_cast<int32_t>(first_variable_);
    frame->variables_count = static_cast<int32_t>(out_->variables.size() - first_variable_);
    frame->entries_begin = static_cast<int32_t>(out_->entries.size());
    frame->entries_count = static_cast<int32_t>(entries.size());
    out_->entries.insert(out_->entries.end(), entries.begin(), entries.end());
  }

 private:
  PlainValue Describe(Local<Value> value) {
    PlainValue plain;
    const auto say = [&](PlainKind kind, std::string text) {
      plain.kind = kind;
      plain.text = std::move(text);
    };
    if (value->IsUndefined()) {
      say(PlainKind::kUndefined, "");
    } else if (value->IsNull()) {
      say(PlainKind::kNull, "");
    } else if (value->IsBoolean()) {
      say(PlainKind::kBoolean, value->IsTrue() ? "true" : "false");
    } else if (value->IsProxy()) {
      say(PlainKind::kProxy, "");
    } else if (value->IsFunction()) {
      say(PlainKind::kFunction, NameOfFunction(context_, value.As<Object>()));
    } else if (value->IsArray()) {
      say(PlainKind::kArray, std::to_string(value.As<Array>()->Length()));
    } else if (value->IsObject()) {
      say(PlainKind::kObject, ClassNameOf(context_, value.As<Object>()));
    } else {
      DescribePrimitive(value, &plain);
    }
    return plain;
  }

  // No method of the program's runs for a primitive.
  void DescribePrimitive(Local<Value> value, PlainValue* plain) {
    plain->kind = value->IsNumber()   ? PlainKind::kNumber
                  : value->IsBigInt() ? PlainKind::kBigint
                  : value->IsSymbol() ? PlainKind::kSymbol
                                      : PlainKind::kString;
    if (value->IsSymbol()) {
      Local<Value> description = value.As<Symbol>()->Description(isolate_);
      plain->text = "Symbol(" + ToUtf8(isolate_, description) + ")";
      return;
    }
    Local<String> text;
    if (value->ToString(context_).ToLocal(&text)) plain->text = ToUtf8(isolate_, text);
  }

  Local<String> Key(std::string_view name) {
    return String::NewFromUtf8(isolate_, name.data(), v8::NewStringType::kInternalized,
                               static_cast<int>(name.size()))
        .FromMaybe(String::Empty(isolate_));
  }

  Local<Value> Own(Local<Object> object, std::string_view name) {
    return OwnData(context_, object, Key(name));
  }

  bool HoldsUnder(Local<Object> object, const char* key, Local<Value> wanted) {
    const bool is_async = std::string_view(key) == "Symbol.asyncDispose";
    Local<Name> names[] = {Symbol::For(isolate_, Key(key)), KnownSymbol(is_async)};
    for (Local<Name> name : names) {
      if (name.IsEmpty()) continue;
      Local<Value> own = OwnData(context_, object, name);
      if (!own.IsEmpty() && own->StrictEquals(wanted)) return true;
    }
    return false;
  }

  // What the program's `Symbol` has, which a polyfill may have put there.
  Local<Name> KnownSymbol(bool is_async) {
    Local<Value> constructor = Own(context_->Global(), "Symbol");
    if (constructor.IsEmpty() || !IsPlainObject(constructor)) return Local<Name>();
    Local<Value> found = Own(constructor.As<Object>(), is_async ? "asyncDispose" : "dispose");
    return !found.IsEmpty() && found->IsSymbol() ? found.As<Name>() : Local<Name>();
  }

  void AddScope(Local<Object> scope, int32_t function, int32_t number, bool all) {
    Local<Array> names;
    if (!scope->GetOwnPropertyNames(context_).ToLocal(&names)) return;
    for (uint32_t i = 0; i < names->Length(); i++) {
      Local<Value> name;
      if (out_->variables.size() - first_variable_ >= kMostVariables) return;
      if (!names->Get(context_, i).ToLocal(&name) || !name->IsString()) continue;
      // What stands for a variable before its declaration has run is a getter.
      Local<Value> value = OwnData(context_, scope, name.As<Name>());
      int32_t index = -1;
      if (!value.IsEmpty()) {
        if (!value->IsObject()) continue;
        index = all ? Add(value, kEntryDepth) : Find(value);
        if (index < 0) continue;
      } else if (!all) {
        continue;
      }
      out_->variables.push_back({function, number, ToUtf8(isolate_, name), index});
    }
  }

  int32_t Find(Local<Value> value) {
    for (size_t i = 0; i < values_.size(); i++) {
      if (values_[i]->StrictEquals(value)) return static_cast<int32_t>(i);
    }
    return -1;
  }

  // Whether it looks like what compilers enter in lists: `[async, dispose, value]`, or an object.
  bool IsEntry(Local<Value> value) {
    if (!IsPlainObject(value)) return false;
    Local<Object> object = value.As<Object>();
    if (value->IsArray()) {
      Local<Value> first = Own(object, "0");
      return value.As<Array>()->Length() <= 3 && !first.IsEmpty() &&
             (first->IsBoolean() || first->IsUndefined());
    }
    return !Own(object, "dispose").IsEmpty() || !Own(object, "d").IsEmpty() ||
           !Own(object, "async").IsEmpty() || !Own(object, "a").IsEmpty();
  }

  void AddProperty(int32_t of, const std::string& key, Local<Value> value, int depth) {
    const int32_t index = Add(value, depth);
    if (index < 0) return;
    out_->properties.push_back({of, key, index});
    if (key == "value" || key == "v" || key == "2") held_.push_back(index);
  }

  // What compilers keep in a variable: see compiled-holders.ts.
  void Expand(int32_t index, Local<Value> value, int depth) {
    if (!IsPlainObject(value) || value->IsFunction()) return;
    Local<Object> object = value.As<Object>();
    if (value->IsArray()) {
      const uint32_t length = std::min(value.As<Array>()->Length(), kMostElements);
      const bool is_entry = IsEntry(object);
      for (uint32_t i = 0; i < length; i++) {
        const std::string key = std::to_string(i);
        Local<Value> element = Own(object, key);
        if (element.IsEmpty()) return;
        // A list of something else is not copied.
        if (!is_entry && !IsEntry(element)) return;
        AddProperty(index, key, element, depth - 1);
      }
      return;
    }
    for (const char* key : {"stack", "hasError", "value", "dispose", "async", "v", "d", "a", "u"}) {
      Local<Value> own = Own(object, key);
      if (own.IsEmpty()) continue;
      AddProperty(index, key, own, depth - 1);
      if (key == std::string_view("d") && own->IsFunction() && depth == kEntryDepth) {
        AddClosure(Find(own), 1);
      }
    }
  }

  static constexpr int kEntryDepth = 3;  // a variable's object, its list, and the entries of that

  const EnvData& env_;
  Isolate* const isolate_;
  Local<Context> context_;
  CapturedHeld* out_;
  size_t first_value_ = 0, first_property_ = 0, first_variable_ = 0;
  std::vector<Local<Value>> values_;
  std::vector<int32_t> held_;
};

class HeldCollector {
 public:
  HeldCollector(const EnvData& env, SiteTable* sites, ThreadCapture* capture)
      : env_(env), sites_(sites), capture_(capture), out_(&capture->held) {
    out_->reads_blocks = env.Can("resources");
  }

  void Run(const FrameSamples& samples) {
    for (size_t i = 0; i < samples.objects.size(); i++) {
      if (out_->frames.size() >= kMostFrames) break;
      if (samples.objects[i].IsEmpty()) continue;
      HandleScope scope(env_.isolate());
      const auto node = static_cast<int32_t>(samples.first_node + i);
      AddFrame(node, samples.objects[i], &samples, 0);
    }
  }

 private:
  // `samples`: null for a frame that is none of a task's.
  void AddFrame(int32_t node, Local<Object> activation, const FrameSamples* samples, int depth) {
    const auto site = static_cast<size_t>(capture_->nodes[static_cast<size_t>(node)].payload);
    if (!IsActivation(activation) || sites_->At(site).state != FrameState::kSuspended) return;
    const Held held = ReadOpenBlocks(env_, activation);
    Local<Value> function = FunctionOf(activation);
    if (!function->IsFunction()) return;
    const PlaceText& text = TextAt(site, function.As<Function>());
    const bool all = text.is_compiled || (text.declares && !out_->reads_blocks);
    if (held.is_empty() && !all) return;
    Local<Context> context;
    if (!CreationContextOf(env_.isolate(), activation).ToLocal(&context)) return;
    const Context::Scope inside(context);
    v8::TryCatch guard(env_.isolate());
    WriteText(site);
    FrameWriter writer(env_, context, out_);
    std::vector<PlainEntry> entries;
    for (const HeldEntry& entry : held.entries) {
      const PlainEntry plain = writer.Entry(entry);
      if (plain.value >= 0 && plain.method >= 0) entries.push_back(plain);
    }
    HeldFrame frame;
    frame.node = node;
    frame.is_whole = held.misfit == nullptr && entries.size() == held.entries.size();
    writer.AddScopes(ReadScopes(env_, context, activation), -1, all, UINT32_MAX);
    if (samples != nullptr && text.is_compiled) AddFollowing(*samples, node, &writer, &frame);
    writer.AddStacks();
    if (writer.value_count() == 0) return;
    writer.Finish(&frame, entries);
    out_->frames.push_back(frame);
    AddGenerators(&writer, depth);
  }

  // What comes after a frame says what its block is disposing of.
  void AddFollowing(const FrameSamples& samples, int32_t node, FrameWriter* writer,
                    HeldFrame* frame) {
    const int32_t next = capture_->nodes[static_cast<size_t>(node)].next;
    Local<Object> first = SampleAt(samples, next);
    if (first.IsEmpty()) return;
    frame->following = writer->Add(FunctionOf(first));
    writer->AddClosure(frame->following, kMostScopes);
    Local<Object> second = SampleAt(samples, capture_->nodes[static_cast<size_t>(next)].next);
    if (second.IsEmpty() || !IsActivation(second)) return;
    frame->next_function = writer->Add(FunctionOf(second));
    frame->next_receiver = writer->Add(ReceiverOf(second));
    writer->AddDisposal(frame->next_receiver, frame->next_function);
  }

  static Local<Object> SampleAt(const FrameSamples& samples, int32_t node) {
    const size_t index = static_cast<size_t>(node) - samples.first_node;
    const bool is_known = node >= 0 && static_cast<size_t>(node) >= samples.first_node &&
                          index < samples.objects.size();
    return is_known ? samples.objects[index] : Local<Object>();
  }

  bool IsActivation(Local<Object> object) const {
    const Layout& layout = env_.layout();
    const uint16_t type = InstanceType(ToAddress(object));
    return type == layout.generator_type || type == layout.async_function_type ||
           type == layout.async_generator_type;
  }

  // Of an activation its function; a function itself.
  Local<Value> FunctionOf(Local<Object> object) const {
    if (!IsActivation(object)) return object;
    return ToScriptValue(env_.isolate(),
                         ReadWord(ToAddress(object), env_.layout().generator_function));
  }

  Local<Value> ReceiverOf(Local<Object> activation) const {
    return ToScriptValue(env_.isolate(),
                         ReadWord(ToAddress(activation), env_.layout().generator_receiver));
  }

  const PlaceText& TextAt(size_t site, Local<Function> function) {
    if (site >= texts_.size()) texts_.resize(site + 1);
    PlaceText& place = texts_[site];
    if (place.is_known) return place;
    place.is_known = true;
    const Site& described = sites_->At(site);
    const int start = described.function_offset, offset = described.offset;
    if (start < 0 || offset <= start || offset - start > kLongestText) return place;
    Local<String> text = ScriptTextOf(env_, function);
    const int end = std::min(text->Length(), offset + kLookAhead);
    if (start >= end) return place;
    std::u16string units(static_cast<size_t>(end - start), u'\0');
    WriteTwoByte(env_.isolate(), text, reinterpret_cast<uint16_t*>(units.data()),
                 static_cast<uint32_t>(start), static_cast<uint32_t>(units.size()));
    place.is_compiled = MayBeCompiled(units);
    place.declares = place.is_compiled || MayDeclare(units);
    if (place.declares) place.units = std::move(units);
    return place;
  }

  void WriteText(size_t site) {
    PlaceText& place = texts_[site];
    if (place.is_written || place.units.empty()) return;
    place.is_written = true;
    std::string text = UnitsToUtf8(reinterpret_cast<const uint16_t*>(place.units.data()),
                                   static_cast<int>(place.units.size()));
    text_bytes_ += text.size();
    if (text_bytes_ > kMostTextBytes) return;
    out_->texts.push_back({static_cast<int32_t>(site), std::move(text)});
  }

  // The stacks of generators in what was found. The rows of the frame are complete.
  void AddGenerators(FrameWriter* writer, int depth) {
    if (depth >= kDeepestGenerators) return;
    for (const int32_t held : writer->held()) {
      const auto i = static_cast<size_t>(held);
      if (!writer->value(i)->IsObject() || writer->plain(i)->inner_stack != -1) continue;
      Local<Object> generator = writer->GeneratorOf(writer->value(i));
      if (generator.IsEmpty() || !HasType(ToAddress(generator), env_.layout().generator_type)) {
        continue;
      }
      const bool is_known =
          std::find(looking_.begin(), looking_.end(), generator) != looking_.end();
      looking_.push_back(generator);
      const int32_t inner = is_known ? -2 : AddInner(generator, depth);
      looking_.pop_back();
      writer->plain(i)->inner_stack = inner;
    }
  }

  int32_t AddInner(Local<Object> generator, int depth) {
    ChainBuilder builder(env_, sites_, kMostInnerFrames);
    builder.AddGenerator(generator);
    const Chain chain = builder.chains().front();
    int32_t node = -1;
    if (chain.end == ChainEnd::kLeaf) node = AddNode({NodeType::kLeaf, 0, -1, 0, 0, 0});
    std::vector<std::pair<int32_t, Local<Object>>> frames;
    for (auto entry = chain.entries.rbegin(); entry != chain.entries.rend(); ++entry) {
      if (entry->site < 0) continue;
      node = AddNode({NodeType::kFrame, entry->site, node, 0, 0, 0});
      frames.emplace_back(node, entry->activation);
    }
    for (const auto& [at, activation] : frames) {
      if (!activation.IsEmpty()) AddFrame(at, activation, nullptr, depth + 1);
    }
    return node;
  }

  int32_t AddNode(const StackNode& node) {
    capture_->nodes.push_back(node);
    return static_cast<int32_t>(capture_->nodes.size() - 1);
  }

  const EnvData& env_;
  SiteTable* sites_;
  ThreadCapture* capture_;
  CapturedHeld* out_;
  std::vector<PlaceText> texts_;  // by site
  size_t text_bytes_ = 0;
  std::vector<Local<Object>> looking_;  // generators whose stacks are being made
};

}  // namespace

bool CaptureHeld(const EnvData& env, SiteTable* sites, const FrameSamples& samples,
                 ThreadCapture* capture) {
  sites->Describe();
  HeldCollector(env, sites, capture).Run(samples);
  return !capture->held.is_empty();
}

}  // namespace asynctb
