// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

/** What is filled in when an entry is loaded that gives the whole library: lower rooms call upper ones by it. */

import type { ResolvedOptions } from './base/options.js';
import { awaitersAsJson } from './extract/call-graph.js';
import { extractAll } from './extract/extract.js';
import { installRemoteItems } from './extract/remote-items.js';
import { useNodeValues } from './format/node-values.js';
import { offerAllFormats } from './format/offer.js';
import { installGlue } from './glue/install.js';
import * as surface from './hook-surface.js';
import { offerToLibraries } from './hooks/install.js';
import { Stack } from './model/stack.js';

useNodeValues();
offerAllFormats();
offerToLibraries(surface);
installGlue();
installRemoteItems({ extract: extractHere, awaiters: awaitersAsJson });

/** How this thread answers what the hooks of others ask. */
function extractHere(item: unknown, options: ResolvedOptions): Stack {
  const alone = { ...options, awaiters: false };
  const { 0: stack } = extractAll([item], alone, extractHere);
  return stack ?? new Stack(item);
}
