// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

import { clearTimeout, setTimeout } from 'node:timers';
import { ownData } from '../base/own.js';
import { loadBinding } from './binding.js';

/** The longest that a timer can have: this one is over at once. */
const LONGEST_MS = 0x7fff_ffff;

let isNoted = false;

/**
 * Tells the addon where Node's timers count from, so that a dump can say when they are due. A timer of our own
 * is the only thing that tells it; fake timers tell nothing.
 */
export function noteTimerBase(): void {
  if (isNoted) return;
  isNoted = true;
  const timer: object = setTimeout(nothing, LONGEST_MS);
  const start = ownData(timer, '_idleStart');
  clearTimeout(timer as NodeJS.Timeout);
  if (typeof start === 'number') loadBinding().noteTimerStart(start);
}

function nothing(): void {
  // Never called.
}
