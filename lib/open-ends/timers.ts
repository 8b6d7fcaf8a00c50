// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

/** Glue for timers: those of node:timers/promises, and `setTimeout(resolve, …)` by hand. */

import { ArrayPrototypeFilter, ArrayPrototypeSome } from '../base/lists.js';
import {
  GlobalMap,
  MapPrototypeClear,
  MapPrototypeGet,
  MapPrototypeSet,
  ObjectGetPrototypeOf,
  ObjectKeys,
} from '../base/primordials.js';
import { isProxy } from '../base/node-types.js';
import { setTimeout } from 'node:timers';
import { groupDigits } from '../format/text.js';
import { isObject } from '../base/own.js';
import { closureOf, isPlainArray, own } from './closures.js';
import { eventHandledBy, eventsOf } from './events.js';
import type { Holder } from './holders.js';
import { onlyRejects } from './open-promises.js';
import { onForget } from './own-lists.js';
import type { PromiseGlue } from './open-ends.js';
import { waitReason } from '../model/wait-reason.js';

/** So many timers are looked at in one call. */
const MOST_TIMERS = 10_000;

/** The active timers, of the extraction that runs. */
let byCallback: Map<unknown, object> | null = null;
onForget(() => {
  if (byCallback !== null) MapPrototypeClear(byCallback);
  byCallback = null;
});

/** What to say behind the thing that is waited for, where a timer settles the promise as well. */
export function limitOf(settlers: readonly Holder[]): string {
  const found = timerOf(settlers);
  return found === undefined ? '' : `, and ${found.note} as the limit`;
}

interface Timer {
  readonly note: string;
  /** By way of which it settles the promise. */
  readonly holder: Holder;
}

/**
 * Comes last, as it asks who else could settle the promise: then a timer is the limit only. So is one
 * that rejects. An event that rejects is said where there is nothing else.
 */
export const timers: PromiseGlue = {
  library: 'node:timers',
  explain(settlers, promise) {
    const rejects = (holder: Holder): boolean => onlyRejects(holder, promise);
    const rejecting = ArrayPrototypeFilter(settlers, rejects);
    const fulfilling = ArrayPrototypeFilter(settlers, (each) => !rejects(each));
    const timer = timerOf(fulfilling);
    const event = eventBeside(timer, fulfilling, promise);
    if (event !== undefined) {
      return { wait: waitReason('event', event + limitOf(settlers)) };
    }
    const limit = limitOf(rejecting);
    if (timer !== undefined) {
      return { wait: waitReason('timer', timer.note + limit) };
    }
    const guard = timerOf(rejecting);
    const failure =
      eventsOf(rejecting) ?? eventBeside(guard, rejecting, promise);
    if (failure !== undefined) {
      return { wait: waitReason('event', `${failure}, which rejects${limit}`) };
    }
    if (guard === undefined) return undefined;
    return { wait: waitReason('timer', `${guard.note} as the limit`) };
  },
};

/** The event that one of these listens to, beside a timer. */
function eventBeside(
  timer: Timer | undefined,
  settlers: readonly Holder[],
  promise: object,
): string | undefined {
  const others = ArrayPrototypeFilter(
    settlers,
    (holder) => holder !== timer?.holder,
  );
  const mayListen = ArrayPrototypeSome(
    others,
    (holder) => isCalled(holder) || (!timer && isPlainArray(holder.value)),
  );
  return mayListen ? eventHandledBy(others, promise) : undefined;
}

/** Whether it may be a listener, or the listeners of an emitter. */
function isCalled({ kind, value }: Holder): boolean {
  return kind === 'closure' || ObjectGetPrototypeOf(value) === null;
}

/** The timer that settles a promise, and by which of its settlers. */
export function timerOf(settlers: readonly Holder[]): Timer | undefined {
  const direct = first(settlers, directTimer);
  if (direct !== undefined) return direct;
  const closures = ArrayPrototypeFilter(
    settlers,
    ({ kind }) => kind === 'closure',
  );
  if (closures.length === 0) return undefined;
  return first(closures, intervalOf) ?? timerThatCalls(closures);
}

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

function directTimer(holder: Holder): Timer | undefined {
  const note = noteOf(holder.value);
  return note === undefined ? undefined : { note, holder };
}

function noteOf(value: object): string | undefined {
  if (isProxy(value) || own(value, '_destroyed') === true) return undefined;
  if (typeof own(value, '_onImmediate') === 'function') {
    return 'the next turn of the event loop';
  }
  const delay = own(value, '_idleTimeout');
  // One that has been cleared is on no list.
  if (typeof delay !== 'number' || delay < 0) return undefined;
  if (typeof own(value, '_onTimeout') !== 'function') return undefined;
  const isRepeated = typeof own(value, '_repeat') === 'number';
  return `${isRepeated ? 'an interval' : 'a timer'} of ${groupDigits(delay)} ms`;
}

/** `setInterval` of node:timers/promises hands `resolve` to a callback that it keeps. */
function intervalOf(holder: Holder): Timer | undefined {
  const closure = closureOf(holder.fn);
  if (closure?.script !== 'node:timers/promises') return undefined;
  const { interval } = closure.variables;
  const note = isObject(interval) ? noteOf(interval) : undefined;
  return note === undefined ? undefined : { note, holder };
}

/** A timer whose callback calls `resolve`. */
function timerThatCalls(holders: readonly Holder[]): Timer | undefined {
  byCallback ??= activeTimers();
  for (const holder of holders) {
    const item = MapPrototypeGet(byCallback, holder.fn);
    const note = item && noteOf(item);
    if (note !== undefined) return { note, holder };
  }
  return undefined;
}

/** Node's own lists know all that are active. By what they call. */
function activeTimers(): Map<unknown, object> {
  const found = new GlobalMap<unknown, object>();
  const { timerListMap: lists, immediateQueue } =
    closureOf(setTimeout)?.variables ?? {};
  let left = MOST_TIMERS;
  if (isObject(lists) && !isProxy(lists)) {
    for (const key of ObjectKeys(lists)) {
      const list = own(lists, key);
      for (
        let item = own(list, '_idleNext');
        isObject(item) && item !== list && left-- > 0;
        item = own(item, '_idleNext')
      ) {
        MapPrototypeSet(found, own(item, '_onTimeout'), item);
      }
    }
  }
  for (
    let item = own(immediateQueue, 'head');
    isObject(item) && left-- > 0;
    item = own(item, '_idleNext')
  ) {
    MapPrototypeSet(found, own(item, '_onImmediate'), item);
  }
  return found;
}
