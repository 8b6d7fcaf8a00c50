// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

import { ArrayConcat, ArrayPrototypePush } from './lists.js';
import {
  GlobalTypeError,
  ArrayPrototypeJoin,
  ReflectApply,
  RegExpPrototypeExec,
  RegExpPrototypeGetGlobal,
  StringPrototypeCharCodeAt,
  StringPrototypeIndexOf,
  StringPrototypeSlice,
} from './primordials.js';

/** Searching and splitting text. Regular expressions by `exec` alone: all else asks them for theirs. */

export function RegExpTest(pattern: RegExp, text: string): boolean {
  return RegExpPrototypeExec(pattern, text) !== null;
}

/** All matches of a global pattern, from the beginning of the text; throws for any other. */
export function RegExpMatchAllIn(
  text: string,
  pattern: RegExp,
): RegExpExecArray[] {
  const matches: RegExpExecArray[] = [];
  if (!RegExpPrototypeGetGlobal(pattern)) {
    throw new GlobalTypeError('a pattern that is not global has no next match');
  }
  pattern.lastIndex = 0;
  for (
    let match = RegExpPrototypeExec(pattern, text);
    match !== null;
    match = RegExpPrototypeExec(pattern, text)
  ) {
    matches[matches.length] = match;
    if (match[0] === '') pattern.lastIndex++;
  }
  return matches;
}

export function RegExpSearchIn(text: string, pattern: RegExp): number {
  return RegExpPrototypeExec(pattern, text)?.index ?? -1;
}

/**
 * Each match of a global pattern, or the first one of another, is replaced. A function is given the match, its
 * groups, where it begins, and the text. Of what a string may name, `$1` to `$9` are known.
 */
export function RegExpReplaceIn(
  text: string,
  pattern: RegExp,
  replacement: string | ((match: string, ...rest: never[]) => string),
): string {
  let matches: readonly RegExpExecArray[];
  if (RegExpPrototypeGetGlobal(pattern)) {
    matches = RegExpMatchAllIn(text, pattern);
  } else {
    const match = RegExpPrototypeExec(pattern, text);
    matches = match === null ? [] : [match];
  }
  let result = '';
  let at = 0;
  for (let index = 0; index < matches.length; index++) {
    const match = matches[index] as RegExpExecArray;
    const found = match[0];
    result += StringPrototypeSlice(text, at, match.index);
    result +=
      typeof replacement === 'string'
        ? expand(replacement, match)
        : (ReflectApply(
            replacement,
            undefined,
            ArrayConcat(match, [match.index, text]) as never[],
          ) as string);
    at = match.index + found.length;
  }
  return result + StringPrototypeSlice(text, at);
}

function expand(replacement: string, groups: RegExpExecArray): string {
  let result = '';
  let at = 0;
  for (
    let dollar = StringPrototypeIndexOf(replacement, '$');
    dollar >= 0;
    dollar = StringPrototypeIndexOf(replacement, '$', dollar + 1)
  ) {
    const digit = StringPrototypeCharCodeAt(replacement, dollar + 1) - 48;
    if (!(digit >= 1 && digit <= 9 && digit < groups.length)) continue;
    result += StringPrototypeSlice(replacement, at, dollar);
    result += groups[digit] ?? '';
    at = dollar + 2;
  }
  return result + StringPrototypeSlice(replacement, at);
}

/** The pieces between the matches of a pattern, which must not match the empty string, and its groups. */
export function RegExpSplitIn(text: string, pattern: RegExp): string[] {
  const pieces: string[] = [];
  if (RegExpPrototypeGetGlobal(pattern)) {
    throw new GlobalTypeError('a global pattern remembers where it was');
  }
  let rest = text;
  for (
    let match = RegExpPrototypeExec(pattern, rest);
    match !== null && match[0] !== '';
    match = RegExpPrototypeExec(pattern, rest)
  ) {
    ArrayPrototypePush(pieces, StringPrototypeSlice(rest, 0, match.index));
    for (let group = 1; group < match.length; group++) {
      ArrayPrototypePush(pieces, match[group] as string);
    }
    rest = StringPrototypeSlice(rest, match.index + match[0].length);
  }
  ArrayPrototypePush(pieces, rest);
  return pieces;
}

/** By a string that is not empty. */
export function StringPrototypeSplit(
  text: string,
  separator: string,
): string[] {
  const pieces: string[] = [];
  let at = 0;
  for (
    let end = StringPrototypeIndexOf(text, separator);
    end >= 0;
    end = StringPrototypeIndexOf(text, separator, at)
  ) {
    ArrayPrototypePush(pieces, StringPrototypeSlice(text, at, end));
    at = end + separator.length;
  }
  ArrayPrototypePush(pieces, StringPrototypeSlice(text, at));
  return pieces;
}

export function StringPrototypeReplaceAll(
  text: string,
  what: string,
  replacement: string,
): string {
  return ArrayPrototypeJoin(StringPrototypeSplit(text, what), replacement);
}
