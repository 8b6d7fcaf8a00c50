// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "heap/holders.h"

#include <algorithm>
#include <array>
#include <unordered_map>
#include <unordered_set>

#include "heap/heap_walk.h"
#include "heap/reactions.h"
#include "memory/address_set.h"
#include "sites/activation.h"
#include "v8/handle_address.h"

namespace asynctb {

using v8::Local;
using v8::Value;

namespace {

constexpr int kNobody = -1;
constexpr int kPropertiesOffset = 8;
constexpr int kElementsOffset = 16;
constexpr size_t kTypeSamples = 3;
constexpr size_t kBoundSample = 2;
constexpr int kMostSlots = 10'000;
constexpr int kMostHolders = 200, kMostObjects = 1'000;
constexpr size_t kFirstIgnored = 5, kClosureSample = 8;
constexpr size_t kMostWide = 100;

// Addresses of what is asked for, each with its number.
class Index {
 public:
  void Add(Address key, int number) {
    found_.emplace(key, number);
    Bit(key) |= Mask(key);
  }
  // Nearly every word of a heap is missing.
  int Find(Address key) const {
    if ((bits_[Slot(key) / 64] & Mask(key)) == 0) return kNobody;
    const auto at = found_.find(key);
    return at == found_.end() ? kNobody : at->second;
  }

 private:
  std::unordered_map<Address, int> found_;
  // A few kilobytes, which stay in the cache.
  static constexpr int kBits = 1 << 15;
  static size_t Slot(Address key) { return ((key >> 3) * 0x9e3779b97f4a7c15u) >> 49; }
  static uint64_t Mask(Address key) { return uint64_t{1} << (Slot(key) % 64); }
  uint64_t& Bit(Address key) { return bits_[Slot(key) / 64]; }
  std::array<uint64_t, kBits / 64> bits_ = {};
};

// What one scope holds of what is asked for.
struct Numbers {
  static constexpr int kMost = 6;
  constexpr Numbers() = default;
  explicit Numbers(int number) { Add(number); }

  // The same number twice, as in a list of arguments, is one.
  void Add(int number) {
    if (count < kMost && std::find(of, of + count, number) == of + count) of[count++] = number;
  }

  int count = 0;
  int of[kMost] = {};
};

// Looks into each object that may hold something, while it is in the cache; what may hold something
// is remembered, so that higher levels need no walk of their own.
class HolderFinder {
 public:
  HolderFinder(const EnvData& env, const HolderSearch& search)
      : env_(env), layout_(env.layout()), reader_(env), search_(search) {}

  void Begin() {
    ReadSamples();
    for (const Local<Value>& value : search_.values) {
      Ask(ToAddress(value), static_cast<int>(counts_.size()));
    }
  }

  void Visit(Address object, uint16_t type) {
    if (type == layout_.function_type) {
      AddAll(OfContext(ReadWord(object, layout_.function_context)), HolderKind::kClosure, object);
    } else if (type == layout_.promise_type) {
      if (!reader_.IsPending(object)) return;
      VisitReactions(object);
    } else if (type == layout_.generator_type || type == layout_.async_function_type ||
               type == layout_.async_generator_type) {
      VisitActivation(object, type);
    } else if (std::find(types_.begin(), types_.end(), type) != types_.end()) {
      InFields(object, [&](int number) { Add(number, HolderKind::kObject, object); });
    } else {
      return;
    }
    if (level_ == 0 && search_.levels > 1) candidates_.Insert(object);
  }

  // SAFETY: nothing has been allocated since the walk, so the addresses are still good.
  void End() {
    for (level_ = 1; level_ < search_.levels && Climb(); level_++) {
      candidates_.ForEach([&](Address candidate) { Visit(candidate, InstanceType(candidate)); });
    }
  }

  std::vector<Holder> found;

 private:
  void ReadSamples() {
    for (size_t i = 0; i < search_.samples.size(); i++) {
      const Address sample = ToAddress(search_.samples[i]);
      if (i < kTypeSamples) {
        types_.push_back(InstanceType(sample));
      } else if (i >= kClosureSample) {
        if (i == kClosureSample) FindCells(sample, ToAddress(search_.samples[i + 1]));
      } else if (i >= kFirstIgnored) {
        ignored_.push_back(MapOf(sample));
      } else {
        // SAFETY: the word after the map is the store of properties, or the identity hash.
        const Address store = ReadWord(sample, kPropertiesOffset);
        stores_[i - kTypeSamples] = IsHeapObject(store) ? InstanceType(store) : Layout::kNoType;
      }
    }
  }

  // Newer V8s keep what a variable holds that is assigned to in a cell, which the context refers
  // to.
  void FindCells(Address closure, Address held) {
    if (!HasType(closure, layout_.function_type)) return;
    const Address context = ReadWord(closure, layout_.function_context);
    const int length = std::min(ReadLength(context), kMostSlots);
    for (int i = 2; i < length; i++) {
      const Address cell = ReadWord(context, kContextSlots + 8 * i);
      // SAFETY: each object has a word after its map.
      if (IsHeapObject(cell) && ReadWord(cell, kPropertiesOffset) == held) {
        cell_type_ = InstanceType(cell);
      }
    }
  }

