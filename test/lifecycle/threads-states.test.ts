// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

/**
 * One test a state that a thread can be in. In processes of their own: a worker that is blocked
 * in native code cannot be ended, and a raw read that goes wrong takes its process with it.
 */

import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { capabilities } from 'asynctb';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { Programs } from '../support/program';
import { compileSleeper } from '../support/sleeper';

interface Answer {
  threadId: number;
  name: string;
  status: string;
  activity: string;
  error: string | string[] | null;
  taskCount: number;
  frames: [functionName: string, lineText: string, line: number | null][];
}

const scratch = mkdtempSync(join(tmpdir(), 'asynctb-threads-'));
const fifo = join(scratch, 'fifo');
execFileSync('mkfifo', [fifo]);

const sleeper = join(scratch, 'sleeper.node');

afterAll(() => rmSync(scratch, { recursive: true }));

const programs = new Programs();

afterEach(async () => {
  await programs.end();
});

async function inState(state: string): Promise<Answer> {
  const program = programs.start('threads/states.cjs', {
    nodeArgs: [],
    args: [state, fifo, sleeper],
  });
  // It cannot end by itself: Node waits for its workers.
  await program.says('}\n');
  expect(program.stderr).toBe('');
  return JSON.parse(program.stdout) as Answer;
}

function names({ frames }: Answer): string[] {
  return frames.map(([name]) => name);
}

const RUNNING = ['busy', 'optimized', 'allocating', 'regexp', 'atomics'];

describe('a worker', () => {
  it.each(RUNNING)(
    'in the state %s answers with its stack and tasks',
    async (state) => {
      const answer = await inState(state);
      expect(answer).toMatchObject({
        threadId: 1,
        name: 'the worker',
        status: 'ok',
        activity: 'running',
        error: null,
        taskCount: 1,
      });
      expect(names(answer).slice(0, 2)).toEqual(['start', state]);
    },
  );

  it('that is idle in its event loop has tasks and no stack', async () => {
    expect(await inState('idle')).toMatchObject({
      status: 'ok',
      activity: 'idle',
      error: null,
      taskCount: 1,
      frames: [],
    });
  });

  it('in nested vm contexts shows the functions of all of them', async () => {
    const answer = await inState('vm');
    expect(answer).toMatchObject({ status: 'ok', activity: 'running' });
    expect(names(answer).filter((name) => name !== '')).toEqual([
      'start',
      'vm',
      'outer',
      'inner',
      'deepest',
    ]);
  });

  it("in its 'exit' handlers still answers", async () => {
    const answer = await inState('exit');
    expect(answer).toMatchObject({ status: 'ok', activity: 'running' });
    expect(names(answer).at(-1)).toBe('inExit');
  });

  describe.runIf(capabilities().nativeStacks.available)(
    'in native code',
    () => {
      beforeAll(() => compileSleeper(sleeper));

      it.each([
        ['fifo', 'readFileSync(fifo);'],
        ['exec', "execSync('sleep 1000');"],
        ['addon', 'require(sleeper).sleep(1000);'],
        ['pbkdf2', "pbkdf2Sync('secret', 'salt', 2 ** 31 - 1, 64, 'sha512');"],
      ])('blocked by %s shows what called it', async (state, line) => {
        const answer = await inState(state);
        expect(answer).toMatchObject({
          status: 'ok',
          activity: 'blocked-in-native',
          error: 'ERR_ASYNCTB_BLOCKED',
          taskCount: 0,
        });
        expect(names(answer)).toEqual(['start', state]);
        expect(answer.frames.at(-1)?.[1]).toBe(line);
        expect(answer.frames.at(-1)?.[2]).toBeGreaterThan(0);
      });

      it.each([
        ['smallStack', 'readFileSync(fifo);'],
        ['smallStackBusy', 'require(sleeper).spin(1000);'],
      ])(
        'with the smallest alternate signal stack is read on its own: %s',
        async (state, line) => {
          const answer = await inState(state);
          expect(answer).toMatchObject({
            status: 'ok',
            activity: 'blocked-in-native',
          });
          expect(answer.frames.at(-1)?.[1]).toBe(line);
        },
      );

      it.each([
        ['made deadly', 'reset'],
        ['taken over', 'takeOver'],
      ])('is sent no signal that somebody has %s', async (_what, state) => {
        const answer = await inState(state);
        expect(answer).toMatchObject({
          status: 'timed-out',
          activity: 'blocked-in-native',
          error: 'ERR_ASYNCTB_TIMED_OUT',
        });
      });

      it('called by JavaScript that C++ has called shows all of it', async () => {
        const answer = await inState('nested');
        expect(answer).toMatchObject({
          status: 'ok',
          activity: 'blocked-in-native',
        });
        expect(names(answer).filter((name) => name !== '')).toEqual([
          'start',
          'nested',
          'each',
          'wait',
        ]);
      });

      it('under more frames than fit says so', async () => {
        const answer = await inState('deep');
        expect(answer.error).toEqual([
          'ERR_ASYNCTB_BLOCKED',
          'ERR_ASYNCTB_MAX_FRAMES',
        ]);
        expect(new Set(names(answer))).toEqual(new Set(['recurse']));
      });

      it("that is the engine's runs, and says what it cannot show", async () => {
        const answer = await inState('json');
        expect(answer).toMatchObject({
          status: 'ok',
          error: 'ERR_ASYNCTB_BLOCKED',
        });
        expect(names(answer)).toEqual(['start', 'json']);
      });
    },
  );
});
