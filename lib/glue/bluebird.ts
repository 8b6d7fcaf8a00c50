// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

/** Glue for Bluebird, whose promises are not V8's: what settles one of them refers to it. */

import { ArrayPrototypeFind, ArrayPrototypeSome } from '../base/lists.js';
import { RegExpTest } from '../base/patterns.js';
import { ObjectHasOwn, ObjectKeys } from '../base/primordials.js';
import { itemEntry, items } from '../hooks/registry.js';
import { sayUnlessSaid } from '../model/notes.js';
import { closureOf, own } from '../open-ends/closures.js';
import { type Holder, holdersOf } from '../open-ends/holders.js';
import type { PromiseGlue } from '../open-ends/open-ends.js';
import { timers } from '../open-ends/timers.js';

/** Bits of `_bitField`. */
const SETTLED = 0x2000000 | 0x1000000 | 0x10000;
const FOLLOWING = 0x4000000;

/** `await` and `then` of V8's hand their `resolve` to Bluebird, which keeps it in its promise. */
export const bluebirdPromises: PromiseGlue = {
  library: 'bluebird',
  explain(settlers) {
    const holder = ArrayPrototypeFind(settlers, ({ value }) =>
      isBluebird(value),
    );
    return holder === undefined ? undefined : { items: [holder.value] };
  },
};

export function installBluebird(): void {
  items.builtIn.register(
    { when: isBluebird },
    itemEntry((item) => unwrapBluebird(item as object)),
  );
}

function isBluebird(value: unknown): value is object {
  return (
    typeof own(value, '_bitField') === 'number' &&
    ObjectHasOwn(value as object, '_promise0') &&
    ObjectHasOwn(value as object, '_receiver0')
  );
}

function unwrapBluebird(promise: object): unknown {
  const bits = own(promise, '_bitField') as number;
  if ((bits & FOLLOWING) !== 0) return own(promise, '_rejectionHandler0');
  if ((bits & SETTLED) !== 0) return [];
  const holders = holdersOf(promise);
  for (const holder of holders) {
    const found = settlerOf(promise, holder);
    if (found !== undefined) return found;
  }
  const timer = timers.explain(holders, promise as Promise<unknown>);
  if (timer !== undefined && 'wait' in timer) {
    sayUnlessSaid(promise, timer.wait);
  }
  return undefined;
}

/** What a promise was derived from, a generator that `coroutine` runs, or a promise of V8's. */
function settlerOf(promise: object, holder: Holder): unknown[] | undefined {
  const { kind, value, fn } = holder;
  if (isBluebird(value)) {
    return isDerived(value, promise) ? [value] : undefined;
  }
  if (own(value, '_promise') === promise) {
    const generator = own(value, '_generator');
    return generator === undefined
      ? undefined
      : [generator, own(value, '_yieldedPromise')];
  }
  return kind === 'reaction' && closureOf(fn)?.variables['promise'] === promise
    ? [value]
    : undefined;
}

/** The first promise that was derived has a name of its own, the others are at 2, 6, … */
function isDerived(from: object, promise: object): boolean {
  return (
    own(from, '_promise0') === promise ||
    ArrayPrototypeSome(
      ObjectKeys(from),
      (key) => RegExpTest(/^\d+$/, key) && own(from, key) === promise,
    )
  );
}
