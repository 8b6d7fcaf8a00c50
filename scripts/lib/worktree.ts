// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

/**
 * A copy of the project for one Node, with a build/ of its own: node-gyp-build takes
 * build/Release whatever ABI it was made for, so two of them cannot share a directory.
 */

import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  rmSync,
  symlinkSync,
} from 'node:fs';
import { join, relative } from 'node:path';
import { projectRoot } from './suite';

/** What the copy keeps of its own from run to run, or shares with the original. */
const NOT_COPIED = new Set([
  '.cache',
  '.git',
  'build',
  'node_modules',
  'prebuilds',
]);

/** Makes or refreshes `.cache/<purpose>/<version>`; what was compiled there stays. */
export function syncWorktree(purpose: string, version: string): string {
  const target = join(projectRoot, '.cache', purpose, version);
  mkdirSync(target, { recursive: true });
  for (const name of readdirSync(target)) {
    if (!NOT_COPIED.has(name)) rmSync(join(target, name), { recursive: true });
  }
  for (const name of readdirSync(projectRoot)) {
    if (NOT_COPIED.has(name)) continue;
    // Time stamps are kept, or make would compile everything again.
    cpSync(join(projectRoot, name), join(target, name), {
      recursive: true,
      preserveTimestamps: true,
    });
  }
  const modules = join(target, 'node_modules');
  if (!existsSync(modules))
    symlinkSync(relative(target, join(projectRoot, 'node_modules')), modules);
  return target;
}
