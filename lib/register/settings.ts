// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

import { ArrayPrototypePush } from '../base/lists.js';
import { RegExpTest, StringPrototypeSplit } from '../base/patterns.js';
import {
  ArrayPrototypeIncludes,
  ArrayPrototypeJoin,
  GlobalNumber,
  GlobalString,
  ObjectEntries,
  StringPrototypeTrim,
} from '../base/primordials.js';
import { resolve } from 'node:path';
import type { Environment } from '../base/environment.js';
import {
  type DumpFormat,
  dumpFormat,
  dumpFormatNames,
} from '../model/formats.js';
import { redactText } from '../redact/redact.js';

export interface Signal {
  readonly name: string;
  readonly number: number;
}

/** What dumps may show besides the program's own frames. */
const SHOWN = ['internal', 'library'] as const;
type Shown = (typeof SHOWN)[number];

/**
 * Which ends of the process make a dump: those by an unsettled top-level await, those with tasks of the
 * program that are suspended, or all.
 */
const EXITS = ['unsettled', 'pending', 'always'] as const;
type Exits = (typeof EXITS)[number];

/** What the environment variables of `asynctb/register` come to. */
export interface Settings {
  /** Null: none is watched. */
  readonly signal: Signal | null;
  /** Absolute; empty: dumps go to stderr. */
  readonly directory: string;
  readonly format: SettingFormat;
  /** So many files in the directory by this process, and no more. */
  readonly mostFiles: number;
  /** How long a loop may stand still, in milliseconds; 0: any time. */
  readonly watchdogMs: number;
  readonly shows: readonly Shown[];
  readonly exits: Exits;
  /** Dumps tell what nothing can ever settle. */
  readonly stuck: boolean;
  /** Pending promises are kept alive. */
  readonly keeps: boolean;
  /** The file with rules of others, absolute; '': none. */
  readonly rules: string;
  /** What could not be understood, ready to be shown. */
  readonly complaints: readonly string[];
}

/** Of a `DumpFormat` what files need. */
type SettingFormat = Pick<DumpFormat, 'name' | 'extension'>;

const DEFAULT_FORMAT: SettingFormat = { name: 'text', extension: 'txt' };
const DEFAULT_SIGNAL = 'SIGUSR2';
const DEFAULT_MOST_FILES = 100;

/**
 * Signals that somebody else sends and that must do what they did before, with the reason. A watched
 * signal never ends or stops the process, and each one makes a dump.
 */
const NOT_TO_BE_WATCHED: readonly {
  readonly names: string;
  readonly reason: string;
}[] = [
  { names: 'SIGKILL SIGSTOP', reason: 'no program receives it' },
  {
    names:
      'SIGABRT SIGIOT SIGBUS SIGFPE SIGILL SIGSEGV SIGSYS SIGUNUSED SIGTRAP',
    reason: 'the program would go on after a fault that it cannot go on after',
  },
  {
    names: 'SIGTERM SIGINT SIGHUP SIGBREAK',
    reason: 'nobody could end the program with it any more',
  },
  {
    names: 'SIGTSTP SIGTTIN SIGTTOU SIGCONT',
    reason: 'a terminal could not stop and continue the program any more',
  },
  {
    names: 'SIGXCPU SIGXFSZ',
    reason: 'it keeps the program within a limit',
  },
  {
    names:
      'SIGALRM SIGVTALRM SIGPROF SIGCHLD SIGPIPE SIGURG SIGIO SIGPOLL SIGWINCH SIGLOST',
    reason:
      'it comes by itself, such as from a timer, a child process, a socket or a terminal',
  },
];

function whyNotWatched(name: string): string | null {
  for (const { names, reason } of NOT_TO_BE_WATCHED) {
    if (ArrayPrototypeIncludes(StringPrototypeSplit(names, ' '), name))
      return reason;
  }
  return null;
}

function findSignal(name: string): Signal | null {
  // Importing asynctb loads nothing that is not needed yet.
  const { constants } = require('node:os') as typeof import('node:os');
  for (const { 0: known, 1: number } of ObjectEntries(constants.signals)) {
    if (known === name) return { name, number };
  }
  return null;
}

/** A whole number of at most nine digits; null for anything else. */
function wholeNumber(text: string): number | null {
  return RegExpTest(/^\d{1,9}$/u, text) ? GlobalNumber(text) : null;
}

/** Against today's working directory: the program may change it later. */
function findDirectory(name: string, complaints: string[]): string {
  if (name === '') return '';
  try {
    return resolve(name);
  } catch {
    ArrayPrototypePush(
      complaints,
      `ASYNCTB_DIR=${redactText(name)} is relative to a working directory that has gone, so dumps go to stderr; name an absolute one`,
    );
    return '';
  }
}

