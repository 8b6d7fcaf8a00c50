// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

import { ObjectFreeze } from '../base/primordials.js';
import { type WaitReason, waitReason } from './wait-reason.js';

/**
 * Stands for a value that was seen on another thread, or by the heap walk of a dump, and is not
 * held: what is known of it is its description.
 */
export class Placeholder {
  readonly #description: string;
  readonly #wait: WaitReason | null;

  constructor(description: string, wait: WaitReason | null = null) {
    this.#description = description;
    this.#wait = wait;
    ObjectFreeze(this);
  }

  toString(): string {
    return this.#description;
  }

  toJSON(): string {
    return this.#description;
  }

  /** Without running a proxy's traps: null when `value` is none of ours. */
  static describe(value: object): string | null {
    return #description in value ? value.#description : null;
  }

  /** Why it is waited for, where that is what it stands for. */
  static waitOf(value: object): WaitReason | null {
    return #wait in value ? value.#wait : null;
  }
}

/** A pending promise that nothing found is going to settle. */
export const PENDING_PROMISE = new Placeholder('Promise { <pending> }');

/** The same where it is known why it is waited for. */
export function pendingFor(reason: WaitReason): Placeholder {
  return new Placeholder(`Promise { <pending> } (${reason.text})`, reason);
}

/** What was awaited has settled: only the microtask that resumes the function is missing. */
export const READY_TO_RESUME = new Placeholder(
  '(ready to resume)',
  waitReason('microtask', 'ready to resume'),
);

/** What was awaited is gone, so that nobody can settle it, and no microtask is on its way either. */
const COLLECTED_TEXT =
  'waits for a promise that was collected: nothing can settle it';
export const COLLECTED = new Placeholder(
  `(${COLLECTED_TEXT})`,
  waitReason('nothing', COLLECTED_TEXT),
);

/** A pending promise that was looked at with `stuck`. */
export const NEVER_TEXT = 'nothing can ever settle this';
export const NEVER_SETTLES = new Placeholder(
  `Promise { <pending> } (${NEVER_TEXT})`,
  waitReason('nothing', NEVER_TEXT),
);
