// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

/**
 * Time limits: a promise on the way of a stack that a timer settles as well, if what the stack goes on
 * with does not come in time. Said of the frame that waits for it.
 */

import type { Table } from '../base/capture.js';
import { ArrayPrototypePush } from '../base/lists.js';
import {
  GlobalMap,
  MapPrototypeForEach,
  MapPrototypeGet,
  MapPrototypeSet,
} from '../base/primordials.js';
import type { Frame } from '../model/frame.js';
import { noteOpenEnd, settlersOf } from './open-promises.js';
import { onForget } from './own-lists.js';
import { timerOf } from './timers.js';

let passed: [frame: Frame, promise: Promise<unknown>][] = [];

onForget(() => {
  passed = [];
});

/** `count` rows of the table, from `begin` on, are those of a chain. */
export function notePassed(
  frames: readonly (Frame | undefined)[],
  table: Table<'passed'>,
  begin: number,
  count: number,
): void {
  const resolvers = new GlobalMap<Promise<unknown>, object[]>();
  const places = new GlobalMap<Promise<unknown>, number>();
  for (let at = begin; at < begin + count; at++) {
    const promise = table.promise[at] as Promise<unknown>;
    const resolver = table.function[at] as object;
    MapPrototypeSet(places, promise, table.entries[at] ?? 0);
    const known = MapPrototypeGet(resolvers, promise);
    if (known === undefined) MapPrototypeSet(resolvers, promise, [resolver]);
    else ArrayPrototypePush(known, resolver);
  }
  MapPrototypeForEach(resolvers, (functions, promise) => {
    const frame = frames[(MapPrototypeGet(places, promise) as number) - 1];
    if (frame === undefined) return;
    if (noteOpenEnd(promise, functions))
      ArrayPrototypePush(passed, [frame, promise]);
  });
}

/** One search for all of them, and for all ends of these stacks. */
export function sayLimits(): void {
  for (const { 0: frame, 1: promise } of passed) {
    const timer = timerOf(settlersOf(promise));
    if (timer !== undefined) frame.limitBy(timer.note);
  }
  passed = [];
}
