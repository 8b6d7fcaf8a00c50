// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

import { ArrayPrototypeMap } from '../base/lists.js';
import {
  RegExpReplaceIn,
  StringPrototypeReplaceAll,
  StringPrototypeSplit,
} from '../base/patterns.js';
import {
  ArrayPrototypeJoin,
  GlobalRegExp,
  GlobalString,
  MathFloor,
  MathMax,
  MathMin,
  MathRound,
  NumberPrototypeToString,
  StringPrototypeCharCodeAt,
  StringPrototypeCodePointAt,
  StringPrototypePadStart,
  StringPrototypeSlice,
  StringPrototypeStartsWith,
  StringPrototypeTrim,
  StringPrototypeTrimStart,
} from '../base/primordials.js';

// Names, paths and source lines come from the program that is looked at: printed as they are,
// they could move a terminal's cursor, recolour it or reverse the reading order of a line.

// By ranges: a Node without ICU knows no property of characters.
const UNSAFE = charClass([
  [0x00, 0x1f],
  [0x7f, 0x9f],
  // What has no width, changes the direction, or ends a line.
  [0xad, 0xad],
  [0x34f, 0x34f],
  [0x61c, 0x61c],
  [0x115f, 0x1160],
  [0x17b4, 0x17b5],
  [0x180b, 0x180f],
  [0x200b, 0x200f],
  [0x2028, 0x202e],
  [0x2060, 0x206f],
  [0x3164, 0x3164],
  [0xfe00, 0xfe0f],
  [0xfeff, 0xfeff],
  [0xffa0, 0xffa0],
  [0xfff0, 0xfffb],
  [0x1bca0, 0x1bca3],
  [0x1d173, 0x1d17a],
  [0xe0000, 0xe0fff],
  // Half a character: a whole one is matched as such.
  [0xd800, 0xdfff],
]);

const NOT_PRINTABLE_ASCII = charClass([
  [0x00, 0x1f],
  [0x7f, 0x10ffff],
]);

const SHORT_ESCAPES: Readonly<Record<string, string>> = {
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
};

function charClass(ranges: readonly (readonly [number, number])[]): RegExp {
  const body = ArrayPrototypeJoin(
    ArrayPrototypeMap(
      ranges,
      ({ 0: from, 1: to }) => `\\u{${hex(from, 1)}}-\\u{${hex(to, 1)}}`,
    ),
    '',
  );
  return new GlobalRegExp(`[${body}]`, 'gu');
}

function hex(code: number, digits: number): string {
  return StringPrototypePadStart(
    NumberPrototypeToString(code, 16),
    digits,
    '0',
  );
}

function unit(code: number): string {
  return code < 0x100 ? `\\x${hex(code, 2)}` : `\\u${hex(code, 4)}`;
}

/** As JavaScript would have it in a string; what UTF-16 has in two units is one character. */
function escapeCharacter(char: string): string {
  const short = SHORT_ESCAPES[char];
  if (short !== undefined) return short;
  const code = StringPrototypeCodePointAt(char, 0) ?? 0;
  return code > 0xffff ? `\\u{${hex(code, 1)}}` : unit(code);
}

/** What a terminal shows as it is: one line, no control or direction characters. */
export function escapeText(text: string, asciiOnly: boolean): string {
  return RegExpReplaceIn(
    text,
    asciiOnly ? NOT_PRINTABLE_ASCII : UNSAFE,
    escapeCharacter,
  );
}

/** The same for what has several lines. */
export function escapeLines(text: string): string {
  return ArrayPrototypeJoin(
    ArrayPrototypeMap(StringPrototypeSplit(text, '\n'), (line) =>
      escapeText(line, false),
    ),
    '\n',
  );
}

/** `text` without what is beyond `length`, never cut inside of a surrogate pair. */
export function truncate(
  text: string,
  length: number,
  ellipsis: string,
): string {
  if (text.length <= length) return text;
  return sliceWhole(text, 0, length) + ellipsis;
}

function sliceWhole(text: string, from: number, to: number): string {
  const start = isLowSurrogate(text, from) ? from + 1 : from;
  const end = isLowSurrogate(text, to) ? to - 1 : to;
  return StringPrototypeSlice(text, start, end);
}

function isLowSurrogate(text: string, index: number): boolean {
  const code = StringPrototypeCharCodeAt(text, index);
  return code >= 0xdc00 && code <= 0xdfff;
}

const SOURCE_WIDTH = 160;
const SOURCE_LEAD = 40;

/**
 * A line of source without its indentation. Of an overlong one (minified code is a single line)
 * the part around the column stays.
 */
export function excerptSource(
  line: string,
  columnNumber: number | null,
  ellipsis: string,
): string {
  const text = StringPrototypeTrim(line);
  // One that was cut where it was read shows the place already; the column counts in the whole.
  if (text.length <= SOURCE_WIDTH || StringPrototypeStartsWith(text, '…')) {
    return StringPrototypeReplaceAll(text, '\t', ' ');
  }
  const indent = line.length - StringPrototypeTrimStart(line).length;
  const at = MathMax((columnNumber ?? 1) - 1 - indent, 0);
  const latest = text.length - SOURCE_WIDTH;
  const from = MathMin(
    at < SOURCE_WIDTH - SOURCE_LEAD ? 0 : at - SOURCE_LEAD,
    latest,
  );
  const to = from + SOURCE_WIDTH;
  const head = from > 0 ? ellipsis : '';
  const tail = to < text.length ? ellipsis : '';
  return `${head}${StringPrototypeReplaceAll(sliceWhole(text, from, to), '\t', ' ')}${tail}`;
}

/** 1234567 as `1,234,567`, whatever the locale. */
export function groupDigits(value: number): string {
  return RegExpReplaceIn(GlobalString(value), /\B(?=(?:\d{3})+$)/g, ',');
}

/** `1 task`, `2,000 tasks`. */
export function count(value: number, noun: string): string {
  return `${groupDigits(value)} ${noun}${value === 1 ? '' : 's'}`;
}

/** `250 ms`, `42 s`, `2 h 14 min`: the two units that matter. */
export function duration(milliseconds: number): string {
  const seconds = MathFloor(milliseconds / 1000);
  if (seconds < 1) return `${MathRound(milliseconds)} ms`;
  if (seconds < 60) return `${seconds} s`;
  const minutes = MathFloor(seconds / 60);
  if (minutes < 60) return `${minutes} min ${seconds % 60} s`;
  const hours = MathFloor(minutes / 60);
  if (hours < 24) return `${hours} h ${minutes % 60} min`;
  return `${count(MathFloor(hours / 24), 'day')} ${hours % 24} h`;
}
