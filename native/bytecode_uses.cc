// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "bytecode_uses.h"

#include <algorithm>
#include <iterator>

#include "bytecode_table.h"
#include "layout_prover.h"
#include "property_mentions.h"
#include "symbols.h"

namespace asynctb {

static bool LeadsToBytecode(const Layout& layout, uint16_t type) {
  return std::find(std::begin(layout.code_types), std::end(layout.code_types), type) !=
         std::end(layout.code_types);
}

// A function that runs as baseline code leads to its bytecode through an object of V8's.
Address BytecodeOfShared(const Layout& layout, Address shared) {
  const Address data = ReadWord(shared, layout.shared_bytecode);
  if (HasType(data, layout.bytecode_type)) return data;
  // SAFETY: what has not been compiled, or not lately, has positions in its second word, which may look
  // like an address. So only what is known to begin with tagged words is looked into.
  if (!IsHeapObject(data) || !LeadsToBytecode(layout, InstanceType(data))) return kNoAddress;
  for (const int offset : {8, 16}) {
    const Address inner = ReadWord(data, offset);
    if (HasType(inner, layout.bytecode_type)) return inner;
  }
  return kNoAddress;
}

namespace {

constexpr int kMostBytes = 1 << 20;
constexpr int kMostPlaces = 4'096;
constexpr int kContextSlots = 16;
// An operand that names a parameter counts up from here: the receiver, then the arguments.
constexpr int kReceiverOperand = 2;

struct Code {
  const uint8_t* bytes = nullptr;
  int length = 0;
  int register_count = 0;
};

// One bytecode, decoded.
struct Step {
  const BytecodeInfo* info = nullptr;
  int offset = 0, next = 0;
  int prefix = 0;  // bytes that make it wide
  int operands[8] = {};
  int count = 0;
};

Address BytecodeOf(const Layout& layout, Address function) {
  return BytecodeOfShared(layout, ReadWord(function, layout.function_shared));
}

bool ReadCode(const Layout& layout, Address function, Code* code) {
  const Address bytecode = BytecodeOf(layout, function);
  if (bytecode == kNoAddress) return false;
  code->length = ReadLength(bytecode);
  code->bytes = reinterpret_cast<const uint8_t*>(bytecode - 1 + layout.bytecode_data);
  code->register_count = ReadInt32(bytecode, layout.bytecode_frame_size) / 8;
  return code->length > 0 && code->length <= kMostBytes;
}

// SAFETY: nothing is read behind the end of the code.
bool Decode(const std::vector<BytecodeInfo>& table, const Code& code, int offset, Step* step) {
  int scale = 0;
  int at = offset;
  step->prefix = 0;
  if (at >= code.length) return false;
  if (code.bytes[at] < 2) {
    scale = code.bytes[at] == 0 ? 1 : 2;
    step->prefix = 1;
    if (++at >= code.length) return false;
  }
  if (code.bytes[at] >= table.size()) return false;
  step->info = &table[code.bytes[at]];
  step->offset = offset;
  const int size = step->info->sizes[scale];
  if (size < 1 || at + size > code.length) return false;
  step->next = at + size;
  step->count = 0;
  int from = at + 1;
  for (const BytecodeOperand& operand : step->info->operands) {
    const int width = operand.sizes[scale];
    if (from + width > step->next) return false;
    const bool is_signed = operand.kind != OperandKind::kNumber;
    uint32_t value = 0;
    for (int i = 0; i < width; i++) value |= uint32_t{code.bytes[from + i]} << (8 * i);
    if (is_signed && width > 0 && width < 4 && (value >> (8 * width - 1)) != 0) {
      value |= ~uint32_t{0} << (8 * width);
    }
    step->operands[step->count++] = static_cast<int32_t>(value);
    from += width;
  }
  return true;
}

// Passes the code behind a place in order, and takes down what is read before it is written.
class UseFinder {
 public:
  UseFinder(const std::vector<BytecodeInfo>& table, const Code& code, int file_length)
      : table_(table), code_(code), parameters_(file_length - code.register_count),
        written_(file_length), read_(file_length), pushed_(file_length, kNotPushed) {}

  Uses Find(int suspension) {
    if (parameters_ < 0 || !Start(suspension)) return {};
    int loop = resumed_;
    bool complete = true;
    Pass(resumed_, code_.length, &loop, &complete);
    // A loop around the place leads back to what stands before it.
    int none = 0;
    if (complete && loop < suspended_) {
      above_ = -EnteredBetween(loop, suspended_);
      Pass(loop, suspended_, &none, &complete);
    }
    if (!complete) return {};
    for (size_t i = 0; i < read_.size(); i++) {
      if (read_[i] && static_cast<int>(i) != generator_) uses_.registers.push_back(static_cast<int>(i));
    }
    return std::move(uses_);
  }

