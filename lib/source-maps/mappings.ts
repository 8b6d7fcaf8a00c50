// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

import { ArrayPrototypePush } from '../base/lists.js';
import {
  GlobalError,
  MathFloor,
  StringPrototypeCharCodeAt,
} from '../base/primordials.js';

/** Where a stretch of generated code comes from. All numbers are 0-based. */
export interface Segment {
  /** Index of the source; -1 for code that comes from none. */
  readonly source: number;
  readonly row: number;
  readonly at: number;
  /** The column of the generated code where it begins. */
  readonly column: number;
  /** Index of the name that stands there in the source; -1 for none. */
  readonly name: number;
}

/** What is wrong with a map, in words that quote nothing of it. */
export class BadMap extends GlobalError {}

const DIGITS = digitsOf(
  'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/',
);
const COMMA = 44;
const SEMICOLON = 59;

function digitsOf(alphabet: string): readonly number[] {
  const digits: number[] = [];
  while (digits.length < 128) ArrayPrototypePush(digits, -1);
  for (let value = 0; value < alphabet.length; value++) {
    digits[StringPrototypeCharCodeAt(alphabet, value)] = value;
  }
  return digits;
}

/** No string of V8's is longer, so no source has a line or a column beyond it. */
const MAX_POSITION = 2 ** 29;
/** Longer ones would take seconds to read. */
const MAX_TEXT = 2 ** 26;
/** So many characters stand between two marks at least. */
const MARK_DISTANCE = 4096;
/** So many characters are read for all places of one map together. */
const MAX_READ = 2 ** 29;

const INVALID = 'its mappings are not valid';
const NEGATIVE = 'its mappings lead to a place before the first one';
const BEYOND = 'its mappings lead to a place that no source can have';

/** Everything that the next segment depends on. */
interface State {
  offset: number;
  line: number;
  column: number;
  source: number;
  row: number;
  at: number;
  name: number;
  /** Whether the segment that was read last has a name. */
  isNamed: boolean;
  /** Whether the segment that was read last comes from a source. */
  isMapped: boolean;
}

interface Mark extends State {
  /** No segment of its line stands before it. */
  readonly isLineStart: boolean;
}

/**
 * The `mappings` of a source map. They are checked as a whole, and kept as they are: a large map would
 * take many times its size as objects. To look a place up, only what follows the nearest mark is read.
 */
export class Mappings {
  readonly #text: string;
  readonly #marks: Mark[] = [];
  #isSorted = true;
  #read = 0;

  /** @throws {BadMap} */
  constructor(text: string) {
    if (text.length > MAX_TEXT) throw new BadMap('it is too long');
    this.#text = text;
    this.#check();
  }

  /** The segment that a place is part of: the last one of its line that does not begin behind it. */
  find(line: number, column: number): Segment | null {
    const mark = this.#markBefore(line, column);
    const state: State = { ...mark };
    const isInside = mark.line === line && !mark.isLineStart;
    let best = isInside ? segmentOf(state) : null;
    let bestColumn = isInside ? mark.column : -1;
    const text = this.#text;
    while (state.offset < text.length && state.line <= line) {
      const code = StringPrototypeCharCodeAt(text, state.offset);
      if (code === SEMICOLON) nextLine(state);
      else if (code === COMMA) state.offset++;
      else {
        readSegment(text, state);
        if (state.line < line) continue;
        if (state.column > column) {
          if (this.#isSorted) break;
          continue;
        }
        // Of several at the very place the first counts, of several before it the last.
        const isBetter =
          state.column > bestColumn ||
          (state.column === bestColumn && bestColumn < column);
        if (!isBetter) continue;
        best = segmentOf(state);
        bestColumn = state.column;
      }
    }
    this.#read += state.offset - mark.offset;
    if (this.#read > MAX_READ) throw new BadMap('it takes too long to read');
    return best;
  }

  #check(): void {
    const text = this.#text;
    const state = begin();
    let isLineStart = true;
    let next = 0;
    while (state.offset < text.length) {
      const code = StringPrototypeCharCodeAt(text, state.offset);
      if (code === SEMICOLON) {
        nextLine(state);
        isLineStart = true;
        continue;
      }
      if (code === COMMA) {
        state.offset++;
        continue;
      }
      if (state.offset >= next) {
        ArrayPrototypePush(this.#marks, { ...state, isLineStart });
        next = state.offset + MARK_DISTANCE;
      }
      const { column } = state;
      readSegment(text, state);
      if (state.column < column) this.#isSorted = false;
      isLineStart = false;
    }
  }

  #markBefore(line: number, column: number): Mark {
    const marks = this.#marks;
    let low = 0;
    let high = marks.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const mark = marks[middle];
      if (mark !== undefined && this.#isBefore(mark, line, column)) {
        low = middle + 1;
      } else high = middle;
    }
    return marks[low - 1] ?? { ...begin(), isLineStart: true };
  }

  #isBefore(mark: Mark, line: number, column: number): boolean {
    if (mark.line !== line) return mark.line < line;
    return mark.isLineStart || (this.#isSorted && mark.column < column);
  }
}

function begin(): State {
  return {
    offset: 0,
    line: 0,
    column: 0,
    source: 0,
    row: 0,
    at: 0,
    name: 0,
    isNamed: false,
    isMapped: false,
  };
}

function segmentOf(state: State): Segment {
  const { isMapped, isNamed, row, at, column } = state;
  return {
    source: isMapped ? state.source : -1,
    row,
    at,
    column,
    name: isNamed ? state.name : -1,
  };
}

function nextLine(state: State): void {
  state.offset++;
  state.line++;
  state.column = 0;
}

/** Moves `state` behind the segment that begins there. */
function readSegment(text: string, state: State): void {
  state.column = moved(state.column, readNumber(text, state));
  state.isNamed = false;
  state.isMapped = !isSegmentEnd(text, state);
  if (!state.isMapped) return;
  state.source = moved(state.source, readNumber(text, state));
  state.row = moved(state.row, readNumber(text, state));
  state.at = moved(state.at, readNumber(text, state));
  if (isSegmentEnd(text, state)) return;
  state.name = moved(state.name, readNumber(text, state));
  state.isNamed = true;
  if (!isSegmentEnd(text, state)) throw new BadMap(INVALID);
}

function moved(from: number, by: number): number {
  const to = from + by;
  if (to < 0) throw new BadMap(NEGATIVE);
  if (to >= MAX_POSITION) throw new BadMap(BEYOND);
  return to;
}

function isSegmentEnd(text: string, { offset }: State): boolean {
  if (offset >= text.length) return true;
  const code = StringPrototypeCharCodeAt(text, offset);
  return code === COMMA || code === SEMICOLON;
}

/** A number of base 64 digits, five bits each, the lowest first and the sign in the lowest bit. */
function readNumber(text: string, state: State): number {
  let value = 0;
  for (let scale = 1; scale < 2 ** 35; scale *= 32) {
    // Behind the end it is NaN, which has no digit either.
    const digit = DIGITS[StringPrototypeCharCodeAt(text, state.offset)] ?? -1;
    if (digit < 0) throw new BadMap(INVALID);
    state.offset++;
    value += (digit & 31) * scale;
    if ((digit & 32) === 0) {
      const size = MathFloor(value / 2);
      return value % 2 === 1 ? -size : size;
    }
  }
  throw new BadMap(BEYOND);
}
