// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

/**
 * Promises that a suspended function will settle as it holds their `resolve` or `reject`: whoever waits
 * for those waits for the function.
 */

import { ArrayPrototypePush } from '../base/lists.js';
import {
  ArrayPrototypeIncludes,
  GlobalMap,
  MapPrototypeGet,
  MapPrototypeGetSize,
  MapPrototypeSet,
} from '../base/primordials.js';
import { onForget } from './holders.js';

/** By the promise or generator that stands for the function, of the extraction that runs. */
let settled = new GlobalMap<unknown, object[]>();

onForget(() => {
  if (MapPrototypeGetSize(settled) > 0) settled = new GlobalMap();
});

/** A function's promise and a promise that it settles, in turn. */
export function noteSettled(flat: readonly unknown[]): void {
  for (let at = 0; at < flat.length; at += 2) {
    const promise = flat[at + 1] as object;
    const known = MapPrototypeGet(settled, flat[at]);
    if (known === undefined) MapPrototypeSet(settled, flat[at], [promise]);
    else if (!ArrayPrototypeIncludes(known, promise))
      ArrayPrototypePush(known, promise);
  }
}

export function settledBy(root: unknown): readonly object[] {
  return MapPrototypeGet(settled, root) ?? [];
}
