// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

/**
 * `npm run test:matrix [-- --node 24] [--not-own] [vitest's arguments]`: builds the addon for each Node
 * release and runs the whole suite with it, vitest included. Closes with a table and the sum.
 *
 * `--not-own` leaves out the release that runs this, if it is one of them: for who runs `npm test` as well.
 */

import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { nodeBinary, selectReleases, type NodeRelease } from './lib/nodes';
import {
  addTotals,
  failureLines,
  NO_TESTS,
  totalsLine,
  withFailure,
  type Totals,
} from './lib/totals';
import { syncWorktree } from './lib/worktree';

interface Leg {
  readonly release: NodeRelease;
  readonly totals: Totals;
  readonly seconds: number;
}

function runLeg(release: NodeRelease, args: readonly string[]): Leg {
  const start = Date.now();
  console.log(`\n── Node ${release.version}, ABI ${release.abi} ──`);
  const node = nodeBinary(release);
  const cwd = syncWorktree('matrix', release.version);
  const totalsFile = join(cwd, '.cache', 'totals.json');
  rmSync(totalsFile, { force: true });
  const run = (...command: readonly string[]): boolean =>
    spawnSync(node, command, { cwd, stdio: 'inherit' }).status === 0;
  const built = run('scripts/setup.mjs');
  const passed =
    built &&
    run(
      'node_modules/tsx/dist/cli.mjs',
      'scripts/test.ts',
      '--no-typecheck',
      ...args,
    );
  const counted: Totals = existsSync(totalsFile)
    ? (JSON.parse(readFileSync(totalsFile, 'utf8')) as Totals)
    : NO_TESTS;
  // A leg that ended badly without a failed test to show for it has failed all the same.
  const all =
    !passed && counted.failed === 0
      ? withFailure(counted, built ? 'the run, beside its tests' : 'the build')
      : counted;
  const failures = all.failures.map(
    (what) => `Node ${release.version}: ${what}`,
  );
  const totals = { ...all, failures };
  return { release, totals, seconds: Math.round((Date.now() - start) / 1000) };
}

function table(legs: readonly Leg[]): string {
  const header = ['Node', 'ABI', 'passed', 'failed', 'skipped', 'seconds'];
  const rows = legs.map(({ release, totals, seconds }) =>
    [
      release.version,
      release.abi,
      totals.passed,
      totals.failed,
      totals.skipped,
      seconds,
    ].map(String),
  );
  return [header, ...rows]
    .map((row) => row.map((cell) => cell.padStart(9)).join(''))
    .join('\n');
}

const NOT_OWN = '--not-own';

const { releases, rest } = selectReleases(process.argv.slice(2));
const isWanted = ({ version }: NodeRelease): boolean =>
  !rest.includes(NOT_OWN) || version !== process.versions.node;
const args = rest.filter((each) => each !== NOT_OWN);
const legs = releases.filter(isWanted).map((release) => runLeg(release, args));
const sum = legs.map(({ totals }) => totals).reduce(addTotals, NO_TESTS);
console.log(`\n${table(legs)}\n`);
console.log(`${failureLines(sum)}${totalsLine(sum)}`);
process.exitCode = sum.failed === 0 ? 0 : 1;
