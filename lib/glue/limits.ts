// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

/**
 * Time limits: a promise on the way of a stack that a timer settles as well, if what the stack goes on
 * with does not come in time. Said of the frame that waits for it.
 */

import type { Frame } from '../model/frame.js';
import { noteOpenEnd, onForget, settlersOf } from './holders.js';
import { timerOf } from './timers.js';

let passed: [frame: Frame, promise: Promise<unknown>][] = [];

onForget(() => {
  passed = [];
});

/** `flat`: as in `RawChain`. */
export function notePassed(
  frames: readonly (Frame | undefined)[],
  flat: readonly unknown[],
): void {
  const resolvers = new Map<Promise<unknown>, object[]>();
  const places = new Map<Promise<unknown>, number>();
  for (let at = 0; at < flat.length; at += 3) {
    const promise = flat[at + 1] as Promise<unknown>;
    const resolver = flat[at + 2] as object;
    places.set(promise, flat[at] as number);
    const known = resolvers.get(promise);
    if (known === undefined) resolvers.set(promise, [resolver]);
    else known.push(resolver);
  }
  resolvers.forEach((functions, promise) => {
    const frame = frames[(places.get(promise) as number) - 1];
    if (frame === undefined) return;
    if (noteOpenEnd(promise, functions)) passed.push([frame, promise]);
  });
}

/** One search for all of them, and for all ends of these stacks. */
export function sayLimits(): void {
  for (const [frame, promise] of passed) {
    const timer = timerOf(settlersOf(promise));
    if (timer !== undefined) frame.limitBy(timer.note);
  }
  passed = [];
}
