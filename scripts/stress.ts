// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

/**
 * `npm run stress [-- captures]`: dumps of workers that start, exit, run out of memory and are
 * terminated meanwhile, 10,000 times; the suite has a short form. Fails when the process ends
 * badly; prints how the threads answered, and how the process grew over the last half.
 */

import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { projectRoot } from './lib/suite';

const captures = process.argv[2] ?? '10000';
const program = join(projectRoot, 'test', 'programs', 'threads', 'churn.cjs');
const { status, signal } = spawnSync(process.execPath, [program, captures], {
  stdio: 'inherit',
});
if (status !== 0) {
  console.error(`ended with ${signal ?? status}`);
  process.exitCode = 1;
}
