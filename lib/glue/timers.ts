// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

/** Glue for timers: those of node:timers/promises, and `setTimeout(resolve, …)` by hand. */

import { setTimeout } from 'node:timers';
import { types } from 'node:util';
import { groupDigits } from '../format/text.js';
import { closureOf, isObject, own } from './closures.js';
import type { Holder } from './holders.js';
import type { Knowledge, PromiseGlue } from './open-ends.js';

/** So many timers are looked at for one promise. */
const MOST_TIMERS = 10_000;

export const timers: PromiseGlue = {
  library: 'node:timers',
  explain(settlers) {
    const direct = first(settlers, timer);
    if (direct !== undefined) return direct;
    const closures = settlers.filter(({ kind }) => kind === 'closure');
    if (closures.length === 0) return undefined;
    return first(closures, intervalOf) ?? timerThatCalls(closures);
  },
};

function first<Found>(
  holders: readonly Holder[],
  find: (holder: Holder) => Found | undefined,
): Found | undefined {
  for (const holder of holders) {
    const found = find(holder);
    if (found !== undefined) return found;
  }
  return undefined;
}

function timer({ value }: Pick<Holder, 'value'>): Knowledge | undefined {
  if (types.isProxy(value) || own(value, '_destroyed') === true)
    return undefined;
  if (typeof own(value, '_onImmediate') === 'function') {
    return { note: 'the next turn of the event loop' };
  }
  const delay = own(value, '_idleTimeout');
  // One that has been cleared is on no list.
  if (typeof delay !== 'number' || delay < 0) return undefined;
  if (typeof own(value, '_onTimeout') !== 'function') return undefined;
  const isRepeated = typeof own(value, '_repeat') === 'number';
  return {
    note: `${isRepeated ? 'an interval' : 'a timer'} of ${groupDigits(delay)} ms`,
  };
}

/** `setInterval` of node:timers/promises hands `resolve` to a callback that it keeps. */
function intervalOf({ fn }: Holder): Knowledge | undefined {
  const closure = closureOf(fn);
  if (closure?.script !== 'node:timers/promises') return undefined;
  const { interval } = closure.variables;
  return isObject(interval) ? timer({ value: interval }) : undefined;
}

/** A timer whose callback calls `resolve`. Node's own lists know all that are active. */
function timerThatCalls(holders: readonly Holder[]): Knowledge | undefined {
  const callbacks = new Set<unknown>(holders.map(({ fn }) => fn));
  const { timerListMap: lists, immediateQueue } =
    closureOf(setTimeout)?.variables ?? {};
  if (!isObject(lists) || types.isProxy(lists)) return undefined;
  let left = MOST_TIMERS;
  for (const key of Object.keys(lists)) {
    const list = own(lists, key);
    for (
      let item = own(list, '_idleNext');
      isObject(item) && item !== list && left-- > 0;
      item = own(item, '_idleNext')
    ) {
      if (callbacks.has(own(item, '_onTimeout'))) return timer({ value: item });
    }
  }
  for (
    let item = own(immediateQueue, 'head');
    isObject(item) && left-- > 0;
    item = own(item, '_idleNext')
  ) {
    if (callbacks.has(own(item, '_onImmediate'))) return timer({ value: item });
  }
  return undefined;
}
