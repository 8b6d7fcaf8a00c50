// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

import { JSONStringify } from '../base/json.js';
import { join } from 'node:path';
import { nodeProcess } from '../base/node-process.js';
import { packageRoot } from '../engine/find-binary.js';
import { describeProcess } from '../engine/process-info.js';
import type { Settings } from './settings.js';
import type { WatchingBinding } from './watching.js';

/** Main thread. How dumps that nobody's JavaScript prints are printed; what was said first counts. */
export function configureWatcher(
  binding: WatchingBinding,
  settings: Settings,
): void {
  // On Node 18 the first `require` of fs brings streams along, so not before it is needed.
  const { readFileSync } = require('node:fs') as typeof import('node:fs');
  const info = describeProcess();
  binding.configureWatcher(
    // Now, while it is the file that belongs to this code: a deployment may replace it.
    readFileSync(join(packageRoot(), 'dist', 'isolate-formatter.js'), 'utf8'),
    JSONStringify(info),
    info.uptimeMs,
    settings.directory,
    settings.json,
    settings.mostFiles,
    nodeProcess,
  );
}
