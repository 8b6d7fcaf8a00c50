// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

/**
 * What could settle a promise at which the engine's knowledge ends: whatever holds its `resolve`
 * or `reject`. The glue of libraries tells by it what is waited for.
 */

import { GeneratorPrototypeNext } from '../base/generators.js';
import {
  ArrayConcat,
  ArrayCopy,
  ArrayPrototypeFilter,
  ArrayPrototypeFlatMap,
  ArrayPrototypePush,
  ArrayPrototypeSome,
  MapFrom,
  MapPrototypeValues,
  SetValues,
} from '../base/lists.js';
import {
  FunctionPrototypeBind,
  GlobalMap,
  GlobalPromise,
  GlobalSet,
  GlobalWeakSet,
  MapPrototypeDelete,
  MapPrototypeForEach,
  MapPrototypeGet,
  MapPrototypeGetSize,
  MapPrototypeHas,
  MapPrototypeSet,
  ObjectAssign,
  ObjectCreate,
  ObjectFreeze,
  ObjectGetOwnPropertyDescriptor,
  SetPrototypeAdd,
  SetPrototypeGetSize,
  WeakSetPrototypeAdd,
  WeakSetPrototypeHas,
} from '../base/primordials.js';
import { isPromise } from '../base/node-types.js';
import { hrtime } from '../base/node-process.js';
import type { Table } from '../base/capture.js';
import type { AnyFunction } from '../model/frame.js';
import { HolderKind } from '../base/capture-schema.js';
import { tryBinding } from '../engine/binding.js';
import { can } from '../engine/capabilities.js';
import { isObject } from '../base/own.js';
import { forgetClosures, ownClosures, usesValue } from './closures.js';

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
/** So many holders are looked for ahead. */
const MOST_AHEAD = 1_000;
/** So many promises are explained in one call. */
const MOST_ENDS = 1_000;

interface OpenEnd {
  /** The functions that fulfill the promise, then those that reject it. */
  readonly resolvers: readonly object[];
  readonly fulfilling: readonly object[];
  settlers: readonly Holder[] | null;
}

/** Promises at the end of a chain, of the extraction that runs. */
const open = new GlobalMap<object, OpenEnd>();
/** What was found to hold other things, of the same extraction. */
const known = new GlobalMap<object, readonly Holder[]>();
/** Holders that are none of the program's. */
let ours = new GlobalWeakSet<object>();
let lists: object[][] = [];
/** Of others who remember something of the extraction that runs. */
const forgetters: (() => void)[] = [];
let searches = 0;
let spent = 0;

/**
 * Called for each promise at which a chain ends, with the functions that settle it. True when glue
 * may know more.
 */
export function noteOpenEnd(
  leaf: unknown,
  resolvers: readonly object[] | undefined,
): boolean {
  if (!isPromise(leaf)) return false;
  if (MapPrototypeHas(open, leaf)) return true;
  if (resolvers === undefined || MapPrototypeGetSize(open) >= MOST_ENDS)
    return false;
  keep(resolvers);
  const { 0: fulfilling, 1: rejecting } = byKind(resolvers);
  const both = ArrayConcat(fulfilling, rejecting);
  keep(both);
  MapPrototypeSet(open, leaf, {
    resolvers: both,
    fulfilling,
    settlers: null,
  });
  return true;
}

/** Functions that fulfill a promise, and those that reject it. Those that cannot be told do both. */
function byKind(functions: readonly object[]): [object[], object[]] {
  const binding = can('native') ? tryBinding() : null;
  const fulfilling: object[] = [];
  const rejecting: object[] = [];
  for (const fn of functions) {
    const rejects = binding?.sharesCode(fn, rejectSample) === true;
    ArrayPrototypePush(rejects ? rejecting : fulfilling, fn);
  }
  keep(fulfilling);
  keep(rejecting);
  return [fulfilling, rejecting];
}

let rejectSample: unknown;
void new GlobalPromise((_, reject) => {
  rejectSample = reject;
});

export function isOpenEnd(item: unknown): item is Promise<unknown> {
  return isPromise(item) && MapPrototypeHas(open, item);
}

/** The promises at the ends of chains, of the extraction that runs. */
export function openEnds(): object[] {
  const found: object[] = [];
  MapPrototypeForEach(open, (_, promise) => {
    ArrayPrototypePush(found, promise);
  });
  return found;
}

/** `forget` is called after each outermost extraction. */
export function onForget(forget: () => void): void {
  ArrayPrototypePush(forgetters, forget);
}

