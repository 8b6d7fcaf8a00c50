// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

import { HolderKind } from '../base/capture-schema.js';
import type { Table } from '../base/capture.js';
import { GeneratorPrototypeNext } from '../base/generators.js';
import {
  ArrayCopy,
  ArrayPrototypeFilter,
  ArrayPrototypeFlatMap,
  ArrayPrototypePush,
  MapFrom,
} from '../base/lists.js';
import { hrtime } from '../base/node-process.js';
import { isObject } from '../base/own.js';
import {
  FunctionPrototypeBind,
  GlobalMap,
  MapPrototypeForEach,
  MapPrototypeGet,
  MapPrototypeHas,
  MapPrototypeSet,
  ObjectAssign,
  ObjectCreate,
  ObjectFreeze,
  ObjectGetOwnPropertyDescriptor,
} from '../base/primordials.js';
import { tryBinding } from '../engine/binding.js';
import { can } from '../engine/capabilities.js';
import type { AnyFunction } from '../model/frame.js';
import { usesValue } from './closures.js';
import {
  deleteAll,
  emptyLater,
  emptyList,
  isOurs,
  keep,
  onForget,
} from './own-lists.js';

const KINDS = MapFrom<unknown, 'closure' | 'bound' | 'activation' | 'reaction'>(
  [
    [HolderKind.closure, 'closure'],
    [HolderKind.bound, 'bound'],
    [HolderKind.activation, 'activation'],
    [HolderKind.ofClosure, 'activation'],
    [HolderKind.reaction, 'reaction'],
  ],
);

/** Something that holds a value, or the functions that settle a promise. */
export interface Holder {
  /**
   * A function with it in its scope that uses it, an object with it in a property, a function that it is bound
   * to, a generator or async function's promise with it in a variable, or a pending promise with
   * a handler that holds it. Activations that only share its scope come after all others.
   */
  readonly kind: 'closure' | 'object' | 'bound' | 'activation' | 'reaction';
  readonly value: object;
  /** Of a closure or bound function itself, of an activation its function, of a reaction its handler. */
  readonly fn: AnyFunction | null;
}

/** Each search walks the heap: so many in one call, and none once they took this long together. */
const MOST_SEARCHES = 8;
const MOST_MS = 1_000;
/** What was found to hold other things, of the extraction that runs. */
const known = new GlobalMap<object, readonly Holder[]>();
let searches = 0;
let spent = 0;

onForget(() => {
  deleteAll(known);
  searches = 0;
  spent = 0;
});

/** Whether the holders of an object have been looked for. */
export function isKnown(value: object): boolean {
  return MapPrototypeHas(known, value);
}

/** What of ours refers to things of the program: the tables of holders. */
export function heldLists(): object[] {
  const own: object[] = [known];
  MapPrototypeForEach(known, (holders) => {
    ArrayPrototypePush(own, holders);
    for (const holder of holders) ArrayPrototypePush(own, holder);
  });
  return own;
}

/** What refers to an object. */
export function holdersOf(value: object): readonly Holder[] {
  if (!MapPrototypeHas(known, value)) search([value], 1);
  return knownOf(value);
}

/** What is known to refer to an object: nothing is looked for. */
export function knownOf(value: object): readonly Holder[] {
  return MapPrototypeGet(known, value) ?? [];
}

/**
 * From what holds something to what holds that, and so on, until `accept` finds what it looks for:
 * level by level, at most so many, and only by way of what `passes`. The rest is noise, such as
 * arrays of ours and what died lately. One search, whatever the number of levels; see
 * `native/heap/holders.h` for the way that it takes.
 */
export function climb<Found>(
  start: readonly Holder[],
  levels: number,
  passes: (holder: Holder) => boolean,
  accept: (holder: Holder) => Found | undefined,
): Found | undefined {
  const seen = new GlobalMap<object, true>();
  const found = climbUnseen(start, levels, passes, accept, seen);
  // What is left behind would be found by the next search, until it is collected.
  deleteAll(seen);
  return found;
}

function climbUnseen<Found>(
  start: readonly Holder[],
  levels: number,
  passes: (holder: Holder) => boolean,
  accept: (holder: Holder) => Found | undefined,
  seen: Map<object, true>,
): Found | undefined {
  let level = start;
  for (let i = 0; ; i++) {
    const next: object[] = [];
    for (const holder of level) {
      const { value } = holder;
      if (MapPrototypeHas(seen, value)) continue;
      MapPrototypeSet(seen, value, true);
      const found = accept(holder);
      if (found !== undefined) return found;
      if (i === 0 || passes(holder)) ArrayPrototypePush(next, value);
    }
    emptyLater(next);
    if (i >= levels || next.length === 0) return undefined;
    const unknown =
      i === 0
        ? ArrayPrototypeFilter(next, (value) => !MapPrototypeHas(known, value))
        : [];
    if (unknown.length > 0) search(unknown, levels);
    level = ArrayPrototypeFlatMap(next, knownOf);
  }
}

