// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

/**
 * What a thing of some class means when a task waits for it. Rules are data: a sentence with fields of the
 * thing and of what owns it.
 */

import { ArrayPrototypeMap } from '../base/lists.js';
import { RegExpReplaceIn, RegExpTest } from '../base/patterns.js';
import {
  GlobalString,
  ObjectKeys,
  RegExpPrototypeExec,
  StringPrototypeEndsWith,
  StringPrototypeIndexOf,
  StringPrototypeLastIndexOf,
  StringPrototypeSlice,
  StringPrototypeTrim,
} from '../base/primordials.js';
import type { WaitKind } from '../model/wait-reason.js';
import { groupDigits } from '../format/text.js';
import { redactUrlPath } from '../redact/redact.js';
import type { Thing } from './evidence.js';
import { findAbove, type Path } from './paths.js';

/** What a rule looks at. */
export interface Found {
  readonly thing: Thing;
  /** How it was reached. */
  readonly path: Path;
  /** Node's time in milliseconds, in which timers count; 0: unknown. */
  readonly now: number;
}

export interface Explained {
  readonly kind: WaitKind;
  readonly text: string;
  /** Until it comes by itself, in milliseconds. */
  readonly dueMs?: number | null;
  /** It is only a limit to something else, such as a timeout. */
  readonly isLimit?: boolean;
}

export interface Rule {
  /** Names of classes. */
  readonly classes: readonly string[];
  /** The one with the highest rank speaks; then the nearest. Default 10. */
  readonly rank: number;
  /** Null: it says nothing of this one. */
  explain(found: Found): Explained | null;
}

/**
 * A rule as plain data.
 *
 * `text` is a sentence. `{field}` is a field of the thing, `{Class.field}` one of the nearest owner of that
 * class, `{field#}` the number of elements of a list, map or set. `|sql` behind it cuts parameters and
 * literals, `|path` the query of a URL. A part in `[…]` is left out when one of its fields is not known;
 * without a known field outside of these, the rule says nothing.
 *
 * @example
 * { classes: ['PendingItem'], kind: 'pool', text: 'a free client of Pool[ ({Pool._clients#} taken)]' }
 */
export interface DataRule {
  readonly classes: readonly string[];
  readonly kind: WaitKind;
  readonly text: string;
  readonly rank?: number | undefined;
  /** Only below an owner of this class. */
  readonly within?: string | undefined;
  /** Only where a field has that value. */
  readonly when?:
    Readonly<Record<string, string | number | boolean>> | undefined;
}

export function ruleOf(data: DataRule): Rule {
  return {
    classes: data.classes,
    rank: data.rank ?? 20,
    explain(found) {
      const { thing } = found;
      if (data.within !== undefined && ownerOf(thing, data.within) === null)
        return null;
      if (!fits(thing, data.when)) return null;
      const text = fill(data.text, thing);
      return text === null ? null : { kind: data.kind, text };
    },
  };
}

function fits(thing: Thing, when: DataRule['when']): boolean {
  if (when === undefined) return true;
  const fields = thing.fields();
  for (const name of ObjectKeys(when))
    if (fields[name] !== when[name]) return false;
  return true;
}

/** The nearest owner of a class. */
export function ownerOf(thing: Thing, className: string): Thing | null {
  return findAbove(thing, (each) => each.className === className);
}

const PLACEHOLDER = /\{([^{}]+)\}/g;
const OPTIONAL = /\[([^[\]]*\{[^[\]]*)\]/g;

/** The sentence with its fields; null where one that must be there is not. */
export function fill(text: string, thing: Thing): string | null {
  const shortened = RegExpReplaceIn(
    text,
    OPTIONAL,
    (_: string, part: string) => fillPart(part, thing) ?? '',
  );
  return fillPart(shortened, thing);
}

function fillPart(part: string, thing: Thing): string | null {
  let isComplete = true;
  const filled = RegExpReplaceIn(
    part,
    PLACEHOLDER,
    (_: string, name: string) => {
      const value = valueOf(name, thing);
      isComplete &&= value !== null;
      return value ?? '';
    },
  );
  return isComplete ? filled : null;
}

function valueOf(placeholder: string, thing: Thing): string | null {
  const bar = StringPrototypeIndexOf(placeholder, '|');
  const filter = bar < 0 ? '' : StringPrototypeSlice(placeholder, bar + 1);
  let name = bar < 0 ? placeholder : StringPrototypeSlice(placeholder, 0, bar);
  let of: Thing | null = thing;
  const owner = RegExpPrototypeExec(/^([A-Z][\w$]*)\.(.+)$/, name);
  if (owner !== null) {
    of =
      thing.className === owner[1] ? thing : ownerOf(thing, owner[1] as string);
    name = owner[2] as string;
  }
  if (of === null) return null;
  if (StringPrototypeEndsWith(name, '#')) {
    const length = of.length(StringPrototypeSlice(name, 0, -1));
    return length === null ? null : groupDigits(length);
  }
  const value = of.fields()[name];
  if (value === undefined || value === '') return null;
  const shown = GlobalString(value);
  if (filter === 'sql') return shortSql(shown);
  if (filter === 'path') return redactUrlPath(withoutQuery(shown));
  if (filter === 'ms') return `${groupDigits(value as number)} ms`;
  return shown;
}

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

export function rulesOf(data: readonly DataRule[]): Rule[] {
  return ArrayPrototypeMap(data, ruleOf);
}