/** What holds something of the program because we have looked for it. */
export function ownLists(): object[] {
  const own: object[] = ArrayConcat(lists, ownClosures());
  ArrayPrototypePush(own, open);
  ArrayPrototypePush(own, known);
  MapPrototypeForEach(open, (end) => {
    ArrayPrototypePush(own, end);
  });
  MapPrototypeForEach(known, (holders) => {
    ArrayPrototypePush(own, holders);
    for (const holder of holders) ArrayPrototypePush(own, holder);
  });
  return own;
}

/** After the outermost extraction: what was found is true no longer, and must not be kept alive. */
export function forgetHolders(): void {
  // What is left behind would be found by the next search, until it is collected.
  for (const list of lists) list.length = 0;
  lists = [];
  deleteAll(open);
  deleteAll(known);
  forgetClosures();
  for (const forget of forgetters) forget();
  ours = new GlobalWeakSet();
  searches = 0;
  spent = 0;
}

/** Leaves nothing in the table, which is there until it is collected. */
function deleteAll(map: Map<object, unknown>): void {
  MapPrototypeForEach(map, (_, key) => {
    MapPrototypeDelete(map, key);
  });
}

/** Who could settle a promise at the end of a chain. One search for all that are known by then. */
export function settlersOf(promise: Promise<unknown>): readonly Holder[] {
  if (MapPrototypeGet(open, promise)?.settlers === null) {
    const ends = ArrayPrototypeFilter(
      MapPrototypeValues(open),
      ({ settlers }) => settlers === null,
    );
    // Nothing may hold them but what is known to be ours: the search would find it.
    const unknown: object[] = [];
    for (const { resolvers } of ends) {
      for (const resolver of resolvers) {
        if (!MapPrototypeHas(known, resolver))
          ArrayPrototypePush(unknown, resolver);
      }
    }
    search(unknown, 1);
    for (const end of ends)
      end.settlers = ArrayPrototypeFlatMap(end.resolvers, knownOf);
  }
  return MapPrototypeGet(open, promise)?.settlers ?? [];
}

/** Those of the functions that settle a promise at the end of a chain which some settlers hold. */
export function resolversHeldBy(
  settlers: readonly Holder[],
  promise: object,
): object[] {
  const all = MapPrototypeGet(open, promise)?.resolvers ?? [];
  const held = ArrayPrototypeFilter(all, (fn) =>
    ArrayPrototypeSome(settlers, (holder) => holdsIt(holder, fn)),
  );
  keep(held);
  return held;
}

/** Whether all that a settler is known to do to a promise is to reject it. */
export function onlyRejects(holder: Holder, promise: object): boolean {
  const end = MapPrototypeGet(open, promise);
  if (end === undefined || end.fulfilling.length === end.resolvers.length)
    return false;
  return !ArrayPrototypeSome(end.fulfilling, (fn) => holdsIt(holder, fn));
}

/** Without a function of its own, which would hold the settler until it is collected. */
function holdsIt({ value, fn }: Holder, held: object): boolean {
  for (const each of knownOf(held))
    if (each.value === value && each.fn === fn) return true;
  return false;
}

/** Before a climb that starts with who settles a promise: one search for all promises of a call. */
export function searchAhead(levels: number): void {
  const values = new GlobalSet<object>();
  for (const { settlers } of MapPrototypeValues(open)) {
    for (const { value } of settlers ?? []) {
      if (!MapPrototypeHas(known, value)) SetPrototypeAdd(values, value);
    }
    if (SetPrototypeGetSize(values) >= MOST_AHEAD) break;
  }
  search(SetValues(values), levels);
}

/** What refers to an object. */
export function holdersOf(value: object): readonly Holder[] {
  if (!MapPrototypeHas(known, value)) search([value], 1);
  return knownOf(value);
}

function knownOf(value: object): readonly Holder[] {
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
    ArrayPrototypePush(lists, next);
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
function search(values: object[], levels: number): void {
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
    if (
      held === undefined ||
      !isObject(value) ||
      WeakSetPrototypeHas(ours, value)
    )
      continue;
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

/** The list is ours alone: nobody reads it again after the extraction. */
function keep(list: readonly object[]): void {
  WeakSetPrototypeAdd(ours, list);
  ArrayPrototypePush(lists, list as object[]);
}

/** A column that is not read again: the next search would find what it holds. */
export function emptyList(column: readonly unknown[]): void {
  (column as unknown[]).length = 0;
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
    FunctionPrototypeBind(forgetHolders, null),
    inArray,
    inDictionary,
    makeHolder('object', NOTHING, null),
    ObjectGetOwnPropertyDescriptor(inArray, 'p0') as object,
    GeneratorPrototypeNext((function* () {})()),
    closure,
    assigned,
  ];
}
