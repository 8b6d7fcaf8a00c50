// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

// How V8 tells its kinds of strings apart, and where each keeps its characters: constants that V8
// exports for debuggers. Whoever reads strings compares planted ones.
#pragma once

namespace asynctb {

struct StringLayout {
  int not_string_mask = 0, shape_mask = 0, one_byte = 0;  // of an instance type
  int cons_shape = -1, sliced_shape = -1, thin_shape = -1;
  int length = -1, chars = -1;
  int first = -1, second = -1;   // of one that was put together
  int actual = -1;               // of one that stands for another
  int parent = -1, offset = -1;  // of a part of another

  bool IsStringType(int type) const { return type >= 0 && (type & not_string_mask) == 0; }
  int ShapeOf(int type) const { return type & shape_mask; }
  bool IsOneByte(int type) const { return (type & one_byte) != 0; }
};

// False where the binary lacks one of the constants.
bool ReadStringLayout(StringLayout* layout);

}  // namespace asynctb
