// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

/**
 * The environment variables of asynctb, as they were when the main thread loaded asynctb. They are read
 * once and in JavaScript: `getenv` on another thread would race with a program that changes them.
 * What the program changes later, and what a worker is given for itself, changes nothing.
 */

import { JSONStringify } from './json.js';
import { env } from './node-process.js';
import { JSONParse } from './primordials.js';

/** A value by name; what is not set is not there. */
export type Environment = Readonly<Record<string, string | undefined>>;

const NAMES = [
  'ASYNCTB_SIGNAL',
  'ASYNCTB_DIR',
  'ASYNCTB_FORMAT',
  'ASYNCTB_MAX_FILES',
  'ASYNCTB_WATCHDOG',
  'ASYNCTB_SHOW',
  'ASYNCTB_EXIT',
  'ASYNCTB_RULES',
  'ASYNCTB_STUCK',
  'ASYNCTB_KEEP',
  'ASYNCTB_DISABLE',
  'ASYNCTB_CONTEXT',
] as const;

/**
 * Workers inherit under this name what the main thread has found, where there is no addon to tell them:
 * what this takes of Node is more than all of asynctb, and most programs never load it.
 */
const KEY = 'asynctb.environment';

/** In this thread, now that asynctb is loaded. */
const found = readAll();
let current: Environment | null = null;

function readAll(): Environment {
  const all: Record<string, string> = {};
  try {
    for (const name of NAMES) {
      const value = env[name];
      if (value !== undefined) all[name] = value;
    }
  } catch {
    // Deno may not be allowed to read it.
  }
  return all;
}

function isEnvironment(value: unknown): value is Environment {
  return typeof value === 'object' && value !== null;
}

/** Once the addon is loaded. `share` hands out what the first thread has given to it. */
export function shareEnvironment(
  isFirstThread: boolean,
  share: (text: string | undefined) => string,
): void {
  if (current !== null) {
    if (isFirstThread) share(JSONStringify(current));
    return;
  }
  const text = share(isFirstThread ? JSONStringify(found) : undefined);
  if (text !== '') current = JSONParse(text) as Environment;
}

/** As this thread has found it by itself. */
export function ownEnvironment(): Environment {
  return found;
}

/** Of the main thread, if that has used asynctb before this worker was started; else of this one. */
export function environment(): Environment {
  if (current !== null) return current;
  // Importing asynctb loads nothing that is not needed yet.
  const { getEnvironmentData, setEnvironmentData } =
    require('node:worker_threads') as typeof import('node:worker_threads');
  const inherited = getEnvironmentData(KEY) as unknown;
  if (isEnvironment(inherited)) {
    current = inherited;
  } else {
    current = found;
    // For workers that this thread starts from now on.
    setEnvironmentData(KEY, found);
  }
  return current;
}
