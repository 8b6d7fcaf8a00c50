// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

import { isProxy } from './node-types.js';
import { ownData } from './own.js';
import { ArrayIsArray } from './primordials.js';

/**
 * Node's `process` as it was when asynctb was loaded. A program may put something else in its place, or
 * in the place of what it has.
 */
export const nodeProcess = process;

/** On stderr, as one line. */
export const { error: printError } = console;

export const { arch, env, features, hrtime, pid, platform, uptime, versions } =
  process;

/** `argv` as it is now: none where the program has put something there that is no list. */
export function currentArguments(): string[] {
  const found: string[] = [];
  const argv: unknown = ownData(nodeProcess, 'argv');
  if (!ArrayIsArray(argv) || isProxy(argv)) return found;
  for (let index = 0; index < argv.length; index++) {
    const argument = ownData(argv, `${index}`);
    if (typeof argument === 'string') found[found.length] = argument;
  }
  return found;
}