 private:
  static constexpr int kNotPushed = -1;

  // How many more scopes are entered than left.
  int EnteredBetween(int begin, int end) const {
    Step step;
    int entered = 0;
    for (int at = begin; at < end && Decode(table_, code_, at, &step); at = step.next) {
      entered += step.info->kind == BytecodeKind::kPushContext ? 1 : 0;
      entered -= step.info->kind == BytecodeKind::kPopContext ? 1 : 0;
    }
    return entered;
  }

  // Where the activation stands, by the number of the suspension, and how registers are written.
  bool Start(int suspension) {
    Step step;
    bool found = false;
    for (int at = 0; at < code_.length; at = step.next) {
      if (!Decode(table_, code_, at, &step)) return false;
      if (step.info->kind == BytecodeKind::kSuspend && step.count >= 4 &&
          step.operands[3] == suspension) {
        first_register_ = step.operands[1];
        generator_ = Place(step.operands[0]);
        suspended_ = step.offset;
        found = true;
      } else if (found && step.info->kind == BytecodeKind::kResume) {
        resumed_ = step.next;
        return true;
      }
    }
    return false;
  }

  // The place in the register file of a register's operand; -1 for the receiver and what is none.
  int Place(int operand) const {
    const int place = operand > 0 ? operand - kReceiverOperand - 1
                                  : parameters_ + first_register_ - operand;
    const int limit = operand > 0 ? parameters_ : static_cast<int>(read_.size());
    return place >= 0 && place < limit ? place : -1;
  }

  void Read(int operand) {
    if (operand == kReceiverOperand) {
      uses_.receiver = true;
      return;
    }
    const int place = Place(operand);
    if (place >= 0 && !written_[place]) read_[place] = true;
  }

  void Write(int operand) {
    const int place = Place(operand);
    if (place < 0) return;
    written_[place] = true;
    pushed_[place] = kNotPushed;
  }

  void Pass(int begin, int end, int* loop, bool* complete) {
    Step step;
    for (int at = begin; at < end; at = step.next) {
      if (!Decode(table_, code_, at, &step)) {
        *complete = false;
        return;
      }
      Take(step);
      if (step.info->kind == BytecodeKind::kJumpLoop && step.count > 0) {
        const int target = step.offset + step.prefix - step.operands[0];
        if (target >= 0 && target < suspended_) *loop = std::min(*loop, target);
      }
    }
  }

  void Take(const Step& step) {
    switch (step.info->kind) {
      case BytecodeKind::kSuspend:
      case BytecodeKind::kResume:
        return;  // all registers, of use or not
      case BytecodeKind::kStar:
        Write(first_register_ - step.info->star);
        return;
      case BytecodeKind::kCurrentVariable:
        AddVariable(ScopeUse::kCurrent, above_, 0, step.operands[0]);
        return;
      case BytecodeKind::kVariable:
        if (step.count >= 3) AddOuterVariable(step.operands[0], step.operands[1], step.operands[2]);
        return;
      case BytecodeKind::kPushContext: {
        Write(step.operands[0]);
        const int place = Place(step.operands[0]);
        if (place >= 0) pushed_[place] = above_;
        above_++;
        return;
      }
      case BytecodeKind::kPopContext: {
        const int place = Place(step.operands[0]);
        above_ = place >= 0 && pushed_[place] != kNotPushed ? pushed_[place] : above_ - 1;
        return;
      }
      default:
        break;
    }
    for (int i = 0; i < step.count; i++) {
      const BytecodeOperand& operand = step.info->operands[i];
      const bool is_list =
          operand.kind == OperandKind::kReadsList || operand.kind == OperandKind::kWritesList;
      const int count = is_list ? i + 1 < step.count ? step.operands[i + 1] : 0 : operand.width;
      if (operand.kind == OperandKind::kNumber || count < 0 || count > kMostPlaces) continue;
      const bool reads =
          operand.kind == OperandKind::kReads || operand.kind == OperandKind::kReadsList;
      // Registers that follow each other have operands that count down; parameters do not follow.
      for (int k = 0; k < count; k++) {
        reads ? Read(step.operands[i] - k) : Write(step.operands[i] - k);
      }
    }
  }

  void AddOuterVariable(int scope, int slot, int depth) {
    const int place = Place(scope);
    if (place < 0) return;
    if (pushed_[place] != kNotPushed) {
      AddVariable(ScopeUse::kCurrent, pushed_[place], depth, slot);
    } else if (!written_[place]) {
      AddVariable(place, 0, depth, slot);
    }
  }