  void Ask(Address address, int number) {
    index_.Add(address, number);
    asked_.insert(address);
    counts_.push_back({});
  }

  // Asks for what was found on the last level. False when there is nothing to ask for.
  bool Climb() {
    index_ = Index();
    cache_.fill({});
    const size_t from = level_begin_;
    level_begin_ = found.size();
    size_t wide = 0;
    counts_.resize(search_.values.size() + level_begin_);
    for (const HolderKind kind : {HolderKind::kObject, HolderKind::kClosure}) {
      for (size_t i = from; i < level_begin_ && wide < kMostWide; i++) {
        const Address address = ToAddress(found[i].value);
        if (found[i].kind != kind || !asked_.insert(address).second) continue;
        // All closures of a scope hold what the scope does: on the way one is as good as any.
        if (kind == HolderKind::kClosure && level_ > 1 &&
            !contexts_.insert(ReadWord(address, layout_.function_context)).second) {
          continue;
        }
        index_.Add(address, static_cast<int>(search_.values.size() + i));
        wide++;
      }
    }
    return wide > 0;
  }

  void Add(int number, HolderKind kind, Address value, Address extra = kNoAddress) {
    if (number == kNobody) return;
    // Objects that have just died are many, and come first: they must not crowd out the rest.
    Count& count = counts_[static_cast<size_t>(number)];
    if (kind == HolderKind::kObject) {
      const Address map = MapOf(value);
      if (std::find(ignored_.begin(), ignored_.end(), map) != ignored_.end()) return;
      if (count.objects++ >= kMostObjects) return;
    } else if (count.others++ >= kMostHolders) {
      return;
    }
    v8::Isolate* isolate = env_.isolate();
    Local<Value> none = v8::Undefined(isolate);
    Local<Value> handle = ToScriptValue(isolate, value);
    if (kind == HolderKind::kObject && handle->IsFunction()) kind = HolderKind::kBound;
    found.push_back(
        {number, kind, handle, extra == kNoAddress ? none : ToScriptValue(isolate, extra)});
  }

  void AddAll(const Numbers& numbers, HolderKind kind, Address value, Address extra = kNoAddress) {
    for (int i = 0; i < numbers.count; i++) Add(numbers.of[i], kind, value, extra);
  }

  // A scope may hold both functions of a promise, and those of several.
  // SAFETY: only contexts that a function refers to get here: their length is in the second word.
  const Numbers& OfContext(Address context) {
    static constexpr Numbers kNone;
    if (!IsHeapObject(context)) return kNone;
    Cached& cached = cache_[(context >> 3) % cache_.size()];
    if (cached.context == context) return cached.numbers;
    cached = {context, {}};
    Numbers& numbers = cached.numbers;
    const int length = std::min(ReadLength(context), kMostSlots);
    for (int i = 2; i < length && numbers.count < Numbers::kMost; i++) {
      const Address value = ReadWord(context, kContextSlots + 8 * i);
      int number = index_.Find(value);
      if (number == kNobody && cell_type_ != Layout::kNoType && HasType(value, cell_type_)) {
        number = index_.Find(ReadWord(value, kPropertiesOffset));
      }
      if (number != kNobody) numbers.Add(number);
    }
    return numbers;
  }

  // Fields in the object itself, and its stores of properties and elements. What a function is
  // bound to is a store too. A store of listeners or a queue holds many: `each(int)` for each.
  // SAFETY: only stores are looked into: a field may hold one of V8's own objects that have no
  // readable content.
  template <typename Each>
  void InFields(Address object, Each each) const {
    const int size = SizeOf(layout_, object);
    const bool is_bound = InstanceType(object) == types_[kBoundSample];
    for (int offset = kPropertiesOffset; offset < size; offset += 8) {
      const Address value = ReadWord(object, offset);
      const int number = index_.Find(value);
      if (number != kNobody) {
        each(number);
      } else if (offset <= kElementsOffset || is_bound) {
        InStore(value, each);
      }
    }
  }

  template <typename Each>
  void InStore(Address value, Each each) const {
    if (!IsHeapObject(value)) return;
    const uint16_t type = InstanceType(value);
    if (type != layout_.register_file_type && type != stores_[0] && type != stores_[1]) return;
    // A store that has room for the identity hash has it in the high bits of its length.
    constexpr int kLengthBits = 0x3ff;
    int length = std::min(ReadLength(value), kMostSlots);
    if (type == stores_[0]) length = ReadLength(value) & kLengthBits;
    for (int i = 0; i < length; i++) {
      const int inside = index_.Find(ReadWord(value, kContextSlots + 8 * i));
      if (inside != kNobody) each(inside);
    }
  }

