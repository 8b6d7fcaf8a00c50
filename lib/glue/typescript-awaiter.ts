// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

/** Glue for `__awaiter`: what TypeScript and tslib make of async functions for old targets. */

import { SetFrom } from '../base/lists.js';
import { explainRunner } from './generator-runner.js';
import type { PromiseGlue } from '../explain/open-ends.js';

const HANDLERS = SetFrom(['fulfilled', 'rejected']);

export const typescriptAwaiter: PromiseGlue = {
  library: '__awaiter of TypeScript',
  explain: (settlers) => explainRunner(settlers, HANDLERS, () => 'generator'),
};