  // `above`: so many scopes were made since; what stands in those is not held yet.
  void AddVariable(int base, int above, int depth, int slot) {
    constexpr int kMostVariables = 1'000;
    const ScopeUse use = {base, depth - above, kContextSlots + 8 * slot};
    if (use.depth < 0 || slot < 2 || uses_.variables.size() >= kMostVariables ||
        std::find(uses_.variables.begin(), uses_.variables.end(), use) != uses_.variables.end()) {
      return;
    }
    uses_.variables.push_back(use);
  }

  const std::vector<BytecodeInfo>& table_;
  const Code& code_;
  const int parameters_;
  int first_register_ = 0, generator_ = -1;
  int suspended_ = 0, resumed_ = 0;
  int above_ = 0;  // scopes entered since; negative: left
  std::vector<bool> written_, read_;
  std::vector<int> pushed_;  // by place: `above_` of the scope that was put there
  Uses uses_;
};

}  // namespace

Uses FindUses(const Layout& layout, Address activation) {
  const std::vector<BytecodeInfo>& table = GetBytecodes();
  const Address function = ReadWord(activation, layout.generator_function);
  const Address registers = ReadWord(activation, layout.generator_registers);
  const Address continuation = ReadWord(activation, layout.generator_continuation);
  if (table.empty() || !HasType(function, layout.function_type) ||
      !HasType(registers, layout.register_file_type) || !IsSmi(continuation)) {
    return {};
  }
  const int file_length = ReadLength(registers);
  Code code;
  if (file_length > kMostPlaces || !ReadCode(layout, function, &code)) return {};
  return UseFinder(table, code, file_length).Find(SmiValue(continuation));
}

Address ScopeOf(const Layout& layout, Address activation, const ScopeUse& use) {
  Address scope = ReadWord(activation, layout.generator_context);
  if (use.base != ScopeUse::kCurrent) {
    const Address registers = ReadWord(activation, layout.generator_registers);
    if (use.base >= ReadLength(registers)) return kNoAddress;
    scope = ReadWord(registers, kContextSlots + 8 * use.base);
  }
  // SAFETY: code only reads what a scope has; each one refers to the one around it.
  for (int i = 0; i < use.depth; i++) {
    if (!IsHeapObject(scope) || ReadLength(scope) < 2) return kNoAddress;
    scope = ReadWord(scope, kContextPrevious);
  }
  return IsHeapObject(scope) ? scope : kNoAddress;
}

namespace {

// Functions that use some of their parameters and variables behind their await, and others before it
// or not at all: what is used is called `used`.
constexpr char kUsesSource[] = R"js((() => {
'use strict';
const u = { used: { used: true }, unused: { used: false } };
u.never = new Promise((resolve) => { u.releaseUses = resolve; });
u.wide = {};
u.mentioned = 'mentionedByPlain';
for (const key of ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i', 'j']) u.wide[key] = u.used;
const { never, used, unused } = u;
const use = (...all) => all.length;
u.plain = (async function (p, q, r) {
  const before = p; let after = q;
  use(before, p, r);
  await never;
  return use(q, after, never.mentionedByPlain);
})(unused, used, unused);
u.looped = (async function (p) {
  let kept = used; const other = unused;
  use(other, p);
  for (let i = 0; ; i++) { use(kept); const fresh = unused; use(fresh); await never; if (use() === i) return; }
})(unused);
u.scoped = (async function (p, q) {
  const inner = () => [p, q];
  use(inner, q);
  await never;
  return use(p);
})(used, unused);
return u;
})())js";

// The activation of an async function that waits for `never`.
Address PlantedActivation(Prover* p, Layout* l, const char* name) {
  Address reaction = p->Word(p->At("never"), l->promise_reactions);
  for (int i = 0; i < 8 && p->IsObjectOfType(reaction, l->reaction_type); i++) {
    const Address context =
        p->Word(p->Word(reaction, l->reaction_fulfill), l->function_context);
    for (int k = 0; k < p->ArrayLength(context); k++) {
      const Address value = ReadWord(context, kContextSlots + 8 * k);
      if (p->IsObjectOfType(value, l->async_function_type) &&
          ReadWord(value, l->async_function_promise) == p->At(name)) {
        return value;
      }
    }
    reaction = p->Word(reaction, l->reaction_next);
  }
  p->Require(false, std::string(name) + " does not wait where it was planted");
  return kNoAddress;
}

