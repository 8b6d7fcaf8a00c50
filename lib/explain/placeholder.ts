// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

/** What stands in the braces of a rule's text: `{field}`, `{Class.field#}`, `{field|sql}`. */

import { EVIDENCE_FIELDS } from '../base/capture-schema.js';
import { ArrayPrototypePush, SetFrom } from '../base/lists.js';
import { RegExpMatchAllIn, RegExpTest } from '../base/patterns.js';
import {
  RegExpPrototypeExec,
  StringPrototypeEndsWith,
  StringPrototypeIndexOf,
  StringPrototypeSlice,
} from '../base/primordials.js';
import { groupDigits } from '../format/text.js';
import { redactUrlPath } from '../redact/redact.js';
import { shortSql, withoutQuery } from './shorten.js';

export type FieldValue = string | number | boolean;

export interface Placeholder {
  /** The class of the owner that has the field; '' for the thing itself. */
  readonly owner: string;
  /** `field`, or `object.field`. */
  readonly field: string;
  /** The number of elements of a list, map or set. */
  readonly isLength: boolean;
  /** One of `FILTERS`, or ''. */
  readonly filter: string;
}

/** Without a rule that names them, too. */
export const FIELDS_OF_ALL: ReadonlySet<string> = SetFrom(EVIDENCE_FIELDS);

export const FILTERS: readonly string[] = ['sql', 'path', 'ms'];

export const PLACEHOLDER = /\{([^{}]+)\}/g;

/** Classes begin with a capital letter, be it after a `_` that a compiler has put there. */
const OWNER = /^((?:_*[A-Z]|\$)[\w$]*)\.(.+)$/;

/** `inner`: without the braces. */
export function placeholderOf(inner: string): Placeholder {
  const bar = StringPrototypeIndexOf(inner, '|');
  const filter = bar < 0 ? '' : StringPrototypeSlice(inner, bar + 1);
  let field = bar < 0 ? inner : StringPrototypeSlice(inner, 0, bar);
  let owner = '';
  const found = RegExpPrototypeExec(OWNER, field);
  if (found !== null) {
    owner = found[1] as string;
    field = found[2] as string;
  }
  const isLength = StringPrototypeEndsWith(field, '#');
  if (isLength) field = StringPrototypeSlice(field, 0, -1);
  return { owner, field, isLength, filter };
}

export function placeholdersIn(text: string): Placeholder[] {
  const found: Placeholder[] = [];
  for (const match of RegExpMatchAllIn(text, PLACEHOLDER))
    ArrayPrototypePush(found, placeholderOf(match[1] as string));
  return found;
}

const LONGEST_VALUE = 160;
const STATEMENT =
  /^\s*(?:select|insert|update|delete|merge|replace|upsert|with|call|exec(?:ute)?|create|alter|drop|copy|grant|set|begin|explain|truncate)\b/i;
const URL_OR_PATH = /^(?:[a-z][a-z0-9+.-]*:\/)?\//i;

/**
 * A field's value as a sentence has it; null where the filter does not fit. Without a filter, what looks like a
 * statement or a URL is one.
 */
export function shownValue(value: FieldValue, filter: string): string | null {
  if (filter === 'ms')
    return typeof value === 'number' ? `${groupDigits(value)} ms` : null;
  const text = `${value}`;
  if (filter === 'sql') return shortSql(text);
  if (filter === 'mysql') return shortSql(text, false);
  if (filter === 'path' || RegExpTest(URL_OR_PATH, text))
    return redactUrlPath(withoutQuery(text));
  if (RegExpTest(STATEMENT, text)) return shortSql(text);
  return text.length <= LONGEST_VALUE
    ? text
    : `${StringPrototypeSlice(text, 0, LONGEST_VALUE)}…`;
}
