// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

/** The two halves of `npm test`, in the Node that runs this file. */

import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { countReport, NO_TESTS, withFailure, type Totals } from './totals';

export const projectRoot = resolve(__dirname, '..', '..');

/**
 * A test that blocks its process in native code is beyond the reach of vitest's own time limit. `TEST_MINUTES`: what else
 * the whole may take, where all of it is slower.
 */
const TIME_LIMIT_MS = Number(process.env['TEST_MINUTES'] ?? 15) * 60_000;

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
    { cwd: projectRoot, stdio: 'inherit', timeout: TIME_LIMIT_MS },
  );
  if (!existsSync(report)) {
    return withFailure(NO_TESTS, 'vitest ended without a report');
  }
  return countReport(readFileSync(report, 'utf8'), result.status, projectRoot);
}

/** Type-checks the library, the tests and the scripts, and the formatters without Node's types. */
export function typesAreRight(): boolean {
  const tsc = join(projectRoot, 'node_modules', 'typescript', 'bin', 'tsc');
  return ['tsconfig.json', 'tsconfig.isolate.json'].every(
    (project) =>
      spawnSync(process.execPath, [tsc, '--project', project], {
        cwd: projectRoot,
        stdio: 'inherit',
      }).status === 0,
  );
}
