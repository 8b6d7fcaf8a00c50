// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

import { ArrayCopy, ArrayPrototypePush } from '../base/lists.js';
import {
  GlobalWeakSet,
  MapPrototypeDelete,
  MapPrototypeForEach,
  WeakSetPrototypeAdd,
  WeakSetPrototypeHas,
} from '../base/primordials.js';

/**
 * Lists of ours that hold things of the program's for as long as an extraction runs. A search for holders must
 * not take them for the program's, nor find what is left of them.
 */

let ours = new GlobalWeakSet<object>();
let lists: object[][] = [];
/** Of others who remember something of the extraction that runs. */
const forgetters: (() => void)[] = [];

/** The list is ours alone: nobody reads it again after the extraction. */
export function keep(list: readonly object[]): void {
  WeakSetPrototypeAdd(ours, list);
  ArrayPrototypePush(lists, list as object[]);
}

/** Emptied after the extraction; a search may come upon it meanwhile. */
export function emptyLater(list: object[]): void {
  ArrayPrototypePush(lists, list);
}

/** Whether a search has come upon a list of ours. */
export function isOurs(value: object): boolean {
  return WeakSetPrototypeHas(ours, value);
}

/** All of them. */
export function keptLists(): object[] {
  return ArrayCopy(lists);
}

/** `forget` is called after each outermost extraction. */
export function onForget(forget: () => void): void {
  ArrayPrototypePush(forgetters, forget);
}

/** After the outermost extraction: what was found is true no longer, and must not be kept alive. */
export function forgetAll(): void {
  // What is left behind would be found by the next search, until it is collected.
  for (const list of lists) list.length = 0;
  lists = [];
  for (const forget of forgetters) forget();
  ours = new GlobalWeakSet();
}

/** Leaves nothing in the table, which is there until it is collected. */
export function deleteAll(map: Map<object, unknown>): void {
  MapPrototypeForEach(map, (_, key) => {
    MapPrototypeDelete(map, key);
  });
}

/** A column that is not read again: the next search would find what it holds. */
export function emptyList(column: readonly unknown[]): void {
  (column as unknown[]).length = 0;
}
