// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

import { checkFunctionOrNull, checkOptions, count } from '../base/arguments.js';
import type { AnyFunction } from './frame.js';

export interface StackSliceOptions {
  outer?: AnyFunction | null | undefined;
  inner?: AnyFunction | null | undefined;
  limit?: number | null | undefined;
}

/**
 * A part of the running stack, to be extracted or handed back by a hook: from the frame of `outer`
 * (null: where the stack begins) to that of `inner` (null: the caller of the public function). With
 * `inner`, `limit` keeps the innermost frames, else the outermost.
 */
export class StackSlice {
  readonly #ours = true;
  readonly outer: AnyFunction | null;
  readonly inner: AnyFunction | null;
  readonly limit: number | null;

  constructor(options: StackSliceOptions = {}) {
    const {
      outer = null,
      inner = null,
      limit = null,
    } = checkOptions(options, {});
    checkFunctionOrNull('outer', outer);
    checkFunctionOrNull('inner', inner);
    this.outer = outer;
    this.inner = inner;
    this.limit = limit === null ? null : count('limit', limit);
  }

  static is(value: object): value is StackSlice {
    return #ours in value && value.#ours;
  }
}