  Numbers OfHandler(Address handler) {
    if (!IsHeapObject(handler)) return {};
    const int itself = index_.Find(handler);
    if (itself != kNobody) return Numbers(itself);
    const uint16_t type = InstanceType(handler);
    if (type == layout_.function_type) {
      return OfContext(ReadWord(handler, layout_.function_context));
    }
    Numbers numbers;
    if (std::find(types_.begin(), types_.end(), type) != types_.end()) {
      InFields(handler, [&](int number) { numbers.Add(number); });
    }
    return numbers;
  }

  void VisitReactions(Address promise) {
    Address reaction = ReadWord(promise, layout_.promise_reactions);
    constexpr int kMostReactions = 1'000;
    for (int i = 0; i < kMostReactions && HasType(reaction, layout_.reaction_type); i++) {
      for (const int field : {layout_.reaction_fulfill, layout_.reaction_reject}) {
        const Address handler = ReadWord(reaction, field);
        const Numbers settled = OfHandler(handler);
        if (settled.count == 0) continue;
        AddAll(settled, HolderKind::kReaction, promise, handler);
        break;
      }
      reaction = ReadWord(reaction, layout_.reaction_next);
    }
  }

  void VisitActivation(Address activation, uint16_t type) {
    const Address word = ReadWord(activation, layout_.generator_continuation);
    if (!IsSmi(word) || SmiValue(word) == kGeneratorClosed) return;
    const Address function = ReadWord(activation, layout_.generator_function);
    if (!HasType(function, layout_.function_type)) return;
    const Address around = ReadWord(function, layout_.function_context);
    HolderKind kind = HolderKind::kActivation;
    Numbers held;
    InStore(ReadWord(activation, layout_.generator_registers),
            [&](int number) { held.Add(number); });
    if (held.count == 0) held = InOwnScopes(activation, around);
    if (held.count == 0) {
      kind = HolderKind::kOfClosure;
      held = OfContext(around);
    }
    if (held.count == 0) return;
    const bool is_async = type == layout_.async_function_type;
    const Address value =
        is_async ? ReadWord(activation, layout_.async_function_promise) : activation;
    AddAll(held, kind, value, function);
  }

  // Variables that an inner function closes over: in scopes of the activation's own, inside of
  // those that its function has around it. SAFETY: an activation refers to a context, and that to
  // the next one, up to the function's.
  Numbers InOwnScopes(Address activation, Address around) {
    if (layout_.generator_context < 0) return {};
    constexpr int kMostScopes = 1'000;
    Address scope = ReadWord(activation, layout_.generator_context);
    for (int i = 0; i < kMostScopes && scope != around && ReadLength(scope) > 1; i++) {
      const Numbers& held = OfContext(scope);
      if (held.count > 0) return held;
      scope = ReadWord(scope, kContextPrevious);
      if (!IsHeapObject(scope)) break;
    }
    return {};
  }

  struct Cached {
    Address context = kNoAddress;
    Numbers numbers;
  };

  const EnvData& env_;
  const Layout& layout_;
  ReactionReader reader_;
  const HolderSearch& search_;
  std::vector<uint16_t> types_;
  uint16_t stores_[2] = {Layout::kNoType, Layout::kNoType};
  uint16_t cell_type_ = Layout::kNoType;
  int level_ = 0;
  size_t level_begin_ = 0;
  Index index_;  // what this level asks for
  std::unordered_set<Address> asked_, contexts_;
  std::vector<Address> ignored_;  // maps
  struct Count {
    int objects = 0, others = 0;
  };
  std::vector<Count> counts_;
  AddressSet candidates_;
  std::array<Cached, 2048> cache_;
};

}  // namespace

namespace {

bool CanFindHolders(const EnvData& env) {
  for (const char* need :
       {"heapWalk", "promises", "resolvers", "callbacks", "asyncFunctions", "asyncGenerators"}) {
    if (!env.Can(need)) return false;
  }
  return true;
}

}  // namespace

std::vector<Holder> FindHolders(const EnvData& env, const HolderSearch& search) {
  if (!CanFindHolders(env) || search.values.empty()) return {};
  HolderFinder holders(env, search);
  if (!WalkHeap(env, &holders).ok) return {};
  return std::move(holders.found);
}

HolderCandidates::HolderCandidates(const EnvData& env, const HolderSearch& search)
    : is_complete_(CanFindHolders(env) && search.samples.size() > kTypeSamples) {
  if (!is_complete_) return;
  const Layout& layout = env.layout();
  for (const uint16_t type : {layout.function_type, layout.promise_type, layout.generator_type,
                              layout.async_function_type, layout.async_generator_type}) {
    types_.set(type);
  }
  for (size_t i = 0; i < kTypeSamples; i++) {
    types_.set(InstanceType(ToAddress(search.samples[i])));
  }
}

std::vector<Holder> FindHoldersAmong(const EnvData& env, const HolderSearch& search,
                                     const HolderCandidates& candidates) {
  HolderFinder holders(env, search);
  holders.Begin();
  for (const Address object : candidates.objects()) holders.Visit(object, InstanceType(object));
  return std::move(holders.found);
}

}  // namespace asynctb
