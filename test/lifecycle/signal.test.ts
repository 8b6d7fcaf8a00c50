// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { capabilities } from 'asynctb';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { Programs, REGISTER, REGISTER_URL } from '../support/program';

const programs = new Programs({ manyDumps: true });
const scratch = mkdtempSync(join(tmpdir(), 'asynctb-signal-'));

afterEach(async () => {
  await programs.end();
});

afterAll(() => rmSync(scratch, { recursive: true }));

describe('asynctb/register', () => {
  it.each([
    ['-r', { nodeArgs: ['-r', REGISTER] }],
    ['--import', { nodeArgs: ['--import', REGISTER_URL] }],
    [
      'NODE_OPTIONS',
      { nodeArgs: [], env: { NODE_OPTIONS: `--require=${REGISTER}` } },
    ],
  ])(
    'with %s, a signal shows where an idle program waits, and it goes on serving',
    async (_flag, options) => {
      const program = programs.start('signal/parked.cjs', options);
      await program.says('ready');
      for (let round = 0; round < 2; round++) {
        const dump = await program.dumpThatMatches(
          /^=== thread 0 "main": idle, 3 suspended tasks at 1 place ===$/mu,
        );
        expect(dump).toContain(', by signal, ');
        expect(dump).toMatch(
          /^3 tasks wait here[^\n]*:\n╠ handle at .*parked\.cjs:12:3\n.*\n╠ query at .*parked\.cjs:8:3\n.*\n╚ Promise \{ <pending> \}/mu,
        );
        await program.answers();
      }
      program.send('exit');
      expect(await program.ended()).toEqual({ code: 7, signal: null });
      expect(program.stderr).not.toContain('AsynctbWarning');
    },
  );

  it('shows what runs in a loop that never lets the event loop turn', async () => {
    const done = join(scratch, 'busy-done');
    const program = programs.start('signal/busy.cjs', { args: [done] });
    await program.says('ready');
    const dump = await program.dumpThatMatches(
      /^running now:\n(?:.*\n)*?╠ <anonymous> at .*busy\.cjs:26:1\n.*\n╠ spin at .*busy\.cjs:\d+:\d+$/mu,
    );
    expect(dump).toMatch(
      /^=== thread 0 "main": running, 1 suspended task at 1 place ===$/mu,
    );
    expect(dump).toMatch(/^╠ parked at .*busy\.cjs:10:3$/mu);
    writeFileSync(done, '');
    expect(await program.ended()).toEqual({ code: 5, signal: null });
  });

  it.each([
    [['--gc-interval=2000']],
    [['--stress-scavenge=50', '--stress-incremental-marking']],
    [['--stress-compaction']],
  ])(
    'survives 10 signals in an allocating loop with %s',
    async (flags) => {
      const done = join(scratch, `stress-done${flags.join('')}`);
      const program = programs.start('signal/busy.cjs', {
        nodeArgs: [...flags, '-r', REGISTER],
        args: [done],
      });
      await program.says('ready');
      // On a machine that has no time for it the program may answer a dump too late.
      for (let i = 0; i < 10; i++) {
        await program.dumpThatMatches(/╠ parked at .*busy\.cjs:10:3$/mu);
      }
      writeFileSync(done, '');
      expect(await program.ended()).toEqual({ code: 5, signal: null });
    },
    120_000,
  );

  it('reaches a main thread that waits in Atomics.wait', async () => {
    const program = programs.start('signal/atomics-wait.cjs');
    await program.says('ready');
    expect(await program.dump()).toMatch(/╠ park at .*atomics-wait\.cjs:/u);
    // It is still waiting.
    expect(await program.dump()).toMatch(/╠ park at .*atomics-wait\.cjs:/u);
  });

  it('dumps as often as a program sends the signal to itself', async () => {
    // Node takes that for the end of the process, and tells addons so.
    const program = programs.start('signal/parked.cjs');
    await program.says('ready');
    for (let i = 1; i <= 3; i++) {
      program.send('self');
      await program.until(() => program.dumps.length === i, `dump ${i}`);
      expect(program.dumps[i - 1]).toContain('3 tasks wait here');
    }
    program.send('exit');
    expect(await program.ended()).toEqual({ code: 7, signal: null });
  });

  it('leaves nothing in the loop and no listener', async () => {
    const bare = programs.start('signal/residue.cjs', { nodeArgs: [] });
    const registered = programs.start('signal/residue.cjs');
    expect(await bare.ended()).toEqual({ code: 0, signal: null });
    expect(await registered.ended()).toEqual({ code: 0, signal: null });
    expect(bare.stdout).toContain('"SIGUSR2":0');
    expect(registered.stdout).toBe(bare.stdout);
  });

  it('watches once, however often it is loaded', async () => {
    const program = programs.start('signal/parked.cjs', {
      nodeArgs: ['-r', REGISTER, '--import', REGISTER_URL],
      env: { NODE_OPTIONS: `--require=${REGISTER}` },
    });
    await program.says('ready');
    await program.dump();
    await program.dump();
    program.send('exit');
    await program.ended();
    expect(program.dumps).toHaveLength(2);
  });

  it('dumps the workers that it is loaded in, while they are there', async () => {
    const program = programs.start('signal/worker.cjs');
    await program.says('worker ready');
    const dump = await program.dumpThatMatches(/^╠ spinInWorker at /mu);
    expect(dump).toContain('in 2 threads');
    expect(dump).toMatch(/^=== thread 0 "main": (?:idle|running), /mu);
    expect(dump).toMatch(/^=== thread 1 "worker 1": running, /mu);
    program.send('terminate');
    await program.says('worker gone');
    expect(await program.dump()).toContain('in 1 thread\n');
    program.send('exit');
    expect(await program.ended()).toEqual({ code: 7, signal: null });
  });

  it.skipIf(!capabilities().nativeStacks.available)(
    'shows what has called into native code that blocks the main thread',
    async () => {
      const fifo = join(scratch, 'fifo');
      execFileSync('mkfifo', [fifo]);
      const program = programs.start('signal/blocked.cjs', { args: [fifo] });
      await program.says('ready');
      const dump = await program.dumpThatMatches(
        /^=== thread 0 "main": blocked in native code, suspended tasks not known ===$/mu,
      );
      expect(dump).toContain('in 1 thread (1 of them incomplete)');
      expect(dump).toContain('ERR_ASYNCTB_BLOCKED');
      expect(dump).toMatch(
        /^running now:\n╠ <anonymous> at .*blocked\.cjs:21:1\n║ └ readFileSync\(process\.argv\[2\]\);$/mu,
      );
      // What was given up on runs now, and finds that nobody waits.
      writeFileSync(fifo, 'go on');
      await program.answers();
      expect(await program.dump()).toMatch(
        /^=== thread 0 "main": (?:idle|running), /mu,
      );
      program.send('exit');
      expect(await program.ended()).toEqual({ code: 7, signal: null });
    },
  );
});
