// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

/** Loops that stand still, each in a process of its own. */

import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { capabilities } from 'asynctb';
import { transformSync } from 'esbuild';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { projectRoot } from '../../scripts/lib/suite';
import { type Program, Programs } from '../support/program';

const programs = new Programs();
const scratch = mkdtempSync(join(tmpdir(), 'asynctb-watchdog-'));

afterAll(() => rmSync(scratch, { recursive: true }));

afterEach(async () => {
  await programs.end();
});

/** A program of `watch-cases.cjs`, once it has ended well. */
async function ended(what: string): Promise<Program> {
  const program = programs.start('threads/watch-cases.cjs', {
    nodeArgs: [],
    args: [what],
  });
  expect(await program.ended()).toEqual({ code: 0, signal: null });
  return program;
}

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

  it('says nothing any more once it is stopped', async () => {
    const program = await ended('stopped');
    expect(program.stderr).toBe('');
  });

  it('that was stopped can be started again', async () => {
    const program = await ended('restarted');
    expect(program.dumps).toHaveLength(1);
  });

  it.each(['disposed', 'disposed by a polyfill'])(
    'says nothing any more once it is %s',
    async (how) => {
      const program = await ended(how);
      expect(program.stderr).toBe('');
    },
  );

  it('ends with the block of a compiled `using`', () => {
    const { code } = transformSync(
      `const { watchdog } = require('asynctb');
      let kept;
      { using dog = watchdog({ thresholdMs: 250 }); kept = dog; }
      const start = Date.now();
      setImmediate(() => { while (Date.now() - start < 1_000); console.log(Object.keys(kept)); });`,
      { target: 'node18' },
    );
    const { stdout, stderr } = spawnSync(process.execPath, ['-e', code], {
      cwd: projectRoot,
      encoding: 'utf8',
    });
    expect(stderr).toBe('');
    expect(stdout).toBe("[ 'stop' ]\n");
  });

  it('is not stopped by one that was started before it', async () => {
    const program = await ended('stopped after another');
    expect(program.dumps).toHaveLength(1);
  });

  it('dumps a loop that is blocked again soon only once', async () => {
    const program = await ended('again');
    expect(program.dumps).toHaveLength(1);
  });

  it('dumps only the worker whose loop stands still', async () => {
    const { dumps } = await ended('in a worker');
    expect(dumps).toHaveLength(1);
    expect(dumps[0]).toContain('in 1 thread\n');
    expect(dumps[0]).toMatch(
      /^=== thread 1 "worker 1": running, [^]*^╠ blockTheLoop at /mu,
    );
  });

  it('in a worker needs one in the main thread, and says so', async () => {
    const program = await ended('in a worker alone');
    expect(program.stdout).toMatch(
      /^ERR_ASYNCTB_UNSUPPORTED: a worker can be watched once the main thread /u,
    );
    expect(program.stderr).toBe('');
  });

  it('complains of an ASYNCTB_WATCHDOG that is no number', async () => {
    const program = programs.start('signal/parked.cjs', {
      env: { ASYNCTB_WATCHDOG: 'soon' },
    });
    await program.reports('ASYNCTB_WATCHDOG=soon is no number');
    expect(program.stderr).toContain('so no loop is watched');
  });
});
