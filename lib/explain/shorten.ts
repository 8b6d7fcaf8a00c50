// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

/** Statements and URLs without what may be anybody's data. */

import { RegExpReplaceIn, RegExpTest } from '../base/patterns.js';
import {
  StringPrototypeLastIndexOf,
  StringPrototypeSlice,
  StringPrototypeTrim,
} from '../base/primordials.js';

/** In this order: comments, strings, what may be a name or a string, strings of PostgreSQL, numbers. */
const SQL_TOKEN =
  /\/\*[^]*?(?:\*\/|$)|--[^\n]*|#(?![>-])[^\n]*|'(?:[^']|'')*(?:'|$)|"(?:[^"]|"")*(?:"|$)|(\$(?:[A-Za-z_]\w*)?\$)[^]*?(?:\1|$)|(?<![\w$.])\.?\d[\w.]*/g;
const COMMENT = /^(?:\/\*|--|#)/;
const PLAIN_NAME = /^"[\w$.]+"$/;
const LONGEST_SQL = 120;

/**
 * A statement in one line, without comments, strings and numbers in it, which may be anybody's data. A text
 * that was cut may end anywhere.
 *
 * @param quotesNames `"` stands around names, as in the standard; for MySQL it stands around strings
 */
export function shortSql(text: string, quotesNames = true): string {
  // Whether a backslash is part of a string, depends on the server.
  const bounded = RegExpReplaceIn(
    text,
    RegExpTest(/\\['"]/, text) ? /['"][^]*$/ : /(?!)/,
    '? …',
  );
  const plain = RegExpReplaceIn(bounded, SQL_TOKEN, (found: string) => {
    if (RegExpTest(COMMENT, found)) return ' ';
    return quotesNames && RegExpTest(PLAIN_NAME, found) ? found : '?';
  });
  const line = StringPrototypeTrim(RegExpReplaceIn(plain, /\s+/g, ' '));
  if (line.length <= LONGEST_SQL) return line;
  const cut = StringPrototypeSlice(line, 0, LONGEST_SQL);
  const space = StringPrototypeLastIndexOf(cut, ' ');
  return `${space > 0 ? StringPrototypeSlice(cut, 0, space) : cut} …`;
}

/** A path or URL without its query, its fragment and a user. */
export function withoutQuery(url: string): string {
  const plain = RegExpReplaceIn(url, /[?#].*$/s, '');
  return RegExpReplaceIn(plain, /^([a-z][a-z0-9+.-]*:\/\/)[^/@]*@/i, '$1');
}
