// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

import { dumpFromRaw } from '../model/dump-from-raw.js';
import type { Dump, DumpReason } from '../model/dump.js';
import { checkCount } from '../model/arguments.js';
import { markSites } from '../hooks/customize.js';
import { invalidArgument } from '../model/errors.js';
import type { AnyFunction } from '../model/frame.js';
import { loadBinding, tryBinding, WITH_LOCALS } from '../native/binding.js';
import { can, whyNot } from '../native/capabilities.js';
import { describeProcess } from '../native/process-info.js';
import type { RawThread } from '../native/raw.js';
import { liveSite } from '../source-maps/live-sites.js';
import { checkObject } from './options.js';
import { framesOutside } from './running.js';
import { describeScopes } from './scopes.js';

export interface DumpOptions {
  /** How long a thread may take to answer, in milliseconds. Default 1,000. */
  timeoutMs?: number | undefined;
  /** Ids of the threads to ask. Default: all. */
  threads?: readonly number[] | undefined;
  /** Read the variables of suspended frames. Default false. */
  locals?: boolean | undefined;
  /** Print Node's own frames too. Default false. */
  showInternalFrames?: boolean | undefined;
  /** Print at most so many groups of tasks a thread, and say how many more there are. */
  maxTasks?: number | undefined;
}

const DEFAULT_TIMEOUT_MS = 1_000;

function checkOptions(options: DumpOptions): void {
  checkObject(options);
  const { timeoutMs = DEFAULT_TIMEOUT_MS, threads } = options;
  if (typeof timeoutMs !== 'number') {
    throw invalidArgument('options.timeoutMs', 'a number of milliseconds');
  }
  if (!(timeoutMs > 0)) {
    throw Object.assign(
      new RangeError('options.timeoutMs must be more than 0'),
      { code: 'ERR_ASYNCTB_OUT_OF_RANGE' },
    );
  }
  if (
    threads !== undefined &&
    !(Array.isArray(threads) && threads.every((id) => Number.isInteger(id)))
  ) {
    throw invalidArgument('options.threads', 'an array of thread ids');
  }
  for (const name of ['locals', 'showInternalFrames'] as const) {
    const value = options[name];
    if (value !== undefined && typeof value !== 'boolean') {
      throw invalidArgument(`options.${name}`, 'a boolean');
    }
  }
  checkCount('options.maxTasks', options.maxTasks);
}

/** What the current thread says when nothing native can be read. */
function unsupported(threadId: number): RawThread {
  return {
    threadId,
    name: '',
    status: 'ok',
    activity: 'running',
    running: null,
    sites: [],
    nodes: new Int32Array(),
    branches: new Int32Array(),
    groups: new Int32Array(),
    taskCount: 0,
    stats: { heapObjects: 0, activations: 0, promises: 0, pauseMs: 0 },
    errors: [
      [
        'ERR_ASYNCTB_UNSUPPORTED',
        `suspended tasks cannot be found: ${whyNot('native')}`,
      ],
    ],
  };
}

/**
 * The main thread's is known without asking Node: loading a module of Node's runs code that the
 * program may have patched.
 */
function ownThreadId(): number {
  if (tryBinding()?.isFirstThread() === true) return 0;
  const { threadId } =
    require('node:worker_threads') as typeof import('node:worker_threads');
  return threadId;
}

function captureOwn(withLocals: boolean): RawThread {
  if (!can('native') || tryBinding() === null)
    return unsupported(ownThreadId());
  const { scopes, ...raw } = loadBinding().capture(
    withLocals ? WITH_LOCALS : 0,
  );
  raw.makeSite = liveSite;
  if (scopes !== undefined) {
    raw.locals = scopes.map((each) =>
      each === undefined ? undefined : describeScopes(each),
    );
  }
  return raw;
}

/** For every reason that a dump is made for. `entry`: what the program called, to be left out. */
export function dumpNow(
  options: DumpOptions,
  reason: DumpReason,
  entry: AnyFunction | null,
): Dump {
  const threadId = ownThreadId();
  const wanted =
    options.threads === undefined || options.threads.includes(threadId);
  const time = new Date().toISOString();
  const threads: RawThread[] = [];
  if (wanted) {
    const raw = captureOwn(options.locals ?? false);
    threads.push({
      ...raw,
      sites: markSites(raw.sites),
      running: withoutOwnFrames(raw.running, entry),
      threadId,
      name: threadId === 0 ? 'main' : `worker ${threadId}`,
    });
  }
  return dumpFromRaw(
    threads,
    describeProcess(),
    { reason, time },
    {
      maxTasks: options.maxTasks,
      showInternalFrames: options.showInternalFrames,
      locals: options.locals,
    },
  );
}

/** The running stack ends with the caller: what asynctb itself does is of no interest. */
function withoutOwnFrames(
  running: Int32Array | null,
  entry: AnyFunction | null,
): Int32Array | null {
  if (running === null || entry === null) return running;
  const outside = framesOutside(entry);
  return outside === 0 ? null : running.subarray(0, outside);
}

/** Every suspended task of the current thread, equal stacks counted, and what runs. */
export function dump(options: DumpOptions = {}): Dump {
  checkOptions(options);
  return dumpNow(options, 'api', dump as AnyFunction);
}

/** Like `dump`, without blocking the own loop while other threads answer. */
export async function dumpAsync(options: DumpOptions = {}): Promise<Dump> {
  checkOptions(options);
  return dumpNow(options, 'api', dumpAsync as AnyFunction);
}
