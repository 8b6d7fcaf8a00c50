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
import {
  HELD_ASYNC,
  HELD_BLOCK_SHIFT,
  HELD_EXITING,
  HELD_STRIDE,
} from '../engine/binding.js';

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
  fields: readonly unknown[],
  called: Called | undefined,
  source: PlaceText | null,
): readonly unknown[] {
  if (called?.fn === undefined) return fields;
  if (source !== null && isWritten(called.name, source)) return fields;
  for (let at = fields.length - HELD_STRIDE; at >= 0; at -= HELD_STRIDE) {
    const flags = fields[at + 2] as number;
    const isRunning =
      fields[at] === called.receiver && fields[at + 1] === called.fn;
    if (!isRunning || (flags & (HELD_EXITING | HELD_ASYNC)) !== 0) continue;
    const block = flags >> HELD_BLOCK_SHIFT;
    const all = ArrayPrototypeSlice(fields, at + HELD_STRIDE);
    const rest = ArrayPrototypeFilter(all, (_field, index) => {
      const own = all[index - (index % HELD_STRIDE) + 2];
      // What is no number says that not all could be read.
      return typeof own !== 'number' || own >> HELD_BLOCK_SHIFT !== block;
    });
    return ArrayConcat(
      ArrayPrototypeSlice(fields, 0, at + 2),
      [flags | HELD_EXITING],
      rest,
    );
  }
  return fields;
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
