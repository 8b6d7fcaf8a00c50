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
import type { Table } from '../base/capture.js';
import { onForget } from './own-lists.js';

/** By the promise or generator that stands for the function, of the extraction that runs. */
let settled = new GlobalMap<unknown, object[]>();

onForget(() => {
  if (MapPrototypeGetSize(settled) > 0) settled = new GlobalMap();
});

export function noteSettled(found: Table<'settled'> | undefined): void {
  if (found === undefined) return;
  for (let at = 0; at < found.length; at++) {
    const by = found.by[at];
    const promise = found.promise[at] as object;
    const known = MapPrototypeGet(settled, by);
    if (known === undefined) MapPrototypeSet(settled, by, [promise]);
    else if (!ArrayPrototypeIncludes(known, promise))
      ArrayPrototypePush(known, promise);
  }
}

export function settledBy(root: unknown): readonly object[] {
  return MapPrototypeGet(settled, root) ?? [];
}
