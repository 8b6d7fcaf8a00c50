// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

// V8's own tables of its bytecodes, so that bytecode of any version can be read.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace asynctb {

enum class BytecodeKind : uint8_t {
  kOther,
  kWide,             // the next one has operands of twice the size
  kExtraWide,        // ... of four times
  kStar,             // a short one that writes the register in `star`
  kVariable,         // reads a variable: scope, slot, depth
  kCurrentVariable,  // ... of the scope that it stands in: slot
  kPushContext,
  kPopContext,
  kJumpLoop,
  kSuspend,
  kResume,
};

enum class OperandKind : uint8_t {
  kNumber,
  kReads,      // this many registers, see Bytecode::width
  kReadsList,  // as many as the next operand says
  kWrites,
  kWritesList,
};

struct BytecodeOperand {
  OperandKind kind = OperandKind::kNumber;
  int width = 1;          // of registers that follow each other
  uint8_t sizes[3] = {};  // in bytes, by scale
};

struct BytecodeInfo {
  BytecodeKind kind = BytecodeKind::kOther;
  int star = -1;
  uint8_t sizes[3] = {};  // by scale
  std::vector<BytecodeOperand> operands;
};

// By bytecode; empty where V8's tables are not to be had, or are not as expected. Made once a
// process, by the first thread that asks.
const std::vector<BytecodeInfo>& GetBytecodes();

}  // namespace asynctb
