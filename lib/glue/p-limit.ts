// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

/** Glue for p-limit: a call that waits for a slot. One that runs is found by the engine. */

import { closureOf } from '../explain/closures.js';
import type { PromiseGlue } from '../explain/open-ends.js';

export const pLimit: PromiseGlue = {
  library: 'p-limit',
  explain(settlers) {
    for (const { kind, fn } of settlers) {
      if (kind !== 'bound' && kind !== 'reaction') continue;
      const run = closureOf(fn);
      if (run?.name !== 'run') continue;
      const { activeCount, concurrency } = run.variables;
      if (typeof activeCount !== 'number') continue;
      const of = typeof concurrency === 'number' ? ` of ${concurrency}` : '';
      return { note: `a slot of p-limit: ${activeCount}${of} taken` };
    }
    return undefined;
  },
};
