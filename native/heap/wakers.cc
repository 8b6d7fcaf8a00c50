// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "heap/wakers.h"

#include <algorithm>
#include <string>
#include <unordered_set>

#include "base/platform/thread_clock.h"
#include "layout/holder_names.h"

namespace asynctb {

namespace {

// Behind its map, its further properties and its elements.
constexpr int kFirstField = 24;
constexpr int kMostFields = 24, kMostScopes = 3, kMostSlots = 64;

}  // namespace

WakerFinder::WakerFinder(const EnvData& env, const Graph& graph, const HolderGraph& ways)
    : env_(env),
      layout_(env.layout()),
      graph_(graph),
      ways_(ways),
      uses_(layout_),
      members_(layout_, ways),
      bodies_(env) {}

std::vector<FoundWaker> WakerFinder::Find(const std::vector<Address>& owners,
                                          std::chrono::nanoseconds end) {
  if (owners.empty() || !layout_.has_uses || !layout_.holders.proven) return {};
  for (size_t i = 0; i < owners.size(); i++) owners_.emplace(owners[i], i);
  members_.Collect(owners);
  bodies_.Collect(owners);
  constexpr size_t kLook = 256;
  size_t count = 0;
  for (const uint32_t index : graph_.users()) {
    if (count++ % kLook == 0 && ThreadClock::Spent() > end) break;
    if (index < graph_.activation_count()) VisitActivation(index);
  }
  for (FoundWaker& waker : found_) {
    if (waker.via == WakerVia::kMember) {
      waker.members = members_.CountLike(waker.owner, waker.shape);
      waker.is_alone = true;
    } else if (waker.via == WakerVia::kReleaser && waker.function != kNoAddress) {
      CountReleasers(&waker, owners[waker.owner]);
    }
  }
  return std::move(found_);
}

void WakerFinder::VisitActivation(uint32_t index) {
  const Activation& activation = graph_.activation(index);
  const Address function = ReadWord(activation.address, layout_.generator_function);
  if (activation.state != ActivationState::kSuspended ||
      !HasType(function, layout_.function_type)) {
    return;
  }
  activation_ = index;
  receiver_ = ReadWord(activation.address, layout_.generator_receiver);
  around_.clear();
  constexpr size_t kMostAround = 20;
  for (Address scope = ReadWord(function, layout_.function_context);
       IsHeapObject(scope) && around_.size() < kMostAround &&
       layout_.holders.Of(InstanceType(scope)) == HolderType::kContext;
       scope = ReadWord(scope, kContextPrevious)) {
    around_.push_back(scope);
  }
  const Uses& uses = uses_.At(activation.address, activation.site);
  const Address registers = ReadWord(activation.address, layout_.generator_registers);
  const int length = HasType(registers, layout_.register_file_type) ? ReadLength(registers) : 0;
  for (const int place : uses.registers) {
    if (place < length) VisitValue(ReadWord(registers, kContextSlots + 8 * place), false);
  }
  for (const ScopeUse& use : uses.variables) {
    const Address scope = ScopeOf(layout_, activation.address, use);
    if (scope == kNoAddress || use.offset >= kContextSlots + 8 * ReadLength(scope)) continue;
    Address value = ReadWord(scope, use.offset);
    if (layout_.holders.cell_type != Layout::kNoType && HasType(value, layout_.holders.cell_type)) {
      value = ReadWord(value, 8);
    }
    const auto owner = owners_.find(value);
    if (owner != owners_.end()) {
      VisitUser(owner->second);
    } else if (!IsAround(scope)) {
      // What is around its function belongs to others as well.
      VisitValue(value, false);
    }
  }
}

// A function that goes on to use the owner, and does not wait for it right here.
void WakerFinder::VisitUser(size_t owner) {
  const Address function =
      ReadWord(graph_.activation(activation_).address, layout_.generator_function);
  if (!SpeaksOfRelease(function) || WaitsAtOwner(owner)) return;
  Add(owner, WakerVia::kUser, kNoAddress, kNoAddress, kNoAddress, kNoAddress);
}

// Whether what it awaits comes from the owner, through nothing but the owner's own functions.
bool WakerFinder::WaitsAtOwner(size_t owner) const {
  constexpr int kMostSteps = 50;
  uint32_t promise = graph_.activation(activation_).awaits;
  for (int i = 0; i < kMostSteps && promise != kNone; i++) {
    const PromiseRecord& record = graph_.promise(promise);
    switch (record.kind()) {
      case SourceKind::kUnknown:
        return LeadsTo(ways_.Find(record.address), owner);
      case SourceKind::kCombinator:
        return true;
      case SourceKind::kActivation: {
        const Activation& awaited = graph_.activation(record.index());
        const auto of = owners_.find(ReadWord(awaited.address, layout_.generator_receiver));
        if (of == owners_.end() || of->second != owner) return false;
        promise = awaited.awaits;
        break;
      }
      default: {
        uint32_t next = kNone;
        graph_.ForEachInput(record, [&](uint32_t input) { next = input; });
        promise = next;
      }
    }
  }
  return true;
}

// Whether what holds a promise leads to an owner; true where that is not known.
bool WakerFinder::LeadsTo(int32_t promise, size_t owner) const {
  constexpr size_t kMost = 200;
  if (promise < 0) return true;
  std::vector<int32_t> todo = {promise};
  for (size_t i = 0; i < todo.size(); i++) {
    const HolderNode& node = ways_.nodes()[static_cast<size_t>(todo[i])];
    const auto of = owners_.find(node.address);
    if (of != owners_.end() && of->second == owner) return true;
    // What is behind another thing with a name is that one's own matter.
    if (node.is_named) continue;
    for (int32_t at = node.first_edge; at >= 0;) {
      const HolderEdge& edge = ways_.edges()[static_cast<size_t>(at)];
      at = edge.next;
      if (std::find(todo.begin(), todo.end(), edge.parent) != todo.end()) continue;
      if (todo.size() >= kMost) return true;
      todo.push_back(edge.parent);
    }
  }
  return false;
}

// Whether a function has the name of a method in it that gives something back.
bool WakerFinder::SpeaksOfRelease(Address function) {
  static const std::unordered_set<std::string> kNames = {"release",
                                                         "unlock",
                                                         "leave",
                                                         "signal",
                                                         "free",
                                                         "giveBack",
                                                         "putBack",
                                                         "give",
                                                         "put",
                                                         "checkin",
                                                         "checkIn",
                                                         "restore",
                                                         "releaseConnection",
                                                         "returnConnection"};
  constexpr int kMostConstants = 2'048;
  constexpr size_t kLongest = 20;
  const auto [known, is_new] =
      speaks_.try_emplace(ReadWord(function, layout_.function_shared), false);
  if (!is_new || layout_.bytecode_constants < 0) return known->second;
  const Address code = BytecodeOf(layout_, function);
  if (!HasType(code, layout_.bytecode_type)) return false;
  const Address constants = ReadWord(code, layout_.bytecode_constants);
  if (!HasType(constants, layout_.constants_type)) return false;
  const int length = std::min(ReadLength(constants), kMostConstants);
  for (int i = 0; i < length && !known->second; i++) {
    const Address constant = ReadWord(constants, kContextSlots + 8 * i);
    std::string name;
    known->second = IsHeapObject(constant) && ReadKey(layout_, constant, &name) &&
                    name.size() <= kLongest && kNames.count(name) > 0;
  }
  return known->second;
}

// How many functions of the same code have the owner in their scope, as far as something holds
// them.
void WakerFinder::CountReleasers(FoundWaker* waker, Address owner) const {
  const int32_t node = ways_.Find(owner);
  const int32_t of_function = ways_.Find(waker->function);
  if (node < 0 || of_function < 0) return;
  const std::vector<HolderNode>& nodes = ways_.nodes();
  const std::vector<HolderEdge>& edges = ways_.edges();
  if (nodes[static_cast<size_t>(node)].is_hub) return;
  const Address code = ReadWord(waker->function, layout_.function_shared);
  int32_t count = 0;
  for (int32_t at = nodes[static_cast<size_t>(node)].first_edge; at >= 0;) {
    const HolderEdge& edge = edges[static_cast<size_t>(at)];
    at = edge.next;
    const HolderNode& scope = nodes[static_cast<size_t>(edge.parent)];
    if (scope.kind != HolderNodeKind::kContext) continue;
    if (scope.is_hub) return;
    for (int32_t up = scope.first_edge; up >= 0;) {
      const HolderEdge& of_scope = edges[static_cast<size_t>(up)];
      up = of_scope.next;
      const HolderNode& parent = nodes[static_cast<size_t>(of_scope.parent)];
      if (parent.kind != HolderNodeKind::kFunction || parent.first_edge < 0) continue;
      if (ReadWord(parent.address, layout_.function_shared) == code) count++;
    }
  }
  waker->members = count;
  waker->is_alone = count > 0 && LeadsToSuspendedOnly(of_function);
}

// Whether only suspended functions, and what nothing holds, have what a node stands for.
bool WakerFinder::LeadsToSuspendedOnly(int32_t start) const {
  constexpr size_t kMost = 200;
  const std::vector<HolderNode>& nodes = ways_.nodes();
  const std::vector<HolderEdge>& edges = ways_.edges();
  std::vector<int32_t> todo = {start};
  for (size_t i = 0; i < todo.size(); i++) {
    const HolderNode& node = nodes[static_cast<size_t>(todo[i])];
    if (node.kind == HolderNodeKind::kActivation) continue;
    if (node.is_hub || (!node.is_open && node.first_edge < 0)) return false;
    // What has settled a promise with it, and closures beside it, may be left over: what counts is
    // who has those.
    const bool may_pass =
        i == 0 || node.kind == HolderNodeKind::kContext || node.kind == HolderNodeKind::kStore ||
        node.kind == HolderNodeKind::kFunction || node.kind == HolderNodeKind::kPromise ||
        node.kind == HolderNodeKind::kReaction ||
        (node.kind == HolderNodeKind::kObject && !node.is_native);
    if (!may_pass && node.first_edge >= 0) return false;
    for (int32_t at = node.first_edge; at >= 0;) {
      const HolderEdge& edge = edges[static_cast<size_t>(at)];
      at = edge.next;
      if (std::find(todo.begin(), todo.end(), edge.parent) != todo.end()) continue;
      if (todo.size() >= kMost) return false;
      todo.push_back(edge.parent);
    }
  }
  return true;
}

bool WakerFinder::IsAround(Address scope) const {
  return std::find(around_.begin(), around_.end(), scope) != around_.end();
}

void WakerFinder::VisitValue(Address value, bool is_field) {
  if (!IsHeapObject(value)) return;
  if (!is_field) {
    held_ = value;
    // It goes on to read the body of a response, which takes a connection until then.
    const int owner = bodies_.OwnerOf(value);
    if (owner >= 0) {
      Add(static_cast<size_t>(owner), WakerVia::kUser, held_, kNoAddress, kNoAddress, kNoAddress);
      return;
    }
  }
  if (const OwnerMembers::Member* member = members_.Find(value)) {
    Add(member->owner, WakerVia::kMember, held_, kNoAddress, kNoAddress, member->shape);
    return;
  }
  const uint16_t type = InstanceType(value);
  if (type == layout_.function_type) {
    VisitFunction(value, held_);
  } else if (type == layout_.resources.bound_type) {
    const int field = layout_.resources.bound_this;
    const auto owner = field > 0 ? owners_.find(ReadWord(value, field)) : owners_.end();
    if (owner != owners_.end()) {
      Add(owner->second, WakerVia::kReleaser, held_, kNoAddress, kNoAddress, kNoAddress);
    }
  } else if (!is_field && type == layout_.object_type && owners_.count(value) == 0) {
    VisitFields(value);
  }
}

// Of a handle, such as `{ release }` or what wraps a client.
void WakerFinder::VisitFields(Address object) {
  const int size = SizeOf(layout_, object);
  if (size > kFirstField + 8 * kMostFields) return;
  for (int offset = kFirstField; offset < size; offset += 8) {
    const Address value = ReadWord(object, offset);
    VisitValue(value, true);
  }
}

// A function that was made for who has it: not one that stands around it.
void WakerFinder::VisitFunction(Address function, Address held) {
  Address scope = ReadWord(function, layout_.function_context);
  if (IsAround(scope)) return;
  for (int i = 0; i < kMostScopes && IsHeapObject(scope); i++) {
    if (layout_.holders.Of(InstanceType(scope)) != HolderType::kContext) return;
    const int length = std::min(LengthOfStore(layout_, scope), kMostSlots);
    constexpr int kHeader = 2;
    for (int slot = kHeader; slot < length; slot++) {
      Address value = ReadWord(scope, kContextSlots + 8 * slot);
      if (layout_.holders.cell_type != Layout::kNoType &&
          HasType(value, layout_.holders.cell_type)) {
        value = ReadWord(value, 8);
      }
      const auto owner = owners_.find(value);
      if (owner == owners_.end()) continue;
      Add(owner->second, WakerVia::kReleaser, held, function, VariableOfSlot(layout_, scope, slot),
          kNoAddress);
    }
    scope = ReadWord(scope, kContextPrevious);
  }
}

void WakerFinder::Add(size_t owner, WakerVia via, Address held, Address function, Address variable,
                      Address shape) {
  // Its own methods work for who waits.
  if (owners_.count(receiver_) > 0 && owners_[receiver_] == owner) return;
  constexpr size_t kMost = 200, kMostOfPlace = 8;
  const Activation& activation = graph_.activation(activation_);
  const uint64_t key = static_cast<uint64_t>(owner) << 32 | activation.site;
  const auto known = found_at_.find(key);
  if (known != found_at_.end()) {
    FoundWaker& first = found_[known->second];
    for (size_t i = known->second; i < found_.size(); i++) {
      const FoundWaker& known_one = found_[i];
      if (known_one.owner == owner && known_one.activation == activation_ && known_one.via == via)
        return;
    }
    size_t of_place = 0;
    for (const FoundWaker& waker : found_) {
      if (waker.owner == owner && graph_.activation(waker.activation).site == activation.site) {
        of_place++;
      }
    }
    if (of_place >= kMostOfPlace || found_.size() >= kMost) {
      first.count++;
      return;
    }
  }
  if (found_.size() >= kMost) return;
  if (known == found_at_.end()) found_at_.emplace(key, found_.size());
  found_.push_back({owner, activation_, via, held, function, variable, 1, shape, 0, false});
}

}  // namespace asynctb
