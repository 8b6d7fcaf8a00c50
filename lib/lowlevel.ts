// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

/** The supported second tier: single facts, for tools that build their own picture of them. */

import { offerAllFormats } from './format/offer.js';

offerAllFormats();

export * from './frame-types.js';
export {
  type Closure,
  functionDetails,
  functionId,
  type GeneratorInfo,
  type Holder,
  holdersOf,
  inspectGenerator,
  promiseReactions,
  type PromiseReaction,
  settlersOf,
  walkHeap,
  type WalkMeasure,
} from './extract/lowlevel.js';
export type {
  WaitKind,
  WaitReason,
  WaitStep,
  Waker,
} from './model/wait-reason.js';