/** It is read at once, so a working directory that has gone leads nowhere. */
function findRules(name: string): string {
  if (name === '') return '';
  try {
    return resolve(name);
  } catch {
    return name;
  }
}

/** Formats are loaded only where there is something to look up. */
function findFormat(name: string, complaints: string[]): SettingFormat {
  if (name === '' || name === DEFAULT_FORMAT.name) return DEFAULT_FORMAT;
  const found = dumpFormat(name);
  if (found !== undefined) return found;
  ArrayPrototypePush(
    complaints,
    `ASYNCTB_FORMAT=${redactText(name)} is not known, so dumps are text; use ${dumpFormatNames()}`,
  );
  return DEFAULT_FORMAT;
}

function findShown(list: string, complaints: string[]): readonly Shown[] {
  const shown: Shown[] = [];
  for (const part of StringPrototypeSplit(list, ',')) {
    const name = StringPrototypeTrim(part) as Shown;
    if (ArrayPrototypeIncludes(SHOWN, name)) {
      ArrayPrototypePush(shown, name);
    } else if ((name as string) === 'locals') {
      ArrayPrototypePush(
        complaints,
        'ASYNCTB_SHOW=locals: these dumps read no variables; dump({ locals: true }) does',
      );
    } else if ((name as string) !== '') {
      ArrayPrototypePush(
        complaints,
        `ASYNCTB_SHOW=${redactText(name)} is nothing that can be shown; use ${ArrayPrototypeJoin(SHOWN, ', ')} or both`,
      );
    }
  }
  return shown;
}

function findExits(name: string, complaints: string[]): Exits {
  if (ArrayPrototypeIncludes(EXITS, name)) return name as Exits;
  ArrayPrototypePush(
    complaints,
    `ASYNCTB_EXIT=${redactText(name)} is not known, so only an unsettled top-level await makes a dump; use ${ArrayPrototypeJoin(EXITS, ', ')}`,
  );
  return EXITS[0];
}

export function readSettings(env: Environment): Settings {
  const complaints: string[] = [];

  const name = env.ASYNCTB_SIGNAL || DEFAULT_SIGNAL;
  const refusal = whyNotWatched(name);
  const signal = name === 'none' || refusal !== null ? null : findSignal(name);
  if (name !== 'none' && signal === null) {
    ArrayPrototypePush(
      complaints,
      `ASYNCTB_SIGNAL=${redactText(name)} names no signal that can be watched` +
        `${refusal === null ? '' : ` (${refusal})`}, so none is; ` +
        `use a name such as ${DEFAULT_SIGNAL} or SIGQUIT, or none`,
    );
  }

  const format = findFormat(env.ASYNCTB_FORMAT ?? '', complaints);

  const watchdog = env.ASYNCTB_WATCHDOG || '0';
  const watchdogMs = wholeNumber(watchdog) ?? 0;
  if (watchdogMs === 0 && watchdog !== '0') {
    ArrayPrototypePush(
      complaints,
      `ASYNCTB_WATCHDOG=${redactText(watchdog)} is no number of milliseconds, so no loop is watched; use one such as 5000`,
    );
  }

  const stuck = env.ASYNCTB_STUCK || '0';
  if (stuck !== '0' && stuck !== '1') {
    ArrayPrototypePush(
      complaints,
      `ASYNCTB_STUCK=${redactText(stuck)} is neither 0 nor 1, so dumps do not tell what nothing can ever settle; use 1`,
    );
  }

  const keep = env.ASYNCTB_KEEP || '0';
  if (keep !== '0' && keep !== '1') {
    ArrayPrototypePush(
      complaints,
      `ASYNCTB_KEEP=${redactText(keep)} is neither 0 nor 1, so no promise is kept alive; use 1`,
    );
  }

  const most = env.ASYNCTB_MAX_FILES || GlobalString(DEFAULT_MOST_FILES);
  const mostFiles = wholeNumber(most) || DEFAULT_MOST_FILES;
  if (wholeNumber(most) !== mostFiles) {
    ArrayPrototypePush(
      complaints,
      `ASYNCTB_MAX_FILES=${redactText(most)} is no number of files, so it is ${DEFAULT_MOST_FILES}; use one such as 10`,
    );
  }

  const directory = findDirectory(env.ASYNCTB_DIR ?? '', complaints);
  return {
    signal,
    directory,
    format,
    mostFiles,
    watchdogMs,
    shows: findShown(env.ASYNCTB_SHOW ?? '', complaints),
    exits: findExits(env.ASYNCTB_EXIT || EXITS[0], complaints),
    stuck: stuck === '1',
    keeps: keep === '1',
    rules: findRules(env.ASYNCTB_RULES ?? ''),
    complaints,
  };
}
