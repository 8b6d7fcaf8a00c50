// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

import { RegExpSplitIn, RegExpTest } from '../base/patterns.js';
import {
  MathMax,
  MathMin,
  StringPrototypeCharAt,
  StringPrototypeCharCodeAt,
  StringPrototypeIncludes,
} from '../base/primordials.js';

/**
 * Tells what a random generator wrote (keys, hashes, base64) from what people write. Names and paths
 * are made of words, and in words few letters follow each other; in random text any two do, and
 * digits and capitals stand anywhere.
 */

/**
 * For each letter, the letters that follow it in the words of programs, a bit each: 303 of the 676
 * pairs, which make up 97 % of those in the declarations and documents of this package's dependencies.
 */
const FOLLOWERS: readonly number[] = [
  25083263, 18237759, 18763199, 1460543, 33552767, 18762047, 1468881, 1720593,
  45021311, 278544, 262417, 20760889, 1364243, 20770173, 16711039, 2017681,
  1048576, 20905343, 18677173, 18794909, 964991, 16657, 418193, 557332, 323856,
  17,
];

/** Shorter ones are not told from names. */
const SHORTEST = 20;
/** With that much per character, 1 of 1,000 names of packages is taken for random, and 1 of 200 keys is not. */
const THRESHOLD = 0.25;
const DIGIT_BESIDE_LETTER = 0.8;
const CAPITAL_AFTER_SMALL = 0.5;

const HEX = /^(?:[0-9a-f]+|[0-9A-F]+)$/;
const UUID = /^[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}$/;
/** A time and 80 random bits, in an alphabet of its own. */
const ULID = /^[0-7][0-9A-HJKMNP-TV-Z]{25}$/;
/** The alphabets themselves, of which programs have some. */
const IN_ORDER = /abcdefghijklm|ABCDEFGHIJKLM|0123456789/;

/** `text` without blanks. */
export function looksRandom(text: string): boolean {
  if (
    text.length < SHORTEST ||
    RegExpTest(UUID, text) ||
    RegExpTest(ULID, text)
  ) {
    return false;
  }
  if (RegExpTest(/^\d+$/, text)) return false;
  if (RegExpTest(IN_ORDER, text)) return false;
  if (!isVaried(text)) return false;
  if (RegExpTest(HEX, text))
    return RegExpTest(/\d/, text) && RegExpTest(/[A-Fa-f]/, text);
  return isInOnePiece(text) && surprise(text) > THRESHOLD;
}

/** A key of 20 characters has fewer different ones once in a million times; a line of one letter has few. */
function isVaried(text: string): boolean {
  let different = '';
  const end = MathMin(text.length, MOST_COMPARED);
  for (let at = 0; at < end; at++) {
    const character = StringPrototypeCharAt(text, at);
    if (!StringPrototypeIncludes(different, character)) different += character;
    if (different.length >= LEAST_DIFFERENT) return true;
  }
  return false;
}

const MOST_COMPARED = 256;
const LEAST_DIFFERENT = 6;

/** What is put together of short parts, such as a pod's name, is none. */
function isInOnePiece(text: string): boolean {
  let characters = 0;
  let parts = 0;
  let longest = 0;
  for (const part of RegExpSplitIn(text, /[^A-Za-z0-9]+/)) {
    if (part === '') continue;
    characters += part.length;
    parts++;
    longest = MathMax(longest, part.length);
  }
  return characters >= SHORTEST && (longest >= 16 || characters >= 10 * parts);
}

/** How much each character, given the one before, is not what a word would go on with; 0 to 1. */
function surprise(text: string): number {
  let sum = 0;
  let characters = 0;
  let before = 0;
  for (let at = 0; at < text.length; at++) {
    const code = StringPrototypeCharCodeAt(text, at);
    if (!isLetter(code) && !isDigit(code)) {
      before = 0;
      continue;
    }
    characters++;
    if (before !== 0) sum += surpriseOf(before, code);
    before = code;
  }
  return characters === 0 ? 0 : sum / characters;
}

function surpriseOf(before: number, code: number): number {
  if (isDigit(before) && isDigit(code)) return 0;
  if (isDigit(before) || isDigit(code)) return DIGIT_BESIDE_LETTER;
  if (isSmall(before) && !isSmall(code)) return CAPITAL_AFTER_SMALL;
  const followers = FOLLOWERS[(before | 32) - 97] ?? 0;
  return ((followers >> ((code | 32) - 97)) & 1) === 1 ? 0 : 1;
}

function isDigit(code: number): boolean {
  return code >= 48 && code <= 57;
}

function isSmall(code: number): boolean {
  return code >= 97 && code <= 122;
}

function isLetter(code: number): boolean {
  return isSmall(code | 32) && code < 128;
}
