// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

/** A thread that has begun to answer has stood still for it: its answer is waited for. */

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { type Program, Programs } from '../support/program';

const programs = new Programs();

afterEach(async () => {
  await programs.end();
});

/** As on a machine that has no processor for it. */
async function stopFor(program: Program, ms: number): Promise<void> {
  program.kill('SIGSTOP');
  await sleep(ms);
  program.kill('SIGCONT');
}

/** The names of its threads say what the one that makes dumps does. */
function isAsking({ pid }: Program): boolean {
  const tasks = `/proc/${pid}/task`;
  return readdirSync(tasks).some(
    (task) => readFileSync(`${tasks}/${task}/comm`, 'utf8') === 'asynctb:ask\n',
  );
}

describe('a capture that has begun', () => {
  it.runIf(existsSync('/proc/self/task'))(
    'is delivered late when the process has no processor for 12 s, and is not made again',
    async () => {
      const program = programs.start('threads/large-heap.cjs');
      await program.says('ready');
      program.kill();
      while (!isAsking(program));
      await stopFor(program, 12_000);
      await program.reports('=== end of asynctb dump');
      program.send('exit');
      expect(await program.ended()).toEqual({ code: 7, signal: null });
      expect(program.dumps).toHaveLength(1);
      expect(program.dumps[0]).toMatch(
        /^=== thread 0 "main": (?:idle|running), 3 suspended tasks at 1 place ===$/mu,
      );
    },
    60_000,
  );

  it('is waited for by dump(), dumpAsync() and extract(), whatever their limit', async () => {
    const program = programs.start('threads/large-heap.cjs', { args: ['ask'] });
    await program.says('asks');
    await stopFor(program, 3_000);
    expect(await program.ended()).toEqual({ code: 0, signal: null });
    const { answers, error } = JSON.parse(
      program.stdout.replace('asks\n', ''),
    ) as Record<string, unknown>;
    const answer = {
      status: 'ok',
      taskCount: 3,
      message: null,
      pauseMs: expect.any(Number) as number,
    };
    expect(answers).toEqual([answer, answer, answer]);
    expect(error).toBeNull();
  }, 60_000);
});
