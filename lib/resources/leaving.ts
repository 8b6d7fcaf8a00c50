// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

import {
  ArrayConcat,
  ArrayPrototypeFilter,
  ArrayPrototypeSlice,
} from '../base/lists.js';
import { RegExpTest } from '../base/patterns.js';
import {
  StringPrototypeSlice,
  StringPrototypeStartsWith,
} from '../base/primordials.js';
import type { HeldEntry } from './held.js';

/** What a running frame has called. */
export interface Called {
  readonly fn: unknown;
  readonly receiver: unknown;
  readonly name: string;
}

/** A function's text around a place in it. */
interface PlaceText {
  readonly text: string;
  readonly place: number;
}

/**
 * V8 takes note of a synchronous disposal only when it is over, so in a running frame it is the
 * method that runs which says where the block has got to: what was entered later is disposed of.
 */
export function stillHeld(
  entries: readonly HeldEntry[],
  called: Called | undefined,
  source: PlaceText | null,
): readonly HeldEntry[] {
  if (called?.fn === undefined) return entries;
  if (source !== null && isWritten(called.name, source)) return entries;
  for (let at = entries.length - 1; at >= 0; at--) {
    const entry = entries[at] as HeldEntry;
    const isRunning =
      entry.value === called.receiver && entry.method === called.fn;
    if (!isRunning || entry.isExiting || entry.isAsync) continue;
    return ArrayConcat(
      ArrayPrototypeSlice(entries, 0, at),
      [{ ...entry, isExiting: true }],
      ArrayPrototypeFilter(
        ArrayPrototypeSlice(entries, at + 1),
        ({ block }) => block !== entry.block,
      ),
    );
  }
  return entries;
}

/**
 * Whether the program's text calls a function of this name at the place, or one that it looked up
 * by a key: what ends a block has no place of its own, but that of the statement before.
 */
function isWritten(name: string, { text, place }: PlaceText): boolean {
  const here = StringPrototypeSlice(text, place);
  return StringPrototypeStartsWith(here, '(')
    ? RegExpTest(/\](?:\?\.)?\s*$/, StringPrototypeSlice(text, 0, place))
    : name !== '' &&
        here !== '' &&
        StringPrototypeStartsWith(
          here,
          StringPrototypeSlice(name, 0, here.length),
        );
}
