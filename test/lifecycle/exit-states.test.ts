// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

/**
 * Every way in which a process ends, in every state of the thread that makes dumps. What could crash
 * here: V8 is taken down while that thread still has an isolate (V8 13 and later check this), or the
 * thread goes on in a V8 that has gone.
 */

import { existsSync } from 'node:fs';
import { afterEach, describe, expect, it } from 'vitest';
import { Programs } from '../support/program';

const programs = new Programs();

afterEach(async () => {
  await programs.end();
});

/** In this order it goes through them, for each dump. Idle: nobody has asked. */
const STATES = ['idle', 'ask', 'isolate', 'format', 'dispose', 'write'];

const SHORT = ['isolate', 'format', 'dispose'];

/** An exit is held up for 2 s at most. The rest is for the machine, which may be busy. */
const LONGEST_EXIT_MS = 5_000;

const WHOLE = /^=== end of asynctb dump of process \d+ ===$/mu;
const TOLD =
  /^asynctb: (?:no dump|the dump above is incomplete): the process is exiting(?:, and the rest could not be written in time)?\n/mu;

interface Way {
  readonly how: string;
  readonly end: string;
  readonly code: number | null;
  readonly signal?: NodeJS.Signals;
  /** Not where the kernel ends the process: then there is nobody to say a word. */
  readonly tells?: boolean;
  /** Node writes to stderr itself, and waits for its reader. */
  readonly prints?: boolean;
}

const WAYS: readonly Way[] = [
  { how: 'a loop that runs dry', end: 'dry', code: 7 },
  { how: 'process.exit()', end: 'exit', code: 7 },
  { how: 'process.reallyExit()', end: 'reallyExit', code: 7 },
  { how: 'an uncaught exception', end: 'throw', code: 1, prints: true },
  { how: 'an unhandled rejection', end: 'reject', code: 1, prints: true },
  { how: 'an exception in a worker', end: 'worker', code: 1, prints: true },
  {
    how: 'process.execve()',
    end: 'execve',
    code: 7,
    // Node 26 calls nothing before it: the process is replaced while the dump is being made.
    tells: Number.parseInt(process.versions.node, 10) < 26,
  },
  {
    how: 'SIGTERM',
    end: 'kill',
    code: null,
    signal: 'SIGTERM',
    tells: false,
  },
  {
    how: 'process.abort()',
    end: 'abort',
    code: null,
    signal: 'SIGABRT',
    tells: false,
  },
];

async function endIn(state: string, way: Way): Promise<string> {
  const program = programs.start('signal/ends-in-state.cjs', {
    args: [state, way.end],
    // Nobody reads until the process has gone.
    keepErrors: state === 'write',
    // Then a thread that sleeps has no answer at all, and is waited for.
    env: state === 'ask' ? { ASYNCTB_DISABLE: 'nativeStacks' } : {},
  });
  await program.says('ends\n');
  if (way.prints === true) program.readErrors();
  const start = performance.now();
  const { code, signal } = await program.exited();
  const heldUpMs = performance.now() - start;
  program.readErrors();
  await program.ended();
  const problems = [];
  if (code !== way.code || signal !== (way.signal ?? null)) {
    problems.push(`ended with ${signal ?? code}`);
  }
  if (heldUpMs > LONGEST_EXIT_MS) problems.push(`took ${heldUpMs} ms`);
  const isTold = WHOLE.test(program.stderr) || TOLD.test(program.stderr);
  if (state !== 'idle' && way.tells !== false && !isTold) {
    problems.push(`not a word of the dump: ${program.stderr.slice(-300)}`);
  }
  return `${state}: ${problems.length === 0 ? 'ok' : problems.join(', ')}`;
}

const canExecve = typeof Reflect.get(process, 'execve') === 'function';

// The thread's state is read from /proc.
describe.runIf(existsSync('/proc/self/task'))('while a dump is made', () => {
  it.each(WAYS.filter(({ end }) => end !== 'execve' || canExecve))(
    '$how is never harmed, and what is missing is said',
    async (way) => {
      // Those that wait, together; those that are waited for without a pause, one by one.
      const waiting = STATES.filter((state) => !SHORT.includes(state));
      const ended = Promise.all(waiting.map((state) => endIn(state, way)));
      const results = [];
      for (const state of SHORT) results.push(await endIn(state, way));
      results.push(...(await ended));
      expect(results.sort()).toEqual(
        [...STATES].sort().map((state) => `${state}: ok`),
      );
    },
    60_000,
  );
});
