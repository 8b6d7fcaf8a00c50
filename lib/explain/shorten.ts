// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

/** Statements and URLs without what may be anybody's data. */

import { RegExpReplaceIn, RegExpTest } from '../base/patterns.js';
import {
  StringPrototypeLastIndexOf,
  StringPrototypeSlice,
  StringPrototypeTrim,
} from '../base/primordials.js';

const LITERAL = /'(?:[^']|'')*'|"(?:[^"\\]|\\.)*"|\b\d+(?:\.\d+)?\b/g;
const LONGEST_SQL = 120;

/** A statement in one line, without strings and numbers in it, which may be anybody's data. */
export function shortSql(text: string): string {
  const line = StringPrototypeTrim(RegExpReplaceIn(text, /\s+/g, ' '));
  // A string that was cut has no end.
  const plain = RegExpReplaceIn(
    RegExpReplaceIn(line, LITERAL, (found: string) =>
      RegExpTest(/^"/, found) && RegExpTest(/^"[\w$.]+"$/, found) ? found : '?',
    ),
    /'[^']*$/,
    '?',
  );
  if (plain.length <= LONGEST_SQL) return plain;
  const cut = StringPrototypeSlice(plain, 0, LONGEST_SQL);
  const space = StringPrototypeLastIndexOf(cut, ' ');
  return `${space > 0 ? StringPrototypeSlice(cut, 0, space) : cut} …`;
}

/** A path or URL without its query, its fragment and a user. */
export function withoutQuery(url: string): string {
  const plain = RegExpReplaceIn(url, /[?#].*$/s, '');
  return RegExpReplaceIn(plain, /^([a-z][a-z0-9+.-]*:\/\/)[^/@]*@/i, '$1');
}
