// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "threads/held_capture.h"

#include <algorithm>
#include <optional>
#include <string_view>
#include <utility>

#include "heap/chain.h"
#include "sites/resources.h"
#include "sites/scopes.h"
#include "sites/script_place.h"
#include "text/source_text.h"
#include "threads/held_values.h"
#include "v8/handle_address.h"
#include "v8/v8_compat.h"

namespace asynctb {

using v8::Context;
using v8::Function;
using v8::HandleScope;
using v8::Local;
using v8::Object;
using v8::String;
using v8::Value;

namespace {

// As in lib/resources/frame-resources.ts: a longer function is a bundle's wrapper, and behind a
// place the next token matters.
constexpr int kLongestText = 200'000;
constexpr int kLookAhead = 16;
constexpr size_t kMostTextBytes = 4u << 20;  // of all sites
constexpr size_t kMostFrames = 1'000;
constexpr uint32_t kMostScopes =
    3;  // of a function: more than a disposal has belongs to the program
constexpr int kDeepestGenerators = 5;  // generators that hold generators
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
