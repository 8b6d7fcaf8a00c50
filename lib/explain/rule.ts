// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

/**
 * What a thing of some class means when a task waits for it. Rules are data: a sentence with fields of the
 * thing and of what owns it.
 */

import { ArrayPrototypeMap, ArrayPrototypePush } from '../base/lists.js';
import { RegExpReplaceIn } from '../base/patterns.js';
import { ownProperties } from '../base/own.js';
import {
  ArrayPrototypeIncludes,
  GlobalSet,
  ObjectKeys,
  SetPrototypeAdd,
  SetPrototypeHas,
} from '../base/primordials.js';
import type { WaitKind } from '../model/wait-reason.js';
import { groupDigits } from '../format/text.js';
import type { Thing } from './thing.js';
import { findAbove, type Path } from './paths.js';
import {
  PLACEHOLDER,
  placeholderOf,
  placeholdersIn,
  shownValue,
} from './placeholder.js';

/** What a rule looks at. */
export interface Found {
  readonly thing: Thing;
  /** How it was reached. */
  readonly path: Path;
  /** What is waited for; of it only what its callers have asked for is known. */
  readonly promise?: Thing;
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
  /** Fields that are shown of the thing besides those that always are, with the filter of each. */
  readonly shown?: Readonly<Record<string, string>>;
}

export interface Rule {
  /** Names of classes. */
  readonly classes: readonly string[];
  /** The one with the highest rank speaks; then the nearest. Default 10. */
  readonly rank: number;
  /** Somebody else has added it: it speaks in the place of those that come with asynctb. */
  readonly isAdded?: boolean;
  /** Null: it says nothing of this one. */
  explain(found: Found): Explained | null;
}

/**
 * A rule as plain data: what it means when a task waits for a thing of some class, or for something that such
 * a thing holds.
 *
 * `text` is a sentence. `{field}` is a field of the thing, `{Class.field}` one of the nearest owner of that
 * class, `{field#}` the number of elements of a list, map or set. `|sql` behind it cuts parameters and
 * literals, `|path` the query of a URL, `|ms` says milliseconds. A part in `[…]` is left out when one of its
 * fields is not known, or when all that it has is a number of elements, and that is 0; without a known field
 * outside of these, the rule says nothing.
 *
 * @example
 * { classes: ['PendingItem'], kind: 'pool', text: 'a free client of Pool[ ({Pool._clients#} taken)]' }
 */
export interface DataRule {
  /** Names of classes, as `constructor.name` has them. */
  readonly classes: readonly string[];
  readonly kind: WaitKind;
  readonly text: string;
  /** The rule with the highest rank speaks, then the nearest; from 0 to 100. Default 20. */
  readonly rank?: number | undefined;
  /** Only below an owner of this class. */
  readonly within?: string | undefined;
  /** Only where a field has that value. */
  readonly when?:
    Readonly<Record<string, string | number | boolean>> | undefined;
}

/**
 * A rule of ours. `{$.field}` is a field of what has the thing as `heldAs` says. The filter `|mysql` is that for
 * statements where `"` stands around strings.
 */
export interface OwnRule extends DataRule {
  /** Only where one of these properties of the thing leads to what waits. */
  readonly through?: readonly string[];
  /** Only where something has it in one of these properties, by itself or in a list. */
  readonly heldAs?: readonly string[];
  /** Only where a field of what has it so has that value. */
  readonly whenHolder?: DataRule['when'];
  /** Only where all these fields of the thing are known: what else has a class of that name has others. */
  readonly has?: readonly string[];
  /** The same of what has it as `heldAs` says. */
  readonly holderHas?: readonly string[];
}

export function ruleOf(data: OwnRule): Rule {
  return {
    classes: data.classes,
    rank: data.rank ?? 20,
    explain({ thing, path }) {
      const { through, heldAs, within } = data;
      if (through !== undefined && !isThrough(path, through)) return null;
      const owner = heldAs === undefined ? null : ownerBy(thing, heldAs);
      if (heldAs !== undefined && owner === null) return null;
      if (within !== undefined && ownerOf(thing, within) === null) return null;
      if (!fits(thing, data.when) || !hasAll(thing, data.has)) return null;
      if (owner !== null && !fits(owner, data.whenHolder)) return null;
      if (owner !== null && !hasAll(owner, data.holderHas)) return null;
      const text = fill(data.text, thing, owner);
      return text === null ? null : { kind: data.kind, text };
    },
  };
}

