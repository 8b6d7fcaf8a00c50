// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

/** How this thread answers what the hooks of others ask. */

import { installRemoteItems } from './remote-items.js';
import { Stack } from '../model/stack.js';
import { awaitersAsJson } from './call-graph.js';
import { extractAll } from './extract.js';
import type { ResolvedOptions } from '../base/options.js';

function extractHere(item: unknown, options: ResolvedOptions): Stack {
  const alone = { ...options, awaiters: false };
  const { 0: stack } = extractAll([item], alone, extractHere);
  return stack ?? new Stack(item);
}

export function answerOtherThreads(): void {
  installRemoteItems({ extract: extractHere, awaiters: awaitersAsJson });
}
