// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

import { ArrayPrototypePush } from '../base/lists.js';
import {
  GlobalMap,
  MapPrototypeForEach,
  MapPrototypeGet,
  MapPrototypeSet,
  ObjectGetOwnPropertyDescriptor,
  ReflectApply,
  SymbolFor,
} from '../base/primordials.js';
import { isProxy } from '../base/node-types.js';
import { isObject } from '../base/own.js';
import type { AnyFunction } from '../model/frame.js';
import { isGeneratorHook, type ItemEntry, items } from './registry.js';
import { prototypesOf } from '../base/prototypes.js';

/**
 * A library says what is inside of its objects with a method of this name: its answer is that of
 * an `unwrapItem` hook. Only a plain method counts, as a getter would be run to find it.
 */
const UNWRAP = SymbolFor('asynctb.unwrap');

/** What a hook answered; never undefined or null. */
export interface Answer {
  readonly value: unknown;
  /** An iterator that the hook itself is the body of. */
  readonly yields: boolean;
}

/** Asks who may know what is inside of an item, until one does. Runs hooks, which may throw. */
export function askHooks(item: unknown): Answer | null {
  const method = unwrapMethodOf(item);
  return (
    ask(items.outside.find(item), item) ??
    (method === null ? null : askMethod(method, item)) ??
    ask(items.builtIn.find(item), item)
  );
}

function ask(entry: ItemEntry | null, item: unknown): Answer | null {
  if (entry === null) return null;
  const value = entry.hook(item);
  return isNothing(value) ? null : { value, yields: entry.yields };
}

function askMethod(method: AnyFunction, item: unknown): Answer | null {
  const value: unknown = ReflectApply(method, item, []);
  return isNothing(value) ? null : { value, yields: isGeneratorHook(method) };
}

/** Lets glue ask at once for what it would otherwise ask for one by one. */
export function announce(targets: readonly unknown[]): void {
  const groups = new GlobalMap<NonNullable<ItemEntry['together']>, unknown[]>();
  for (const target of targets) {
    const together = items.builtIn.find(target)?.together;
    if (together === undefined) continue;
    const group = MapPrototypeGet(groups, together);
    if (group === undefined) MapPrototypeSet(groups, together, [target]);
    else ArrayPrototypePush(group, target);
  }
  MapPrototypeForEach(groups, (group, together) => together(group));
}

export function isNothing(value: unknown): value is undefined | null {
  return value === undefined || value === null;
}

/** Whether anybody would be asked about a promise or generator, whose inside is known. */
export function isOverruled(item: unknown): boolean {
  const { outside } = items;
  if (!outside.isEmpty) {
    if (outside.hasPredicates || outside.find(item) !== null) return true;
  }
  return unwrapMethodOf(item) !== null;
}

/** Whether built-in glue has something to say of what the engine knows nothing of. */
export function isKnownToGlue(item: unknown): boolean {
  return items.builtIn.find(item) !== null;
}

/** The same for a target, which may also be something that only built-in glue knows. */
export function hasHook(item: unknown): boolean {
  return isOverruled(item) || isKnownToGlue(item);
}

function unwrapMethodOf(item: unknown): AnyFunction | null {
  if (!isObject(item) || isProxy(item)) return null;
  return findMethod(item, UNWRAP);
}

/** A method by its key, without running a getter or a trap. */
export function findMethod(
  object: object,
  key: string | symbol,
): AnyFunction | null {
  const own = ObjectGetOwnPropertyDescriptor(object, key);
  if (own !== undefined) return methodIn(own);
  for (const prototype of prototypesOf(object)) {
    const inherited = ObjectGetOwnPropertyDescriptor(prototype, key);
    if (inherited !== undefined) return methodIn(inherited);
  }
  return null;
}

function methodIn({ value }: PropertyDescriptor): AnyFunction | null {
  return typeof value === 'function' ? (value as AnyFunction) : null;
}
