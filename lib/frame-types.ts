// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

/** The types of a stack and of all that is in it, for each entry that mentions a frame. */

export type {
  FlatOptions,
  FormatOptions,
  JsonOptions,
} from './model/formats.js';
export type {
  AnyFunction,
  CombinatorInputs,
  Frame,
  FrameState,
} from './model/frame.js';
export type {
  ErrorJson,
  FrameJson,
  ResourceJson,
  StackJson,
} from './model/json.js';
export type {
  CombinatorName,
  FrameKind,
  Site,
  SourcePosition,
} from './model/site.js';
export type { Resource } from './model/resource.js';
export type { Stack } from './model/stack.js';
