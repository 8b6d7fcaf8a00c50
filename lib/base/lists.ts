// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

import {
  GlobalInt32Array,
  SymbolIterator,
  TypedArrayPrototypeGetLength,
  ArrayIsArray,
  GlobalMap,
  GlobalSet,
  MapPrototypeForEach,
  MapPrototypeSet,
  MathMax,
  MathMin,
  ObjectDefineProperty,
  SetPrototypeAdd,
  SetPrototypeForEach,
} from './primordials.js';

/**
 * Methods of arrays, maps and sets, written as loops: the built-in ones ask an array's `constructor`
 * what to make, and an iterator for what comes next, both of which may be the program's.
 */

export function ArrayPrototypeAt<Item>(
  items: readonly Item[],
  index: number,
): Item | undefined {
  return items[index < 0 ? items.length + index : index];
}

/** `items` itself is longer then. */
export function ArrayPrototypePush<Item>(items: Item[], item: Item): number {
  items[items.length] = item;
  return items.length;
}

/** `items.push(...more)`, for any number of them. */
export function ArrayPrototypePushAll<Item>(
  items: Item[],
  more: readonly Item[],
): void {
  for (let index = 0, end = more.length; index < end; index++) {
    items[items.length] = more[index] as Item;
  }
}

export function ArrayPrototypeMap<Item, Result>(
  items: readonly Item[],
  convert: (item: Item, index: number) => Result,
): Result[] {
  const result: Result[] = [];
  for (let index = 0; index < items.length; index++) {
    result[index] = convert(items[index] as Item, index);
  }
  return result;
}

export function ArrayPrototypeForEach<Item>(
  items: readonly Item[],
  visit: (item: Item, index: number) => void,
): void {
  for (let index = 0; index < items.length; index++) {
    visit(items[index] as Item, index);
  }
}

export function ArrayPrototypeFilter<Item, Kept extends Item>(
  items: readonly Item[],
  keep: (item: Item, index: number) => item is Kept,
): Kept[];
export function ArrayPrototypeFilter<Item>(
  items: readonly Item[],
  keep: (item: Item, index: number) => unknown,
): Item[];
export function ArrayPrototypeFilter<Item>(
  items: readonly Item[],
  keep: (item: Item, index: number) => unknown,
): Item[] {
  const result: Item[] = [];
  for (let index = 0; index < items.length; index++) {
    const item = items[index] as Item;
    if (keep(item, index)) result[result.length] = item;
  }
  return result;
}

export function ArrayPrototypeFind<Item, Found extends Item>(
  items: readonly Item[],
  isIt: (item: Item, index: number) => item is Found,
): Found | undefined;
export function ArrayPrototypeFind<Item>(
  items: readonly Item[],
  isIt: (item: Item, index: number) => unknown,
): Item | undefined;
export function ArrayPrototypeFind<Item>(
  items: readonly Item[],
  isIt: (item: Item, index: number) => unknown,
): Item | undefined {
  return items[ArrayPrototypeFindIndex(items, isIt)];
}

export function ArrayPrototypeFindIndex<Item>(
  items: readonly Item[],
  isIt: (item: Item, index: number) => unknown,
): number {
  for (let index = 0; index < items.length; index++) {
    if (isIt(items[index] as Item, index)) return index;
  }
  return -1;
}

export function ArrayPrototypeSome<Item>(
  items: readonly Item[],
  test: (item: Item, index: number) => unknown,
): boolean {
  return ArrayPrototypeFindIndex(items, test) >= 0;
}

export function ArrayPrototypeEvery<Item, Kept extends Item>(
  items: readonly Item[],
  test: (item: Item, index: number) => item is Kept,
): items is readonly Kept[];
export function ArrayPrototypeEvery<Item>(
  items: readonly Item[],
  test: (item: Item, index: number) => unknown,
): boolean;
export function ArrayPrototypeEvery<Item>(
  items: readonly Item[],
  test: (item: Item, index: number) => unknown,
): boolean {
  return !ArrayPrototypeSome(items, (item, index) => !test(item, index));
}

export function ArrayPrototypeReduce<Item, Result>(
  items: readonly Item[],
  combine: (result: Result, item: Item) => Result,
  start: Result,
): Result {
  let result = start;
  for (let index = 0; index < items.length; index++) {
    result = combine(result, items[index] as Item);
  }
  return result;
}

/** Begin and end may be negative, which counts from the end of the array. */
export function ArrayPrototypeSlice<Item>(
  items: readonly Item[],
  begin = 0,
  end = items.length,
): Item[] {
  const { length } = items;
  const last = end < 0 ? length + end : MathMin(end, length);
  const result: Item[] = [];
  for (
    let index = begin < 0 ? MathMax(length + begin, 0) : begin;
    index < last;
    index++
  ) {
    result[result.length] = items[index] as Item;
  }
  return result;
}

