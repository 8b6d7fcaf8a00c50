// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

/**
 * Checks rules that a program or a file gives, and copies them. Nothing of the program runs: getters are refused,
 * and so are proxies. `docs/rules.schema.json` says the same.
 */

import { EVIDENCE_FIELDS } from '../base/capture-schema.js';
import { invalidArgument, outOfRange } from '../base/errors.js';
import { JSONStringify } from '../base/json.js';
import { ArrayPrototypePush, SetFrom, SetValues } from '../base/lists.js';
import { isPlain } from '../base/plain.js';
import { RegExpReplaceIn, RegExpTest } from '../base/patterns.js';
import {
  ArrayIsArray,
  ArrayPrototypeIncludes,
  ArrayPrototypeJoin,
  GlobalSet,
  ObjectGetOwnPropertyDescriptor,
  ObjectHasOwn,
  ObjectKeys,
  SetPrototypeAdd,
  SetPrototypeHas,
  StringPrototypeIndexOf,
  StringPrototypeSlice,
} from '../base/primordials.js';
import { WAIT_KINDS } from '../model/wait-reason.js';
import { isSecretField } from '../redact/secret-names.js';
import { FILTERS, type Placeholder, placeholdersIn } from './placeholder.js';

/** Rules that are as they must be, as the addon keeps them. */
export interface CheckedRules {
  readonly json: string;
  readonly count: number;
  /** Those that no other rule needs. */
  readonly fields: readonly string[];
}

const MOST_RULES = 1_000;
const MOST_CLASSES = 50;
const MOST_WHEN = 20;
const MOST_PLACEHOLDERS = 20;
const LONGEST_NAME = 200;
const LONGEST_TEXT = 500;
const HIGHEST_RANK = 100;

const MEMBERS = ['classes', 'kind', 'text', 'rank', 'within', 'when'];

/** @param given an array of rules, or an object with one as `rules`, as a file may be */
export function checkRules(name: string, given: unknown): CheckedRules {
  const fields = new GlobalSet<string>();
  let place = name;
  let list = given;
  if (!ArrayIsArray(given)) {
    list = membersOf(place, given, ['rules', '$schema'], 'an array of rules')[
      'rules'
    ];
    place += '.rules';
  }
  const rules: unknown[] = [];
  const items = elementsOf(place, list, MOST_RULES, 'an array of rules');
  for (let at = 0; at < items.length; at++)
    ArrayPrototypePush(rules, checkRule(`${place}[${at}]`, items[at], fields));
  return {
    json: JSONStringify(rules),
    count: rules.length,
    fields: SetValues(fields),
  };
}

function checkRule(place: string, given: unknown, fields: Set<string>): object {
  const rule = membersOf(place, given, MEMBERS, 'an object');
  const { kind, rank, within, when } = rule;
  const classes = elementsOf(
    `${place}.classes`,
    rule['classes'],
    MOST_CLASSES,
    'an array of names of classes',
  );
  if (classes.length === 0)
    throw outOfRange(`${place}.classes must name at least one class`);
  for (let at = 0; at < classes.length; at++)
    checkLine(`${place}.classes[${at}]`, classes[at], LONGEST_NAME);
  if (!ArrayPrototypeIncludes(WAIT_KINDS, kind)) {
    const kinds = ArrayPrototypeJoin(WAIT_KINDS, ', ');
    throw invalidArgument(`${place}.kind`, `one of ${kinds}`);
  }
  const text = checkText(`${place}.text`, rule['text'], fields);
  if (rank !== undefined) checkRank(`${place}.rank`, rank);
  if (within !== undefined) checkLine(`${place}.within`, within, LONGEST_NAME);
  const isWhen =
    when === undefined ? when : checkWhen(`${place}.when`, when, fields);
  return { classes, kind, text, rank, within, when: isWhen };
}

function checkRank(place: string, rank: unknown): void {
  if (typeof rank !== 'number') throw invalidArgument(place, 'a number');
  if (!(rank >= 0 && rank <= HIGHEST_RANK))
    throw outOfRange(`${place} must be from 0 to ${HIGHEST_RANK}`);
}

function checkWhen(place: string, given: unknown, fields: Set<string>): object {
  const when = membersOf(place, given, null, 'an object');
  const names = ObjectKeys(when);
  if (names.length > MOST_WHEN)
    throw outOfRange(`${place} must have at most ${MOST_WHEN} fields`);
  for (const name of names) {
    const member = `${place}[${quoted(name)}]`;
    checkField(member, name, fields);
    const value = when[name];
    const isFinite = typeof value === 'number' && value - value === 0;
    if (typeof value === 'string') checkLength(member, value, LONGEST_NAME);
    else if (!isFinite && typeof value !== 'boolean')
      throw invalidArgument(member, 'a string, a number or a boolean');
  }
  return when;
}

/** A name, or a sentence: one line that is not empty. */
function checkLine(place: string, value: unknown, longest: number): string {
  if (typeof value !== 'string') throw invalidArgument(place, 'a string');
  if (value === '') throw outOfRange(`${place} must not be empty`);
  checkLength(place, value, longest);
  if (RegExpTest(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]/, value))
    throw invalidArgument(place, 'one line without control characters');
  return value;
}

