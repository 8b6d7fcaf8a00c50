// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

/** Glue for `_asyncToGenerator`: what Babel and SWC make of async functions for old targets. */

import { SetFrom } from '../base/lists.js';
import { explainRunner } from './generator-runner.js';
import type { PromiseGlue } from '../explain/open-ends.js';

const HANDLERS = SetFrom(['_next', '_throw']);

export const asyncToGenerator: PromiseGlue = {
  library: '_asyncToGenerator of Babel and SWC',
  explain: (settlers) =>
    explainRunner(settlers, HANDLERS, ({ resolve, reject }) =>
      // Babel 7.25 and later inserts it with short names.
      typeof resolve === 'function' && typeof reject === 'function'
        ? 'gen'
        : 'a',
    ),
};
