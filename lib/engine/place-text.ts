// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

import { RegExpSplitIn, RegExpTest } from '../base/patterns.js';
import {
  MathMax,
  MathMin,
  StringPrototypeCharCodeAt,
  StringPrototypeSlice,
  StringPrototypeStartsWith,
} from '../base/primordials.js';

/** What the source says at a place, as far as it can be told without parsing all of it. */
export interface PlaceText {
  /** As it stands in the source; of a very long line, what is around the column. */
  lineText: string;
  /** `body` is the brace that opens a function's. */
  construct: 'yield*' | 'await' | 'body' | 'other';
}

/** As V8 counts lines. */
export function splitLines(source: string): string[] {
  return RegExpSplitIn(source, /\r\n|[\n\r\u2028\u2029]/);
}

// A line longer than this (a bundle's) is shown around the position only.
const LONGEST_LINE = 240;
const BEFORE_COLUMN = 80;
/** Comments between two tokens are not longer, or the construct is not recognised. */
const MOST_READ = 512;

const DELEGATION = /^yield(?:\s|\/\*[^]*?\*\/)*\*/;
const AWAIT = /^await\b/;

/** `row` and `column` are 0-based. */
export function readPlace(
  lines: readonly string[],
  row: number,
  column: number,
): PlaceText {
  const line = lines[row] ?? '';
  return {
    lineText: cutLine(line, column),
    construct: construct(lines, row, column),
  };
}

function construct(
  lines: readonly string[],
  row: number,
  column: number,
): PlaceText['construct'] {
  let ahead = StringPrototypeSlice(lines[row] ?? '', column);
  for (
    let next = row + 1;
    next < lines.length && ahead.length <= MOST_READ;
    next++
  ) {
    ahead += `\n${lines[next] ?? ''}`;
  }
  const text = StringPrototypeSlice(ahead, 0, MOST_READ);
  if (RegExpTest(DELEGATION, text)) return 'yield*';
  if (RegExpTest(AWAIT, text)) return 'await';
  // Only a function's body begins with one: a pattern's place is its end.
  return StringPrototypeStartsWith(text, '{') ? 'body' : 'other';
}

function cutLine(line: string, column: number): string {
  if (line.length <= LONGEST_LINE) return line;
  const from = MathMin(
    MathMax(column - BEFORE_COLUMN, 0),
    line.length - LONGEST_LINE,
  );
  const to = from + LONGEST_LINE;
  const head = from > 0 ? '…' : '';
  const tail = to < line.length ? '…' : '';
  // Not in the middle of a character.
  const start = isLowSurrogate(line, from) ? from + 1 : from;
  const end = isLowSurrogate(line, to) ? to - 1 : to;
  return head + StringPrototypeSlice(line, start, end) + tail;
}

function isLowSurrogate(text: string, index: number): boolean {
  const code = StringPrototypeCharCodeAt(text, index);
  return code >= 0xdc00 && code <= 0xdfff;
}
