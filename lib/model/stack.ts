// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

import {
  ArrayPrototypeSymbolIterator,
  SymbolInspect,
  SymbolIterator,
} from '../base/primordials.js';
import {
  type FlatOptions,
  type FormatOptions,
  formats,
  type JsonOptions,
} from './formats.js';
import type { Frame } from './frame.js';
import type { StackJson } from './json.js';
import { waitOf } from './notes.js';
import type { WaitReason } from './wait-reason.js';

/** What an extraction found: frames from the outermost to the innermost, and what remains. */
export class Stack implements Iterable<Frame> {
  readonly #ours = true;
  /** What was extracted; undefined for a stack that a dump found. */
  readonly root: unknown;
  /** Outermost first. */
  frames: Frame[];
  /** What remains after the frames: usually nothing, or the promise that is waited for. */
  leaves: unknown[];
  #wait: WaitReason | null | undefined;
  /** What went wrong after the last frame; an `AggregateError` when it was more than one thing. */
  error: Error | null;
  /** Of a combinator's branch: which input it is; null when unknown, or for any other stack. */
  readonly branchIndex: number | null;

  constructor(
    root: unknown,
    frames: Frame[] = [],
    leaves: unknown[] = [],
    error: Error | null = null,
    branchIndex: number | null = null,
  ) {
    this.root = root;
    this.frames = frames;
    this.leaves = leaves;
    this.error = error;
    this.branchIndex = branchIndex;
  }

  /** Without running a proxy's traps, which `instanceof` would. */
  static is(value: object): value is Stack {
    return #ours in value && value.#ours;
  }

  /** Why it does not go on: of its first leaf of which that is known; null: of none. */
  get wait(): WaitReason | null {
    if (this.#wait !== undefined) return this.#wait;
    for (const leaf of this.leaves) {
      const wait = waitOf(leaf, this);
      if (wait !== null) return wait;
    }
    return null;
  }

  set wait(wait: WaitReason | null) {
    this.#wait = wait;
  }

  get length(): number {
    return this.frames.length;
  }

  [SymbolIterator](): IterableIterator<Frame> {
    return ArrayPrototypeSymbolIterator(this.frames);
  }

  /** The tree with default options; no newline at the end. */
  toString(): string {
    return formats().stackText(this);
  }

  /** The tree, most recent call last; no newline at the end. */
  format(options?: FormatOptions): string {
    return formats().stackText(this, options);
  }

  /** As Node prints `error.stack`: most recent call first; no newline at the end. */
  formatFlat(options?: FlatOptions): string {
    return formats().stackFlat(this, options);
  }

  /** A plain summary that holds nothing of the program. */
  toJSON(options?: JsonOptions | string): StackJson {
    return formats().stackJson(this, options);
  }

  [SymbolInspect](): string {
    return this.toString();
  }
}
