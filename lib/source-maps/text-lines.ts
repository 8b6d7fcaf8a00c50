// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

import { ArrayPrototypePush } from '../base/lists.js';
import { RegExpReplaceIn } from '../base/patterns.js';
import {
  RegExpPrototypeExec,
  StringPrototypeSlice,
} from '../base/primordials.js';

/** The lines of a text, as V8 counts them, without a copy of each. */
export class TextLines {
  readonly #text: string;
  /** Where each line begins; found when a line is first asked for. */
  #starts: number[] | null = null;

  constructor(text: string) {
    this.#text = text;
  }

  /** By its 0-based number, without its end; null when there are not so many. */
  line(row: number): string | null {
    this.#starts ??= startsOf(this.#text);
    const from = this.#starts[row];
    if (from === undefined) return null;
    const to = this.#starts[row + 1] ?? this.#text.length + 1;
    return RegExpReplaceIn(
      StringPrototypeSlice(this.#text, from, to),
      /[\n\r\u2028\u2029]+$/,
      '',
    );
  }
}

function startsOf(text: string): number[] {
  const starts = [0];
  const ends = /\r\n|[\n\r\u2028\u2029]/g;
  while (RegExpPrototypeExec(ends, text) !== null)
    ArrayPrototypePush(starts, ends.lastIndex);
  return starts;
}
