// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

/** Programs that only the check of the package needs, from npm and each in a directory of its own. */

import { execFileSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { cleanEnvironment } from '../build-native.mjs';
import { projectRoot } from './suite';

/** Runtimes that are not Node, and the programs in their packages. */
export const RUNTIMES = [
  {
    name: 'Bun',
    tool: '@oven/bun-linux-x64',
    program: 'node_modules/@oven/bun-linux-x64/bin/bun',
    args: [],
  },
  {
    name: 'Deno',
    tool: '@deno/linux-x64-glibc',
    program: 'node_modules/@deno/linux-x64-glibc/deno',
    args: ['run', '--allow-all'],
  },
] as const;

/** The directory in whose node_modules the packages are; installed when it is not there yet. */
export function toolDirectory(...packages: readonly string[]): string {
  const name = packages.join('+').replaceAll(/[^\w.+-]/g, '_');
  const target = join(projectRoot, '.cache', 'check-tools', name);
  if (existsSync(target)) return target;
  const scratch = `${target}.part-${process.pid}`;
  mkdirSync(scratch, { recursive: true });
  try {
    writeFileSync(join(scratch, 'package.json'), '{"private": true}\n');
    execFileSync(
      'npm',
      [
        'install',
        '--ignore-scripts',
        '--no-audit',
        '--no-fund',
        '--no-package-lock',
        ...packages,
      ],
      {
        cwd: scratch,
        encoding: 'utf8',
        env: cleanEnvironment(),
        stdio: ['ignore', 'pipe', 'pipe'],
      },
    );
    renameSync(scratch, target);
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
  return target;
}
