// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

/**
 * Promises that a suspended function will settle as it holds their `resolve` or `reject`: whoever waits
 * for those waits for the function.
 */

import { onForget } from '../glue/holders.js';

/** By the promise or generator that stands for the function, of the extraction that runs. */
let settled = new Map<unknown, object[]>();

onForget(() => {
  if (settled.size > 0) settled = new Map();
});

/** A function's promise and a promise that it settles, in turn. */
export function noteSettled(flat: readonly unknown[]): void {
  for (let at = 0; at < flat.length; at += 2) {
    const promise = flat[at + 1] as object;
    const known = settled.get(flat[at]);
    if (known === undefined) settled.set(flat[at], [promise]);
    else if (!known.includes(promise)) known.push(promise);
  }
}

export function settledBy(root: unknown): readonly object[] {
  return settled.get(root) ?? [];
}
