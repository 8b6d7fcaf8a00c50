// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

/** Glue for co, which runs generators that yield promises. */

import { SetFrom } from '../base/lists.js';
import { explainRunner } from './generator-runner.js';
import type { PromiseGlue } from '../explain/open-ends.js';

const HANDLERS = SetFrom(['onFulfilled', 'onRejected']);

export const co: PromiseGlue = {
  library: 'co',
  explain: (settlers) => explainRunner(settlers, HANDLERS, () => 'gen'),
};