void FindBytecode(Prover* p, Layout* l, Address activation) {
  const Address shared =
      p->Word(p->Word(activation, l->generator_function), l->function_shared);
  for (int offset = 8; p->ok() && offset < p->SizeOf(shared); offset += 8) {
    const Address data = ReadWord(shared, offset);
    bool leads = p->IsObjectOfType(data, l->bytecode_type);
    for (const int inner : {8, 16}) {
      leads = leads || (p->IsObject(data) && p->SizeOf(data) > inner &&
                        p->IsObjectOfType(ReadWord(data, inner), l->bytecode_type));
    }
    if (leads) l->shared_bytecode = offset;
  }
  p->Require(l->shared_bytecode >= 0, "a function does not lead to its bytecode");
  constexpr const char* kNames[] = {
      "v8dbg_type_Code__CODE_TYPE",
      "v8dbg_type_CodeDataContainer__CODE_DATA_CONTAINER_TYPE",
      "v8dbg_type_InterpreterData__INTERPRETER_DATA_TYPE",
  };
  static_assert(std::size(kNames) == sizeof(l->code_types) / sizeof(l->code_types[0]));
  // Without a name such functions stay unread.
  for (size_t i = 0; i < std::size(kNames); i++) {
    int type = -1;
    if (ReadDebugConstant(kNames[i], &type)) l->code_types[i] = static_cast<uint16_t>(type);
  }
}

// What is used among what an activation holds: `used` for sure, and `unused` not.
void CheckUses(Prover* p, Layout* l, Address activation, bool in_scope) {
  if (!p->ok()) return;
  const Uses uses = FindUses(*l, activation);
  const Address registers = ReadWord(activation, l->generator_registers);
  int used = 0, unused = 0;
  const auto count = [&](Address value) {
    used += value == p->At("used") ? 1 : 0;
    unused += value == p->At("unused") ? 1 : 0;
  };
  for (const int place : uses.registers) count(ReadWord(registers, kContextSlots + 8 * place));
  p->Require(unused == 0 && (in_scope || used > 0), "it is not told which registers are used");
  for (const ScopeUse& use : uses.variables) {
    // In the scopes around all of them are the variables of the probe.
    const Address scope = ScopeOf(*l, activation, use);
    if (in_scope && scope == ReadWord(activation, l->generator_context) &&
        use.offset < kContextSlots + 8 * ReadLength(scope)) {
      count(ReadWord(scope, use.offset));
    }
  }
  p->Require(unused == 0 && used > 0, "it is not told which variables are used");
}

}  // namespace

void ProveUses(Prover* p, Layout* l) {
  p->Require(ReadDebugConstant("v8dbg_class_BytecodeArray__data__uintptr_t", &l->bytecode_data),
             "this binary exports no layout of bytecode");
  int type = -1;
  p->Require(ReadDebugConstant("v8dbg_type_BytecodeArray__BYTECODE_ARRAY_TYPE", &type),
             "this binary exports no type of bytecode");
  p->Require(!GetBytecodes().empty(), "V8's tables of bytecodes were not found");
  p->Require(l->generator_context >= 0 && p->PlantScript(kUsesSource), "the probe could not run");
  if (!p->ok()) return;
  l->bytecode_type = static_cast<uint16_t>(type);
  const char* names[] = {"plain", "looped", "scoped"};
  constexpr int kParameters[] = {3, 1, 2};
  Address activations[3] = {};
  for (int i = 0; i < 3; i++) activations[i] = PlantedActivation(p, l, names[i]);
  if (p->ok()) FindBytecode(p, l, activations[0]);
  if (!p->ok()) return;
  int found = 0;
  for (int offset = 16; offset + 4 <= l->bytecode_data; offset += 4) {
    bool fits = true;
    for (int i = 0; i < 3; i++) {
      const Address bytecode =
          BytecodeOf(*l, ReadWord(activations[i], l->generator_function));
      const int length = ReadLength(ReadWord(activations[i], l->generator_registers));
      fits = fits && bytecode != kNoAddress &&
             ReadInt32(bytecode, offset) == 8 * (length - kParameters[i]);
    }
    if (!fits) continue;
    l->bytecode_frame_size = offset;
    found++;
  }
  p->Require(found == 1, "the number of a function's registers was not found");
  for (int i = 0; i < 3; i++) CheckUses(p, l, activations[i], i == 2);
  l->object_type = p->TypeOf("used");
  const Address store = p->Word(p->At("wide"), 8);
  int inside = 0;
  // Its length stands beside the identity hash.
  for (int i = 0; p->IsObject(store) && p->SizeOf(store) == 0 && i < 3; i++) {
    inside += ReadWord(store, kContextSlots + 8 * i) == p->At("used") ? 1 : 0;
  }
  p->Require(inside > 0, "the store of an object's properties was not found");
  if (!p->ok()) return;
  l->property_array_type = InstanceType(store);
  l->native_context_type = p->NativeContextType();
  l->has_uses = true;
  ProveConstants(p, l, BytecodeOf(*l, ReadWord(activations[0], l->generator_function)),
                 p->At("mentioned"));
}

}  // namespace asynctb
