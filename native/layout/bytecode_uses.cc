// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "layout/bytecode_uses.h"

#include <algorithm>
#include <iterator>

#include "layout/bytecode_table.h"

namespace asynctb {

static bool LeadsToBytecode(const Layout& layout, uint16_t type) {
  return std::find(std::begin(layout.code_types), std::end(layout.code_types), type) !=
         std::end(layout.code_types);
}

// A function that runs as baseline code leads to its bytecode through an object of V8's.
Address BytecodeOfShared(const Layout& layout, Address shared) {
  const Address data = ReadWord(shared, layout.shared_bytecode);
  if (HasType(data, layout.bytecode_type)) return data;
  // SAFETY: what has not been compiled, or not lately, has positions in its second word, which may
  // look like an address. So only what is known to begin with tagged words is looked into.
  if (!IsHeapObject(data) || !LeadsToBytecode(layout, InstanceType(data))) return kNoAddress;
  for (const int offset : {8, 16}) {
    const Address inner = ReadWord(data, offset);
    if (HasType(inner, layout.bytecode_type)) return inner;
  }
  return kNoAddress;
}

Address BytecodeOf(const Layout& layout, Address function) {
  return BytecodeOfShared(layout, ReadWord(function, layout.function_shared));
}

namespace {

constexpr int kMostBytes = 1 << 20;
constexpr int kMostPlaces = 4'096;
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
      : table_(table),
        code_(code),
        parameters_(file_length - code.register_count),
        written_(file_length),
        read_(file_length),
        pushed_(file_length, kNotPushed) {}

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
      if (read_[i] && static_cast<int>(i) != generator_)
        uses_.registers.push_back(static_cast<int>(i));
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
    const int place =
        operand > 0 ? operand - kReceiverOperand - 1 : parameters_ + first_register_ - operand;
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

}  // namespace asynctb
