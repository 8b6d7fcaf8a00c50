// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

/** Runs the whole suite with vitest, in the Node that runs this file. */

import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { countReport, NO_TESTS, type Totals } from './totals';

export const projectRoot = resolve(__dirname, '..', '..');

export function runSuite(args: readonly string[]): Totals {
  const report = join(projectRoot, '.cache', 'test-report.json');
  mkdirSync(join(projectRoot, '.cache'), { recursive: true });
  rmSync(report, { force: true });
  const result = spawnSync(
    process.execPath,
    [
      join(projectRoot, 'node_modules', 'vitest', 'vitest.mjs'),
      'run',
      '--reporter=default',
      '--reporter=json',
      `--outputFile.json=${report}`,
      ...args,
    ],
    { cwd: projectRoot, stdio: 'inherit' },
  );
  if (result.error !== undefined) throw result.error;
  if (!existsSync(report)) {
    console.error('vitest ended without a report');
    return { ...NO_TESTS, failed: 1 };
  }
  return countReport(readFileSync(report, 'utf8'), result.status);
}
