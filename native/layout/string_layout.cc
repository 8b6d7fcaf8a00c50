// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "layout/string_layout.h"

#include "v8/symbols.h"

namespace asynctb {

bool ReadStringLayout(StringLayout* layout) {
  return ReadDebugConstant("v8dbg_IsNotStringMask", &layout->not_string_mask) &&
         ReadDebugConstant("v8dbg_StringRepresentationMask", &layout->shape_mask) &&
         ReadDebugConstant("v8dbg_OneByteStringTag", &layout->one_byte) &&
         ReadDebugConstant("v8dbg_ConsStringTag", &layout->cons_shape) &&
         ReadDebugConstant("v8dbg_SlicedStringTag", &layout->sliced_shape) &&
         ReadDebugConstant("v8dbg_ThinStringTag", &layout->thin_shape) &&
         ReadDebugConstant("v8dbg_class_String__length__int32_t", &layout->length) &&
         ReadDebugConstant("v8dbg_class_SeqOneByteString__chars__char", &layout->chars) &&
         ReadDebugConstant("v8dbg_class_ConsString__first__String", &layout->first) &&
         ReadDebugConstant("v8dbg_class_ConsString__second__String", &layout->second) &&
         ReadDebugConstant("v8dbg_class_ThinString__actual__String", &layout->actual) &&
         ReadDebugConstant("v8dbg_class_SlicedString__parent__String", &layout->parent) &&
         ReadDebugConstant("v8dbg_class_SlicedString__offset__SMI", &layout->offset);
}

}  // namespace asynctb
