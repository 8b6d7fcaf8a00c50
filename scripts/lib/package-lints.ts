// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

/** Tools that know what goes wrong with packages: what they say of one that is packed. */

import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { projectRoot } from './suite';

export interface PackageLint {
  readonly name: string;
  /** Of a tarball: all that is wrong, or nothing. */
  readonly lint: (tarball: string) => string;
}

export const PACKAGE_LINTS: readonly PackageLint[] = [
  {
    name: 'publint has nothing to say, not even a suggestion',
    lint(tarball) {
      const { status, output } = run('publint', ['run', tarball, '--strict']);
      return status === 0 && output.includes('All good!') ? '' : output;
    },
  },
  {
    name: 'attw finds the right types for each entry, however it is resolved',
    lint(tarball) {
      const { status, output } = run('attw', [tarball, '--no-emoji']);
      return status === 0 ? '' : output;
    },
  },
];

function run(
  tool: string,
  args: readonly string[],
): { status: number | null; output: string } {
  const { stdout, stderr, status, error } = spawnSync(
    join(projectRoot, 'node_modules', '.bin', tool),
    args,
    { encoding: 'utf8', env: { ...process.env, NO_COLOR: '1' } },
  );
  if (error !== undefined) throw error;
  return { status, output: stdout + stderr };
}