/** Adds to what is known, as far as the bounds allow. */
export function search(values: object[], levels: number): void {
  const binding = can('native') ? tryBinding() : null;
  if (binding === null || values.length === 0) return;
  for (const value of values) MapPrototypeSet(known, value, []);
  if (searches >= MOST_SEARCHES || spent >= MOST_MS) return;
  const start = hrtime();
  const found = binding.holders(values, holderSamples(), levels);
  const { 0: seconds, 1: nanoseconds } = hrtime(start);
  searches++;
  spent += seconds * 1e3 + nanoseconds / 1e6;
  learn(values, found);
}

/** What was found without a search, by the walk that met the ends of chains; for `settlersOf`. */
export function noteHolders(
  values: readonly object[],
  found: Table<'holder'> | undefined,
): void {
  for (const value of values) MapPrototypeSet(known, value, []);
  learn(values, found);
}

/** Adds an answer of the addon's to what is known. */
function learn(
  values: readonly object[],
  answer: Table<'holder'> | undefined,
): void {
  keep(values);
  if (answer === undefined) return;
  const found: object[] = ArrayCopy(values);
  keep(found);
  const holdersOfEach = new GlobalMap<object, Holder[]>();
  const sharing: [Holder[], Holder][] = [];
  for (let at = 0; at < answer.length; at++) {
    const of = answer.of[at] ?? -1;
    const held = found[of];
    const kind = answer.kind[at];
    const value = answer.value[at];
    // In the place of what is none, as the numbers count them all.
    ArrayPrototypePush(found, isObject(value) ? value : NOTHING);
    if (held === undefined || !isObject(value) || isOurs(value)) continue;
    const fn = typeof value === 'function' ? value : answer.extra[at];
    // On higher levels one closure stands for all of its scope.
    const isFirstLevel = of < values.length;
    if (isFirstLevel && isBystander(kind, fn, held)) continue;
    let holders = MapPrototypeGet(holdersOfEach, held);
    if (holders === undefined)
      MapPrototypeSet(holdersOfEach, held, (holders = []));
    const holder = makeHolder(
      MapPrototypeGet(KINDS, kind) ?? 'object',
      value,
      typeof fn === 'function' ? (fn as AnyFunction) : null,
    );
    if (kind === HolderKind.ofClosure)
      ArrayPrototypePush(sharing, [holders, holder]);
    else ArrayPrototypePush(holders, holder);
  }
  for (const { 0: holders, 1: holder } of sharing)
    ArrayPrototypePush(holders, holder);
  emptyList(answer.value);
  emptyList(answer.extra);
  MapPrototypeForEach(holdersOfEach, (holders, held) =>
    MapPrototypeSet(known, held, holders),
  );
}

/** A function, or an activation of one, that shares a scope and does not use what it holds. */
function isBystander(kind: unknown, fn: unknown, held: object): boolean {
  if (kind !== HolderKind.closure && kind !== HolderKind.ofClosure)
    return false;
  return typeof fn === 'function' && !usesValue(fn as AnyFunction, held);
}

/** The one place where they are made, so that V8 knows them all by one shape. */
function makeHolder(
  kind: Holder['kind'],
  value: object,
  fn: AnyFunction | null,
): Holder {
  return { kind, value, fn };
}

const NOTHING: object = ObjectFreeze({});

/**
 * The kinds of objects that are looked into, the two ways in which they keep properties, and what is
 * none of the program's: what we and V8 leave behind in looking at objects.
 */
export function holderSamples(): object[] {
  const inArray: Record<string, unknown> = {};
  for (let i = 0; i < 10; i++) inArray[`p${i}`] = i;
  // Of a variable like this, and not of one that `let` declares, V8 14 makes a cell.
  // eslint-disable-next-line no-var
  var assigned: object | undefined;
  const closure = (): object | undefined => assigned;
  assigned = { inArray };
  const inDictionary = ObjectAssign(ObjectCreate(null), { a: 1 }) as object;
  return [
    {},
    [],
    FunctionPrototypeBind(makeHolder, null),
    inArray,
    inDictionary,
    makeHolder('object', NOTHING, null),
    ObjectGetOwnPropertyDescriptor(inArray, 'p0') as object,
    GeneratorPrototypeNext((function* () {})()),
    closure,
    assigned,
  ];
}
