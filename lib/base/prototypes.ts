// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

import { ArrayPrototypePush } from './lists.js';
import { isProxy } from './node-types.js';
import { ObjectGetPrototypeOf } from './primordials.js';

/** No chain of prototypes of a real program is longer. */
const MOST_PROTOTYPES = 1_000;

/** From the nearest to the last one, or to where a proxy stands. */
export function prototypesOf(value: unknown): object[] {
  const found: object[] = [];
  if (value === undefined || value === null) return found;
  let current = ObjectGetPrototypeOf(value) as object | null;
  while (found.length < MOST_PROTOTYPES && current !== null) {
    if (isProxy(current)) break;
    ArrayPrototypePush(found, current);
    current = ObjectGetPrototypeOf(current) as object | null;
  }
  return found;
}
