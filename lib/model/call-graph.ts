// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

import { SymbolInspect } from '../base/primordials.js';
import { type FormatOptions, formats, type JsonOptions } from './formats.js';
import type { CallGraphJson } from './json.js';
import type { Stack } from './stack.js';

/** Who waits for `root`, and who waits for them: the way up, where a stack is the way down. */
export class CallGraph {
  readonly root: unknown;
  readonly stack: Stack;
  awaitedBy: CallGraph[];
  /** How many more wait for it than `awaitedBy` shows: beyond `maxFrames` they are only counted. */
  omitted = 0;
  /** It is one of those that wait for itself: the way up ends here instead of going round. */
  readonly cyclic: boolean;

  constructor(
    root: unknown,
    stack: Stack,
    awaitedBy: CallGraph[] = [],
    cyclic = false,
  ) {
    this.root = root;
    this.stack = stack;
    this.awaitedBy = awaitedBy;
    this.cyclic = cyclic;
  }

  toString(): string {
    return formats().callGraphText(this);
  }

  format(options?: FormatOptions): string {
    return formats().callGraphText(this, options);
  }

  /** Flat, so that a chain of any length can be printed: `awaitedBy` are indices of `nodes`. */
  toJSON(options?: JsonOptions | string): CallGraphJson {
    return formats().callGraphJson(this, options);
  }

  [SymbolInspect](): string {
    return this.toString();
  }
}