function isThrough({ hold }: Path, names: readonly string[]): boolean {
  return hold.link === 'property' && ArrayPrototypeIncludes(names, hold.name);
}

/** So many objects may stand between a thing and what has it in a list of lists. */
const MOST_LISTS = 8;

/** What has a thing in one of its properties of these names, or in a list that is one. */
export function ownerBy(thing: Thing, names: readonly string[]): Thing | null {
  const seen = new GlobalSet<number>();
  let level: Thing[] = [thing];
  for (let step = 0; step < MOST_LISTS && level.length > 0; step++) {
    const next: Thing[] = [];
    for (const each of level) {
      for (const { holder, link, name } of each.holders) {
        if (holder.kind !== 'object') continue;
        if (link === 'property' && ArrayPrototypeIncludes(names, name))
          return holder;
        if (SetPrototypeHas(seen, holder.id)) continue;
        SetPrototypeAdd(seen, holder.id);
        ArrayPrototypePush(next, holder);
      }
    }
    level = next;
  }
  return null;
}

function fits(thing: Thing, when: DataRule['when']): boolean {
  if (when === undefined) return true;
  const fields = thing.fields();
  for (const name of ObjectKeys(when))
    if (fields[name] !== when[name]) return false;
  return true;
}

export function hasAll(thing: Thing, names: readonly string[] = []): boolean {
  const fields = thing.fields();
  for (const name of names) if (fields[name] === undefined) return false;
  return true;
}

/** The nearest owner of a class. */
export function ownerOf(thing: Thing, className: string): Thing | null {
  return findAbove(thing, (each) => each.className === className);
}

/** An optional part, or a placeholder outside of these. */
const PLACES = /\[([^[\]]*\{[^[\]]*)\]|\{([^{}]+)\}/g;

/** The sentence with its fields; null where one that must be there is not. */
export function fill(
  text: string,
  thing: Thing,
  holder: Thing | null = null,
): string | null {
  let isComplete = true;
  // What a field says is not looked through for placeholders.
  const filled = RegExpReplaceIn(
    text,
    PLACES,
    (_: string, part: string | undefined, name: string) => {
      if (part !== undefined) return fillPart(part, thing, holder) ?? '';
      const value = valueOf(name, thing, holder);
      isComplete &&= value !== null;
      return value ?? '';
    },
  );
  return isComplete ? filled : null;
}

function fillPart(
  part: string,
  thing: Thing,
  holder: Thing | null,
): string | null {
  let isComplete = true;
  let count = 0;
  let isEmpty = false;
  const filled = RegExpReplaceIn(
    part,
    PLACEHOLDER,
    (_: string, name: string) => {
      const value = valueOf(name, thing, holder);
      isComplete &&= value !== null;
      count++;
      isEmpty = value === '0' && placeholderOf(name).isLength;
      return value ?? '';
    },
  );
  return isComplete && !(isEmpty && count === 1) ? filled : null;
}

function valueOf(
  inner: string,
  thing: Thing,
  holder: Thing | null,
): string | null {
  const { owner, field, isLength, filter } = placeholderOf(inner);
  let of = holder;
  if (owner === '' || thing.className === owner) of = thing;
  else if (owner !== '$' || holder === null) of = ownerOf(thing, owner);
  if (of === null) return null;
  if (isLength) {
    const length = of.length(field);
    return length === null ? null : groupDigits(length);
  }
  const value = of.fields()[field];
  if (value === undefined || value === '') return null;
  return shownValue(value, filter);
}

/** A rule that somebody has added; what it inherits is no part of it. */
export function addedRuleOf(given: DataRule): Rule {
  const data = ownProperties(given);
  const rule = ruleOf(data);
  const shown = shownBy(data);
  return {
    ...rule,
    isAdded: true,
    explain(found) {
      const explained = rule.explain(found);
      return explained === null ? null : { ...explained, shown };
    },
  };
}

/** The fields of the thing itself that a rule names, with their filters. */
function shownBy({ classes, text, when }: DataRule): Record<string, string> {
  const shown = { __proto__: null } as unknown as Record<string, string>;
  if (when !== undefined) for (const name of ObjectKeys(when)) shown[name] = '';
  for (const { owner, field, filter } of placeholdersIn(text)) {
    if (owner === '' || ArrayPrototypeIncludes(classes, owner))
      shown[field] = filter;
  }
  return shown;
}

export function rulesOf(data: readonly OwnRule[]): Rule[] {
  return ArrayPrototypeMap(data, ruleOf);
}
