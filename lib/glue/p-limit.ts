// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

/** Glue for p-limit: a call that waits for a slot. One that runs is found by the engine. */

import { closureOf } from '../open-ends/closures.js';
import type { PromiseGlue } from '../open-ends/open-ends.js';
import { waitReason } from '../model/wait-reason.js';

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
      const text = `a slot of p-limit: ${activeCount}${of} taken`;
      return { wait: waitReason('queue', text) };
    }
    return undefined;
  },
};
