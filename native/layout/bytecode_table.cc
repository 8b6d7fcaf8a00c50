// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "layout/bytecode_table.h"

#include <cstdlib>
#include <cstring>
#include <string_view>

#include "v8/v8_internals.h"

namespace asynctb {

namespace {

constexpr int kMostBytecodes = 256;
constexpr int kScales = 3;
constexpr int kMostOperands = 8;

bool Has(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

BytecodeKind KindOf(std::string_view name) {
  if (name == "Wide") return BytecodeKind::kWide;
  if (name == "ExtraWide") return BytecodeKind::kExtraWide;
  if (name == "PushContext") return BytecodeKind::kPushContext;
  if (name == "PopContext") return BytecodeKind::kPopContext;
  if (name == "JumpLoop") return BytecodeKind::kJumpLoop;
  if (name == "SuspendGenerator") return BytecodeKind::kSuspend;
  if (name == "ResumeGenerator") return BytecodeKind::kResume;
  if (name.size() > 4 && name.substr(0, 4) == "Star" && name[4] >= '0' && name[4] <= '9') {
    return BytecodeKind::kStar;
  }
  // Names of variables that are looked up, by eval or `with`, have no slot.
  if (name.substr(0, 3) == "Lda" && Has(name, "ContextSlot") && !Has(name, "Lookup")) {
    return Has(name, "Current") ? BytecodeKind::kCurrentVariable : BytecodeKind::kVariable;
  }
  return BytecodeKind::kOther;
}

class TableMaker {
 public:
  explicit TableMaker(const V8Internals& internals) : v8_(internals) {}

  std::vector<BytecodeInfo> Make() {
    // The last one has this name in all versions.
    while (count_ < kMostBytecodes) {
      names_[count_] = v8_.bytecode_name(static_cast<uint8_t>(count_));
      if (std::string_view(names_[count_++]) == "Illegal") break;
    }
    if (count_ == kMostBytecodes || std::string_view(names_[0]) != "Wide" ||
        std::string_view(names_[1]) != "ExtraWide") {
      return {};
    }
    // The types of operands have no names: what has two and three registers tells them.
    const int pair = TypeIn("CallRuntimeForPair", 3);
    const int triple = TypeIn("ForInPrepare", 0);
    const int pair_read = TypeIn("ForInNext", 2);
    if (pair < 0 || triple < 0 || pair_read < 0) return {};
    std::vector<BytecodeInfo> table(count_);
    for (int i = 0; i < count_; i++) {
      BytecodeInfo& info = table[i];
      info.kind = KindOf(names_[i]);
      if (info.kind == BytecodeKind::kStar) info.star = atoi(names_[i] + 4);
      for (int scale = 0; scale < kScales; scale++) {
        info.sizes[scale] = v8_.bytecode_sizes[scale * count_ + i];
      }
      if (v8_.operand_counts[i] < 0 || v8_.operand_counts[i] > kMostOperands) return {};
      for (int k = 0; k < v8_.operand_counts[i]; k++) {
        const uint8_t type = v8_.operand_types[i][k];
        BytecodeOperand operand;
        const bool is_list = v8_.is_register_list(type);
        if (v8_.is_register_input(type)) {
          operand.kind = is_list ? OperandKind::kReadsList : OperandKind::kReads;
        } else if (v8_.is_register_output(type)) {
          operand.kind = is_list ? OperandKind::kWritesList : OperandKind::kWrites;
        }
        operand.width = type == pair || type == pair_read ? 2 : type == triple ? 3 : 1;
        for (int scale = 0; scale < kScales; scale++) {
          operand.sizes[scale] = v8_.operand_sizes[scale * count_ + i][k];
        }
        info.operands.push_back(operand);
      }
    }
    return table;
  }

 private:
  int TypeIn(const char* name, int operand) const {
    for (int i = 0; i < count_; i++) {
      if (strcmp(names_[i], name) == 0 && v8_.operand_counts[i] > operand) {
        return v8_.operand_types[i][operand];
      }
    }
    return -1;
  }

  const V8Internals& v8_;
  int count_ = 0;
  const char* names_[kMostBytecodes] = {};
};

}  // namespace

const std::vector<BytecodeInfo>& GetBytecodes() {
  const V8Internals& internals = GetV8Internals();
  static const std::vector<BytecodeInfo> none;
  if (!internals.can_read_bytecode()) return none;
  // Never freed: other threads and later environments use it.
  static const auto* table = new std::vector<BytecodeInfo>(TableMaker(internals).Make());
  return *table;
}

}  // namespace asynctb
