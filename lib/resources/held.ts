// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

import { GlobalTypeError } from '../base/primordials.js';
import { HELD_STRIDE } from '../engine/binding.js';

/** One entry of an open block or of a disposable stack. */
export interface HeldEntry {
  readonly value: unknown;
  readonly method: unknown;
  /** `HELD_ASYNC` and the like. */
  readonly flags: number;
}

/**
 * Visits the entries that the addon has read. Throws behind them where it says that this is not all.
 */
export function eachHeld(
  fields: readonly unknown[],
  visit: (entry: HeldEntry) => void,
): void {
  for (let at = 0; at < fields.length; at += HELD_STRIDE) {
    const flags = fields[at + 2];
    if (typeof flags !== 'number') {
      throw new GlobalTypeError(
        typeof flags === 'string'
          ? flags
          : 'a held value came without its flags',
      );
    }
    visit({ value: fields[at], method: fields[at + 1], flags });
  }
}
