// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

/** Glue for async-mutex: which lock is waited for, how many are before, and who holds it. */

import {
  ArrayPrototypeFind,
  ArrayPrototypeFlatMap,
  SetFrom,
  SetValues,
} from '../base/lists.js';
import { RegExpTest } from '../base/patterns.js';
import {
  ArrayPrototypeIncludes,
  ArrayPrototypeIndexOf,
  ArrayPrototypeJoin,
} from '../base/primordials.js';
import { describeValue } from '../format/describe.js';
import {
  type Closure,
  closureOf,
  isPlainArray,
  own,
} from '../open-ends/closures.js';
import { climb, type Holder, holdersOf } from '../open-ends/holders.js';
import type { Knowledge, PromiseGlue } from '../open-ends/open-ends.js';
import { waitReason } from '../model/wait-reason.js';

const OWN_SCRIPT = /[\\/]async-mutex[\\/]/;
/** From a waiter to its queue, and to the semaphore. */
const LEVELS_TO_SEMAPHORE = 2;
/** From the function that releases to whoever has it in a variable, or in an array in one. */
const LEVELS_TO_OWNER = 2;

export const asyncMutex: PromiseGlue = {
  library: 'async-mutex',
  explain(settlers) {
    const waiter = ArrayPrototypeFind(
      settlers,
      ({ kind, value }) =>
        kind === 'object' &&
        typeof own(value, 'resolve') === 'function' &&
        typeof own(value, 'priority') === 'number',
    );
    if (waiter === undefined) return undefined;
    const semaphore = climb(
      [waiter],
      LEVELS_TO_SEMAPHORE,
      ({ value }) => isQueue(value, waiter.value),
      ({ value }) =>
        isQueue(own(value, '_queue'), waiter.value) ? value : undefined,
    );
    return semaphore === undefined ? undefined : describe(semaphore, waiter);
  },
};

function isQueue(queue: unknown, waiter: object): queue is unknown[] {
  return isPlainArray(queue) && ArrayPrototypeIncludes(queue, waiter);
}

function describe(semaphore: object, waiter: Holder): Knowledge {
  const queue = own(semaphore, '_queue') as unknown[];
  const before = ArrayPrototypeIndexOf(queue, waiter.value);
  const around = holdersOf(semaphore);
  const mutex = ArrayPrototypeFind(
    around,
    ({ value }) => own(value, '_semaphore') === semaphore,
  );
  const owners = ArrayPrototypeFlatMap(around, (holder) =>
    ownersOf(holder, semaphore),
  );
  const lock = describeValue(mutex?.value ?? semaphore);
  const place = before === 0 ? 'next in line' : `${before} before it`;
  const held =
    owners.length === 0
      ? ''
      : `, held by ${ArrayPrototypeJoin(SetValues(SetFrom(owners)), ' and ')}`;
  return { wait: waitReason('lock', `a lock: ${lock}, ${place}${held}`) };
}

/** Whoever has a function that would release the lock, and has not been called, has the lock. */
function ownersOf({ kind, fn }: Holder, semaphore: object): string[] {
  const release = kind === 'closure' ? closureOf(fn) : null;
  if (release === null || fn === null) return [];
  const { called, weight, _this } = release.variables;
  // Compiled for old targets it has the semaphore in a variable, otherwise as its `this`.
  if (called !== false || typeof weight !== 'number') return [];
  if (_this !== undefined && _this !== semaphore) return [];
  // Compiled for old targets the holder's variables are in a closure that a generator resumes.
  const owner = climb(
    holdersOf(fn),
    LEVELS_TO_OWNER,
    ({ value }) => isPlainArray(value),
    (holder) => {
      const closure = closureOf(holder.fn);
      if (holder.kind === 'activation') return ownerName(closure);
      const { release: held, callback } = closure?.variables ?? {};
      return held === fn ? nameOf(callback) : undefined;
    },
  );
  return owner === undefined ? [] : [owner === '' ? '<anonymous>' : owner];
}

/** `runExclusive` calls what it was given, in a mutex by way of a function of its own. */
function nameOf(callback: unknown): string | undefined {
  const closure = typeof callback === 'function' ? closureOf(callback) : null;
  const inner = closure?.variables['callback'];
  return closure?.name === '' && typeof inner === 'function'
    ? closureOf(inner)?.name
    : closure?.name;
}

function ownerName(owner: Closure | null): string | undefined {
  return owner?.name === '' && RegExpTest(OWN_SCRIPT, owner.script)
    ? 'runExclusive'
    : owner?.name;
}
