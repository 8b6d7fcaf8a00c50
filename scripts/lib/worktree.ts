// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

/**
 * A copy of the project for one Node, with a dist/ and a build/ of its own: two Nodes that build at
 * the same time would be in each other's way.
 */

import {
  copyFileSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  rmSync,
  symlinkSync,
  utimesSync,
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

function isSame(source: string, target: string): boolean {
  if (!existsSync(target)) return false;
  const [a, b] = [lstatSync(source), lstatSync(target)];
  return a.size === b.size && Math.abs(a.mtimeMs - b.mtimeMs) < 1;
}

/** Makes a directory the same as another, but for what is `NOT_COPIED` at any depth. */
export function mirror(source: string, target: string): void {
  mkdirSync(target, { recursive: true });
  const wanted = readdirSync(source, { withFileTypes: true }).filter(
    ({ name }) => !NOT_COPIED.has(name),
  );
  const names = new Set(wanted.map(({ name }) => name));
  for (const { name } of readdirSync(target, { withFileTypes: true })) {
    if (!names.has(name) && !NOT_COPIED.has(name))
      rmSync(join(target, name), { recursive: true });
  }
  for (const entry of wanted) {
    const [from, to] = [join(source, entry.name), join(target, entry.name)];
    if (existsSync(to) && lstatSync(to).isDirectory() !== entry.isDirectory())
      rmSync(to, { recursive: true });
    if (entry.isDirectory()) mirror(from, to);
    else if (!isSame(from, to)) {
      copyFileSync(from, to);
      // Or make would compile everything again.
      const { atime, mtime } = lstatSync(from);
      utimesSync(to, atime, mtime);
    }
  }
}

/** Makes or refreshes `.cache/<purpose>/<version>`; what was compiled there stays. */
export function syncWorktree(purpose: string, version: string): string {
  const target = join(projectRoot, '.cache', purpose, version);
  mirror(projectRoot, target);
  const modules = join(target, 'node_modules');
  if (!existsSync(modules))
    symlinkSync(relative(target, join(projectRoot, 'node_modules')), modules);
  return target;
}
