// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

/** Which thread a value stands for, found without running code of the program. */

import { ArrayConcat, ArrayPrototypeFind } from '../base/lists.js';
import {
  NumberIsSafeInteger,
  ObjectGetOwnPropertyDescriptor,
  ObjectGetOwnPropertySymbols,
  ReflectApply,
} from '../base/primordials.js';
import { ownData } from '../base/own.js';
import { isPromise, isProxy } from '../base/node-types.js';
import { prototypesOf } from '../base/prototypes.js';

/** Null for what stands for no thread; -1 for a worker that has exited. */
export function threadIdOf(item: unknown): number | null {
  if (typeof item === 'number') {
    return NumberIsSafeInteger(item) && item >= 0 ? item : null;
  }
  if (typeof item !== 'object' || item === null || isPromise(item)) {
    return null;
  }
  const get = looksLikeWorker(item) ? threadIdGetter() : null;
  if (get === null) return null;
  try {
    const id: unknown = ReflectApply(get, item, []);
    return typeof id === 'number' ? id : null;
  } catch {
    // It inherits from Worker without being one.
    return null;
  }
}

/** Without loading anything, and without running code of the item's. */
function looksLikeWorker(item: object): boolean {
  if (isProxy(item)) return false;
  for (const prototype of prototypesOf(item)) {
    const own = ObjectGetOwnPropertyDescriptor(prototype, 'threadId');
    if (own?.get !== undefined && own.get === threadIdGetter()) return true;
  }
  return false;
}

let getter: (() => unknown) | null = null;

/** Node's own, so that it is found where a subclass has another one. */
function threadIdGetter(): (() => unknown) | null {
  if (getter !== null) return getter;
  const { Worker } =
    require('node:worker_threads') as typeof import('node:worker_threads');
  for (const prototype of ArrayConcat(
    [Worker.prototype],
    prototypesOf(Worker.prototype),
  )) {
    const own = ObjectGetOwnPropertyDescriptor(prototype, 'threadId');
    // eslint-disable-next-line @typescript-eslint/unbound-method -- called with `this`
    if (own?.get !== undefined) getter = own.get as () => unknown;
  }
  return getter;
}

/** A worker that has not told this thread yet that it runs. Node notes that under a symbol. */
export function isStarting(item: unknown): boolean {
  if (typeof item !== 'object' || item === null) return false;
  const symbol = ArrayPrototypeFind(
    ObjectGetOwnPropertySymbols(item),
    ({ description }) => description === 'kIsOnline',
  );
  return symbol !== undefined && ownData(item, symbol) === false;
}