function checkLength(place: string, text: string, longest: number): void {
  if (text.length > longest)
    throw outOfRange(`${place} must have at most ${longest} characters`);
}

/** Braces that stand in no optional part, or in one; an optional part has some. */
const WELL_FORMED =
  /^(?:[^[\]{}]|\{[^[\]{}]+\}|\[[^[\]{}]*(?:\{[^[\]{}]+\}[^[\]{}]*)+\])*$/;

function checkText(place: string, value: unknown, fields: Set<string>): string {
  const text = checkLine(place, value, LONGEST_TEXT);
  if (!RegExpTest(WELL_FORMED, text)) {
    throw invalidArgument(
      place,
      'a sentence with fields in {} and optional parts with such fields in [], none of them in one of its own kind',
    );
  }
  const placeholders = placeholdersIn(text);
  if (placeholders.length > MOST_PLACEHOLDERS)
    throw outOfRange(`${place} must have at most ${MOST_PLACEHOLDERS} fields`);
  for (const each of placeholders) checkPlaceholder(place, each, fields);
  return text;
}

function checkPlaceholder(
  place: string,
  { field, isLength, filter }: Placeholder,
  fields: Set<string>,
): void {
  const member = `the field ${quoted(field)} of ${place}`;
  if (filter !== '' && !ArrayPrototypeIncludes(FILTERS, filter)) {
    const known = ArrayPrototypeJoin(FILTERS, ', |');
    throw invalidArgument(member, `followed by |${known} or nothing`);
  }
  if (!isLength) checkField(member, field, fields);
  else if (filter !== '')
    throw invalidArgument(member, 'without a filter, as it is a number');
  else if (!RegExpTest(OWN_FIELD, field))
    throw invalidArgument(member, 'the name of a list, map or set');
}

const OWN_FIELD = /^#?[^[\]{}|.#\s]{1,60}$/;
const FIELD = /^(?:[^[\]{}|.#\s]{1,60}\.)?#?[^[\]{}|.#\s]{1,60}$/;
const LISTED: ReadonlySet<string> = SetFrom(EVIDENCE_FIELDS);

/** Takes down which names have to be read besides those that always are. */
function checkField(place: string, name: string, fields: Set<string>): void {
  if (!RegExpTest(FIELD, name) || name === '__proto__')
    throw invalidArgument(place, 'the name of a field, or object.field');
  // Each part counts, and so does what both say together.
  const dot = StringPrototypeIndexOf(name, '.');
  const first = dot < 0 ? '' : StringPrototypeSlice(name, 0, dot);
  const last = StringPrototypeSlice(name, dot + 1);
  const isSecret =
    isSecretField(last) || isSecretField(first) || isSecretField(name);
  if (isSecret) {
    throw invalidArgument(
      place,
      'of another name: what is called so may be a secret, and no rule may read it',
    );
  }
  const plain = RegExpReplaceIn(name, /^options\./, '');
  if (!SetPrototypeHas(LISTED, plain)) SetPrototypeAdd(fields, name);
}

/** What an object has itself; `known`: no other names. */
function membersOf(
  place: string,
  given: unknown,
  known: readonly string[] | null,
  expected: string,
): Readonly<Record<string, unknown>> {
  if (!isPlain(given) || ArrayIsArray(given))
    throw invalidArgument(place, expected);
  const members = { __proto__: null } as unknown as Record<string, unknown>;
  for (const key of ObjectKeys(given)) {
    if (known !== null && !ArrayPrototypeIncludes(known, key)) {
      const names = ArrayPrototypeJoin(known, ', ');
      throw invalidArgument(place, `without ${quoted(key)}: it has ${names}`);
    }
    // Without a getter of the program's for it.
    if (key === '__proto__')
      throw invalidArgument(`${place}[${quoted(key)}]`, 'of another name');
    members[key] = dataOf(`${place}.${shortened(key)}`, given, key);
  }
  return members;
}

function elementsOf(
  place: string,
  given: unknown,
  most: number,
  expected: string,
): readonly unknown[] {
  if (!isPlain(given) || !ArrayIsArray(given))
    throw invalidArgument(place, expected);
  const { length } = given;
  if (length > most)
    throw outOfRange(`${place} must have at most ${most} elements`);
  const elements: unknown[] = [];
  for (let at = 0; at < length; at++)
    ArrayPrototypePush(elements, dataOf(`${place}[${at}]`, given, `${at}`));
  return elements;
}

function dataOf(place: string, object: object, key: string): unknown {
  const descriptor = ObjectGetOwnPropertyDescriptor(object, key);
  if (descriptor === undefined) throw invalidArgument(place, 'there');
  if (!ObjectHasOwn(descriptor, 'value'))
    throw invalidArgument(place, 'plain data, not a getter');
  return descriptor.value;
}

const LONGEST_SHOWN = 60;

function shortened(text: string): string {
  return text.length <= LONGEST_SHOWN
    ? text
    : `${StringPrototypeSlice(text, 0, LONGEST_SHOWN)}…`;
}

function quoted(text: string): string {
  return JSONStringify(shortened(text));
}