/** `[...items]`. */
export function ArrayCopy<Item>(items: readonly Item[]): Item[] {
  return ArrayPrototypeSlice(items);
}

/** `[...first, ...second]`, and so on. */
export function ArrayConcat<
  const Lists extends readonly (readonly unknown[])[],
>(...lists: Lists): Lists[number][number][] {
  const result: unknown[] = [];
  for (let index = 0; index < lists.length; index++) {
    ArrayPrototypePushAll(result, lists[index] as readonly unknown[]);
  }
  return result;
}

/** One level of arrays among the items is opened. */
export function ArrayPrototypeFlat<Item>(
  items: readonly (Item | readonly Item[])[],
): Item[] {
  return ArrayPrototypeFlatMap(items, (item) => item);
}

export function ArrayPrototypeFlatMap<Item, Result>(
  items: readonly Item[],
  convert: (item: Item, index: number) => Result | readonly Result[],
): Result[] {
  const result: Result[] = [];
  for (let index = 0; index < items.length; index++) {
    const made = convert(items[index] as Item, index);
    if (ArrayIsArray(made)) {
      ArrayPrototypePushAll(result, made as readonly Result[]);
    } else {
      result[result.length] = made as Result;
    }
  }
  return result;
}

/** In place; gives what was taken out. */
export function ArrayPrototypeSplice<Item>(
  items: Item[],
  start: number,
  remove = items.length - start,
  ...insert: readonly Item[]
): Item[] {
  const removed = ArrayPrototypeSlice(items, start, start + remove);
  const rest = ArrayPrototypeSlice(items, start + remove);
  items.length = start;
  ArrayPrototypePushAll(items, insert);
  ArrayPrototypePushAll(items, rest);
  return removed;
}

export function MapPrototypeKeys<Key>(map: ReadonlyMap<Key, unknown>): Key[] {
  const keys: Key[] = [];
  MapPrototypeForEach(map, (_value, key) => ArrayPrototypePush(keys, key));
  return keys;
}

export function MapPrototypeValues<Value>(
  map: ReadonlyMap<unknown, Value>,
): Value[] {
  const values: Value[] = [];
  MapPrototypeForEach(map, (value) => ArrayPrototypePush(values, value));
  return values;
}

/** `new Map(entries)`. */
export function MapFrom<Key, Value>(
  entries: readonly (readonly [Key, Value])[],
): Map<Key, Value> {
  const map = new GlobalMap<Key, Value>();
  for (let index = 0; index < entries.length; index++) {
    const entry = entries[index] as readonly [Key, Value];
    MapPrototypeSet(map, entry[0], entry[1]);
  }
  return map;
}

/** `new Set(items)`. */
export function SetFrom<Item>(
  items: readonly Item[] | ReadonlySet<Item>,
): Set<Item> {
  const result = new GlobalSet<Item>();
  const list = ArrayIsArray(items)
    ? (items as readonly Item[])
    : SetValues(items as ReadonlySet<Item>);
  for (let index = 0; index < list.length; index++) {
    SetPrototypeAdd(result, list[index] as Item);
  }
  return result;
}

/** A copy, unlike `subarray`: that asks the array's `constructor` what to make. */
export function TypedArrayPrototypeSubarray(
  items: Int32Array,
  begin: number,
  end: number,
): Int32Array {
  const last = MathMin(end, TypedArrayPrototypeGetLength(items));
  const result = new GlobalInt32Array(MathMax(last - begin, 0));
  for (let index = begin; index < last; index++) {
    result[index - begin] = items[index] as number;
  }
  return result;
}

/** `[...items]` of a program's own iterable; an array is gone through by its indices. */
export function IterableToArray<Item>(items: Iterable<Item>): Item[] {
  if (ArrayIsArray(items)) return ArrayCopy(items as readonly Item[]);
  const result: Item[] = [];
  const iterator = items[SymbolIterator]();
  for (let step = iterator.next(); step.done !== true; step = iterator.next()) {
    ArrayPrototypePush(result, step.value);
  }
  return result;
}

/** `[...items]` of a set. */
export function SetValues<Item>(items: ReadonlySet<Item>): Item[] {
  const values: Item[] = [];
  SetPrototypeForEach(items, (item) => ArrayPrototypePush(values, item));
  return values;
}

export function ObjectFromEntries<Value>(
  entries: readonly (readonly [string, Value])[],
): Record<string, Value> {
  const result: Record<string, Value> = {};
  for (let index = 0; index < entries.length; index++) {
    const entry = entries[index] as readonly [string, Value];
    const descriptor = {
      value: entry[1],
      writable: true,
      enumerable: true,
      configurable: true,
    };
    ObjectDefineProperty(result, entry[0], descriptor);
  }
  return result;
}
