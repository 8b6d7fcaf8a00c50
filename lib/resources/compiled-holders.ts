// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

import {
  ArrayPrototypeAt,
  ArrayPrototypeEvery,
  ArrayPrototypeFilter,
  ArrayPrototypeFlatMap,
  ArrayPrototypeMap,
  ArrayPrototypePush,
  ArrayPrototypeSlice,
  ArrayPrototypeSome,
} from '../base/lists.js';
import {
  ArrayIsArray,
  ArrayPrototypeIncludes,
  ArrayPrototypeSort,
  GlobalString,
  GlobalSymbol,
  MathMin,
  ObjectGetPrototypeOf,
  ObjectHasOwn,
  ObjectKeys,
  SymbolFor,
} from '../base/primordials.js';
import { ownData } from '../base/own.js';
import { isPlain, isPlainFunction } from '../base/plain.js';
import type { CompiledText } from './compiled-text.js';
import { readVariable } from './scopes.js';

/**
 * What `using` becomes for targets without it. The compilers keep what a block holds in a
 * variable of its own, and take it out again before they dispose of it:
 *
 * - `env`, of TypeScript and SWC: `{ stack: [{ value, dispose, async }], error, hasError }`
 * - `list`, of esbuild: `[[async, dispose, value]]`; of SWC and Babel, once: `[{ v, d, a }]`
 * - `context`, of Babel, and of SWC once: `{ e, u, a, d }`, whose functions share such a list
 */
export type HolderKind = 'env' | 'list' | 'context';

export interface Entry {
  readonly value: unknown;
  readonly isAsync: boolean;
  /** Entered only to be awaited: what `await using x = null` leaves. */
  readonly isEmpty: boolean;
}

export interface Holder {
  readonly name: string;
  readonly kind: HolderKind;
  /** What the disposal shares with the block: the list, and of an `env` the object. */
  readonly shared: readonly object[];
  readonly entries: readonly Entry[];
}

/** Not every Node has them, and a polyfill may have added them. */
export interface DisposeSymbols {
  readonly asyncDispose?: symbol;
  readonly dispose?: symbol;
}

/** What reads the variables that a function closes over. */
export interface ClosureReader {
  closureScopes(fn: unknown): readonly object[] | undefined;
}

/** What comes after a frame in its stack: functions, and the second one's receiver. */
export interface Following {
  readonly fn: unknown;
  readonly nextFn: unknown;
  readonly nextReceiver: unknown;
}

/** More than the disposal itself closes over belongs to the program. */
const MOST_SCOPES = 3;
const MOST_ENTRIES = 10_000;
const MOST_PROTOTYPES = 100;

/** In the order of the text: an inner block's comes after that of the block around it. */
export function holdersIn(
  scope: object,
  text: CompiledText,
  reader: ClosureReader | null,
): Holder[] {
  const holders: Holder[] = [];
  for (const name of ObjectKeys(scope)) {
    const holder = holderOf(readVariable(scope, name), name, text, reader);
    if (holder !== null) ArrayPrototypePush(holders, holder);
  }
  return ArrayPrototypeSort(
    holders,
    (a, b) => text.indexOf(a.name) - text.indexOf(b.name),
  );
}

/**
 * The holder of a text that has but one, found by its shape alone: of an `env`, which nothing else
 * looks like. Null where there may be others, or none that can be seen.
 */
export function onlyHolder(
  objects: readonly object[],
  text: CompiledText,
): Holder | null {
  const name = text.onlyEnv;
  if (name === null) return null;
  const holders = ArrayPrototypeFilter(
    ArrayPrototypeMap(objects, (object) => holderOf(object, name, text, null)),
    (holder) => holder?.kind === 'env',
  );
  return holders.length === 1 ? (holders[0] ?? null) : null;
}

function holderOf(
  value: unknown,
  name: string,
  text: CompiledText,
  reader: ClosureReader | null,
): Holder | null {
  if (!isPlain(value)) return null;
  let kind: HolderKind = 'list';
  let list: unknown = value;
  if (!ArrayIsArray(value)) {
    kind = 'env';
    const isEnv = typeof ownData(value, 'hasError') === 'boolean';
    list = isEnv ? ownData(value, 'stack') : null;
    if (!isPlain(list)) {
      kind = 'context';
      list = isContext(value) ? listOf(ownData(value, 'd'), reader) : null;
    }
  } else if (!text.isList(name)) {
    return null;
  }
  const entries = readList(list);
  if (entries === null) return null;
  const shared = kind === 'env' ? [value, list as object] : [list as object];
  return { name, kind, shared, entries };
}

