// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

import { resolve } from 'node:path';
import { redactText } from '../redact/redact.js';

export interface Signal {
  readonly name: string;
  readonly number: number;
}

/** What the environment variables of `asynctb/register` come to. */
export interface Settings {
  /** Null: none is watched. */
  readonly signal: Signal | null;
  /** Absolute; empty: dumps go to stderr. */
  readonly directory: string;
  readonly json: boolean;
  /** How long a loop may stand still, in milliseconds; 0: any time. */
  readonly watchdogMs: number;
  /** What could not be understood, ready to be shown. */
  readonly complaints: readonly string[];
}

const DEFAULT_SIGNAL = 'SIGUSR2';

/** The kernel delivers the first two to nobody. Returning from the others repeats the fault. */
const NOT_TO_BE_WATCHED = new Set([
  'SIGKILL',
  'SIGSTOP',
  'SIGABRT',
  'SIGBUS',
  'SIGFPE',
  'SIGILL',
  'SIGSEGV',
  'SIGSYS',
  'SIGTRAP',
]);

function findSignal(name: string): Signal | null {
  // Importing asynctb loads nothing that is not needed yet.
  const { constants } = require('node:os') as typeof import('node:os');
  const number = new Map<string, number>(Object.entries(constants.signals)).get(
    name,
  );
  if (number === undefined || NOT_TO_BE_WATCHED.has(name)) return null;
  return { name, number };
}

export function readSettings(env: NodeJS.ProcessEnv): Settings {
  const complaints: string[] = [];

  const name = env.ASYNCTB_SIGNAL || DEFAULT_SIGNAL;
  const signal = name === 'none' ? null : findSignal(name);
  if (name !== 'none' && signal === null) {
    complaints.push(
      `ASYNCTB_SIGNAL=${redactText(name)} names no signal that can be watched, so none is; ` +
        `use a name such as ${DEFAULT_SIGNAL} or SIGQUIT, or none`,
    );
  }

  const format = env.ASYNCTB_FORMAT || 'text';
  if (format !== 'text' && format !== 'json') {
    complaints.push(
      `ASYNCTB_FORMAT=${redactText(format)} is not known, so dumps are text; use text or json`,
    );
  }

  const watchdog = env.ASYNCTB_WATCHDOG || '0';
  const watchdogMs = /^\d{1,9}$/u.test(watchdog) ? Number(watchdog) : 0;
  if (watchdogMs === 0 && watchdog !== '0') {
    complaints.push(
      `ASYNCTB_WATCHDOG=${redactText(watchdog)} is no number of milliseconds, so no loop is watched; use one such as 5000`,
    );
  }

  // Against today's working directory: the program may change it later.
  const directory = env.ASYNCTB_DIR ? resolve(env.ASYNCTB_DIR) : '';
  return { signal, directory, json: format === 'json', watchdogMs, complaints };
}
