// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

import { join } from 'node:path';
import { packageRoot } from '../native/binding.js';
import { describeProcess } from '../native/process-info.js';
import type { Settings } from './settings.js';
import type { WatchingBinding } from './watching.js';

/** Main thread. How dumps that nobody's JavaScript prints are printed; false: said already. */
export function configureWatcher(
  binding: WatchingBinding,
  settings: Settings,
): boolean {
  // On Node 18 the first `require` of fs brings streams along, so not before it is needed.
  const { readFileSync } = require('node:fs') as typeof import('node:fs');
  const info = describeProcess();
  return binding.configureWatcher(
    // Now, while it is the file that belongs to this code: a deployment may replace it.
    readFileSync(join(packageRoot(), 'dist', 'isolate-formatter.js'), 'utf8'),
    JSON.stringify(info),
    info.uptimeMs,
    settings.directory,
    settings.json,
    writesProfiles(),
  );
}

/** Whether Node runs JavaScript of its own at the very end of the process. */
function writesProfiles(): boolean {
  const { NODE_V8_COVERAGE = '', NODE_OPTIONS = '' } = process.env;
  return (
    NODE_V8_COVERAGE !== '' ||
    /--(?:cpu|heap)[-_]prof\b/.test(
      [NODE_OPTIONS, ...process.execArgv].join(' '),
    )
  );
}
