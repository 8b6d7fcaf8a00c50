// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

/** Many threads at once, in a process of their own, which has to be killed in the end. */

import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { capabilities } from 'asynctb';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { Programs } from '../support/program';

interface Answers {
  dumps: number;
  /** How often which status and activity. */
  answers: Record<string, number>;
  /** Of the most captures at a time, a dump each. */
  median: number;
}

const scratch = mkdtempSync(join(tmpdir(), 'asynctb-turns-'));
afterAll(() => rmSync(scratch, { recursive: true }));

const programs = new Programs();

afterEach(async () => {
  await programs.end();
});

const WORKERS = 24;

async function answersOf(...args: string[]): Promise<Answers> {
  const program = programs.start('threads/turns.cjs', {
    nodeArgs: [],
    args: [String(WORKERS), ...args],
  });
  await program.says('}\n');
  expect(program.stderr).toBe('');
  return JSON.parse(program.stdout) as Answers;
}

describe('many workers', () => {
  // With more processors there would have to be more workers to see anything.
  it.runIf(availableParallelism() <= WORKERS / 4)(
    'capture only some at a time',
    async () => {
      const { dumps, answers, median } = await answersOf();
      expect(answers).toEqual({ 'ok, idle': dumps * WORKERS });
      // On a machine with other work, one that had no processor for long loses its turn, so that there
      // are more at a time than processors; without turns it is nearly all of them.
      expect(median).toBeLessThanOrEqual(WORKERS / 3);
    },
    60_000,
  );

  it.runIf(capabilities().nativeStacks.available)(
    'answer also while others are blocked in native code',
    async () => {
      const fifo = join(scratch, 'fifo');
      execFileSync('mkfifo', [fifo]);
      const { dumps, answers } = await answersOf(fifo);
      expect(answers).toEqual({
        'ok, idle': (dumps * WORKERS) / 2,
        'ok, blocked-in-native': (dumps * WORKERS) / 2,
      });
    },
    60_000,
  );
});
