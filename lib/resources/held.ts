// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

import { ArrayPrototypePush } from '../base/lists.js';
import { GlobalTypeError } from '../base/primordials.js';
import type { Captured } from '../base/capture.js';

/** What the addon has read of the open blocks of a frame, or of a disposable stack. */
export type Held = Captured<'held'>;

/** One entry of an open block or of a disposable stack. */
export interface HeldEntry {
  readonly value: unknown;
  readonly method: unknown;
  readonly block: number;
  readonly isAsync: boolean;
  readonly isExiting: boolean;
  readonly isArgument: boolean;
}

/** In the order in which they were entered. */
export function heldEntries({ entries }: Held): HeldEntry[] {
  const found: HeldEntry[] = [];
  for (let at = 0; at < entries.length; at++) {
    ArrayPrototypePush(found, {
      value: entries.value[at],
      method: entries.method[at],
      block: entries.block[at] ?? 0,
      isAsync: entries.isAsync[at] === true,
      isExiting: entries.isExiting[at] === true,
      isArgument: entries.isArgument[at] === true,
    });
  }
  return found;
}

/** Throws where the addon says that this is not all. */
export function checkWhole({ misfit }: Held): void {
  if (misfit !== null) throw new GlobalTypeError(misfit);
}
