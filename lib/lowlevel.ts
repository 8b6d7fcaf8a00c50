// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

/** The supported second tier: single facts, for tools that build their own picture of them. */

import { offerAllFormats } from './format/offer.js';

offerAllFormats();

export {
  functionId,
  inspectGenerator,
  promiseReactions,
  type GeneratorInfo,
  type PromiseReaction,
  type WalkMeasure,
  walkHeap,
} from './extract/lowlevel.js';
export {
  type Closure,
  functionDetails,
  type Holder,
  holdersOf,
  settlersOf,
} from './extract/lowlevel-holders.js';
