// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

import { afterEach, describe, expect, it } from 'vitest';
import { Programs } from '../support/program';

const programs = new Programs();

afterEach(async () => {
  await programs.end();
});

const WAITS =
  /^=== asynctb dump of process \d+, at exit, [^]*^1 task waits here[^\n]*:\n╠ main at .*ends\.cjs:\d+:\d+\n.*\n╠ makeArchive at .*ends\.cjs:\d+:\d+\n/mu;

const WAYS = [
  ['natural', 0],
  ['code', 3],
  ['exit', 4],
  ['exit-in-task', 5],
  ['throw', 1],
  ['reject', 1],
] as const;

describe.each(WAYS)('a program that ends by %s', (way, code) => {
  const end = async (
    setting: string | undefined,
    ...args: string[]
  ): Promise<string[]> => {
    const program = programs.start('exit/ends.cjs', {
      args: [way, ...args],
      env: setting === undefined ? {} : { ASYNCTB_EXIT: setting },
    });
    expect(await program.ended()).toEqual({ code, signal: null });
    return program.dumps;
  };

  it.each([undefined, 'unsettled'])(
    'prints nothing with ASYNCTB_EXIT=%s',
    async (setting) => {
      expect(await end(setting, 'main')).toEqual([]);
    },
  );

  it.each(['pending', 'always'])(
    'prints what it waits for with ASYNCTB_EXIT=%s',
    async (setting) => {
      const dumps = await end(setting, 'main');
      expect(dumps).toHaveLength(1);
      expect(dumps[0]).toMatch(WAITS);
      expect(dumps[0]).toContain('1 suspended task in 1 thread');
      expect(dumps[0]).not.toContain('running now:');
    },
  );

  it('is silent with pending, when nothing of its own waits', async () => {
    expect(await end('pending')).toEqual([]);
    expect(await end('pending', 'library')).toEqual([]);
  });

  it('says so with always', async () => {
    const [dump] = await end('always');
    expect(dump).toContain('total: 0 suspended tasks in 1 thread');
  });
});

describe('ASYNCTB_EXIT', () => {
  it('holds the end up for two seconds at most, when nobody reads', async () => {
    const program = programs.start('exit/ends-many.mjs', {
      env: { ASYNCTB_EXIT: 'pending' },
      keepErrors: true,
    });
    await program.says('ends at ');
    const end = await program.exited();
    const since = Number(/ends at (\d+)/u.exec(program.stdout)?.[1]);
    expect(end).toEqual({ code: 7, signal: null });
    // Two seconds, and what a busy machine needs to end a process.
    expect(Date.now() - since).toBeLessThan(3_000);
  });

  it('covers an unsettled top-level await as well', async () => {
    const program = programs.start('exit/unsettled.mjs', {
      env: { ASYNCTB_EXIT: 'pending' },
    });
    expect(await program.ended()).toEqual({ code: 13, signal: null });
    expect(program.dumps).toHaveLength(1);
    expect(program.dumps[0]).toContain('connect at ');
  });

  it('that is not known is said, and counts as unsettled', async () => {
    const program = programs.start('exit/ends.cjs', {
      args: ['natural', 'main'],
      env: { ASYNCTB_EXIT: 'sometimes' },
    });
    expect(await program.ended()).toEqual({ code: 0, signal: null });
    expect(program.dumps).toEqual([]);
    expect(program.stderr).toContain(
      'ASYNCTB_EXIT=sometimes is not known, so only an unsettled top-level await makes a dump; use unsettled, pending, always',
    );
  });
});