function isContext(value: object): boolean {
  return ArrayPrototypeEvery(
    ['u', 'a', 'd'],
    (key) => typeof ownData(value, key) === 'function',
  );
}

/** The list that a context's functions share. */
function listOf(dispose: unknown, reader: ClosureReader | null): unknown {
  const { 0: scope } = reader?.closureScopes(dispose) ?? [];
  if (scope === undefined) return null;
  for (const name of ObjectKeys(scope)) {
    const list = readVariable(scope, name);
    if (readList(list) !== null) return list;
  }
  return null;
}

/** Null for what is no list of entries. */
function readList(list: unknown): Entry[] | null {
  if (!isPlain(list) || !ArrayIsArray(list)) return null;
  const entries: Entry[] = [];
  const length = MathMin(list.length, MOST_ENTRIES);
  for (let index = 0; index < length; index++) {
    const entry = readEntry(ownData(list, GlobalString(index)));
    if (entry === null) return null;
    ArrayPrototypePush(entries, entry);
  }
  return entries;
}

function readEntry(item: unknown): Entry | null {
  if (!isPlain(item)) return null;
  const {
    0: value,
    1: dispose,
    2: async,
  } = ArrayPrototypeMap(fieldsOf(item), (key) => ownData(item, key));
  if (async !== undefined && typeof async !== 'boolean') return null;
  const isAsync = async === true;
  const isEmpty = isAsync && (value === undefined || value === null);
  if (!isEmpty && typeof dispose !== 'function') return null;
  return { value, isAsync, isEmpty };
}

function fieldsOf(item: object): [string, string, string] {
  if (ArrayIsArray(item)) return ['2', '1', '0'];
  return ObjectHasOwn(item, 'd') || ObjectHasOwn(item, 'v')
    ? ['v', 'd', 'a']
    : ['value', 'dispose', 'async'];
}

/**
 * What a block disposes of while its function waits. The frame that follows is then a callback of
 * the compiler's, and what it closes over says which block it works for. It also says of what, or
 * else the frame below does, being an asynchronous method of it. Null: none, or it cannot be told.
 */
export function leavingEntry(
  { shared }: Holder,
  following: Following,
  reader: ClosureReader,
): Entry | null {
  const scopes = closureOf(following.fn, reader);
  const values = ArrayPrototypeFlatMap(scopes, (scope) =>
    ArrayPrototypeMap(ObjectKeys(scope), (name) => readVariable(scope, name)),
  );
  if (
    !ArrayPrototypeSome(values, (value) =>
      ArrayPrototypeIncludes(shared, value as object),
    )
  )
    return null;
  for (const value of values) {
    const entry = isHeld(value, shared) ? null : readEntry(value);
    if (entry !== null && !entry.isEmpty) return entry;
  }
  const { nextFn, nextReceiver } = following;
  return isDisposal(nextFn, nextReceiver)
    ? { value: nextReceiver, isAsync: true, isEmpty: false }
    : null;
}

/** What is taken up in a moment is put back into the list until then. */
function isHeld(value: unknown, shared: readonly object[]): boolean {
  const list = ArrayPrototypeAt(shared, -1);
  if (value === list || list === undefined) return true;
  for (let index = (list as unknown[]).length - 1; index >= 0; index--) {
    if (ownData(list, GlobalString(index)) === value) return true;
  }
  return false;
}

function closureOf(fn: unknown, reader: ClosureReader): readonly object[] {
  if (!isPlainFunction(fn)) return [];
  return ArrayPrototypeSlice(reader.closureScopes(fn) ?? [], 0, MOST_SCOPES);
}

function isDisposal(fn: unknown, receiver: unknown): boolean {
  if (typeof fn !== 'function') return false;
  let object = receiver;
  for (let hops = 0; hops < MOST_PROTOTYPES && isPlain(object); hops++) {
    for (const name of ['asyncDispose', 'dispose'] as const) {
      const known = (GlobalSymbol as DisposeSymbols)[name];
      for (const key of [known, SymbolFor(`Symbol.${name}`)]) {
        if (key !== undefined && ownData(object, key) === fn) return true;
      }
    }
    object = ObjectGetPrototypeOf(object);
  }
  return false;
}
