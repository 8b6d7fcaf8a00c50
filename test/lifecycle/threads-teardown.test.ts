// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

/**
 * Workers that start, exit, are terminated and run out of memory around a capture: in a process of
 * its own, since what this looks for is a use after free. `npm run stress` is the long form.
 */

import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { capabilities } from 'asynctb';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { runForJson } from '../support/child';
import { Programs } from '../support/program';

const programs = new Programs();
const scratch = mkdtempSync(join(tmpdir(), 'asynctb-watchdog-'));

afterAll(() => rmSync(scratch, { recursive: true }));

afterEach(async () => {
  await programs.end();
});

describe('threads that come and go', () => {
  it('harm nobody, and nobody waits for them in vain', async () => {
    const result = await runForJson<{
      captures: number;
      statuses: Record<string, number>;
      stayed: string[];
    }>('../threads/churn.cjs', { args: ['60'] });
    expect(result.captures).toBe(60);
    // The asking thread each time; whether another had come up in time is a matter of load.
    expect(result.statuses.ok).toBeGreaterThanOrEqual(60);
    expect(result.stayed).toEqual(['ok']);
    const known = ['ok', 'exited', 'timed-out', 'not-registered'];
    expect(known).toEqual(expect.arrayContaining(Object.keys(result.statuses)));
  }, 60_000);
});

describe('the watchdog', () => {
  it('dumps a loop that stands still, once, and not one that is idle', async () => {
    const program = programs.start('threads/watched.cjs', { nodeArgs: [] });
    await program.says('blocking');
    expect(program.dumps).toEqual([]);
    await program.ended();
    expect(program.dumps).toHaveLength(1);
    const [dump] = program.dumps;
    expect(dump).toContain(', by the watchdog, ');
    expect(dump).toMatch(/^╠ blockTheLoop at .*watched\.cjs:\d+:\d+$/mu);
    const last = program.stdout.trim().split('\n').at(-1) ?? '';
    expect(JSON.parse(last)).toMatchObject({ reason: 'watchdog', threads: 1 });
    expect(last).toContain('blockTheLoop');
  });

  it.runIf(capabilities().nativeStacks.available)(
    'watches by ASYNCTB_WATCHDOG, what blocks in native code too',
    async () => {
      const fifo = join(scratch, 'fifo');
      execFileSync('mkfifo', [fifo]);
      const program = programs.start('signal/blocked.cjs', {
        args: [fifo],
        env: { ASYNCTB_WATCHDOG: '100' },
      });
      await program.until(() => program.dumps.length > 0, 'a dump');
      expect(program.dumps[0]).toContain(', by the watchdog, ');
      expect(program.dumps[0]).toMatch(
        /^=== thread 0 "main": blocked in native code, [^]*║ └ readFileSync\(/mu,
      );
    },
  );

  it('complains of an ASYNCTB_WATCHDOG that is no number', async () => {
    const program = programs.start('signal/parked.cjs', {
      env: { ASYNCTB_WATCHDOG: 'soon' },
    });
    await program.reports('ASYNCTB_WATCHDOG=soon is no number');
    expect(program.stderr).toContain('so no loop is watched');
  });
});
