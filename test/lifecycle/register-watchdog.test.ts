// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { type Program, Programs, REGISTER } from '../support/program';

const programs = new Programs();
const scratch = mkdtempSync(join(tmpdir(), 'asynctb-watchdog-'));

afterEach(() => programs.end());
afterAll(() => rmSync(scratch, { recursive: true }));

const WATCHDOG_FIRST = fileURLToPath(
  new URL('../programs/threads/watchdog-first.cjs', import.meta.url),
);

/** Whose loop stands still may have stood still before, while the program was being loaded. */
const dumpsOf = (program: Program, thread: string): string[] =>
  program.dumps.filter((dump) => dump.includes(`\n=== thread ${thread}: `));

describe('ASYNCTB_WATCHDOG', () => {
  it('dumps the main thread when its loop stands still', async () => {
    const done = join(scratch, 'done');
    const program = programs.start('signal/busy.cjs', {
      args: [done],
      env: { ASYNCTB_WATCHDOG: '100' },
    });
    await program.until(() => program.dumps.length > 0, 'a dump');
    expect(dumpsOf(program, '0 "main"')[0]).toContain(', by the watchdog, ');
    writeFileSync(done, '');
    expect(await program.ended()).toEqual({ code: 5, signal: null });
  });

  it('dumps a worker, and only it, when its loop stands still', async () => {
    const program = programs.start('signal/worker.cjs', {
      env: { ASYNCTB_WATCHDOG: '100' },
    });
    const dumps = (): string[] => dumpsOf(program, '1 "worker 1"');
    await program.until(() => dumps().length > 0, 'a dump of the worker');
    expect(dumps()[0]).toContain(', by the watchdog, ');
    expect(dumps()[0]).toContain('in 1 thread\n');
    program.send('exit');
    expect(await program.ended()).toEqual({ code: 7, signal: null });
  });

  it('that is no number of milliseconds is complained of once, and watches nothing', async () => {
    const program = programs.start('signal/worker.cjs', {
      env: { ASYNCTB_WATCHDOG: 'soon' },
    });
    await program.says('worker ready');
    await program.reports('ASYNCTB_WATCHDOG=soon is no number');
    program.send('exit');
    expect(await program.ended()).toEqual({ code: 7, signal: null });
    expect(program.stderr.match(/AsynctbWarning/gu)).toHaveLength(1);
    expect(program.dumps).toEqual([]);
  });
});

describe('asynctb/register', () => {
  it('watches the signal although watchdog() was there before', async () => {
    const program = programs.start('signal/parked.cjs', {
      nodeArgs: ['-r', WATCHDOG_FIRST, '-r', REGISTER],
    });
    await program.says('ready');
    expect(await program.dump()).toContain('3 tasks wait here');
    program.send('exit');
    expect(await program.ended()).toEqual({ code: 7, signal: null });
  });
});

describe('where the system refuses', () => {
  const UNSETTLED = { code: 13, signal: null };
  const refusing = (what: string, name: string) =>
    programs.start('exit/refusing.mjs', {
      nodeArgs: [],
      args: [REGISTER, what, name],
    });

  it('to watch the signal, a warning says so, and the end is dumped all the same', async () => {
    const program = refusing('register', 'watchSignal');
    expect(await program.ended()).toEqual(UNSETTLED);
    expect(program.stderr).toContain(
      'AsynctbWarning: SIGUSR2 cannot be watched: refused on purpose',
    );
    expect(program.dumps).toHaveLength(1);
  });

  it('a dump at the end, a line says so', async () => {
    const program = refusing('register', 'dumpAtExit');
    expect(await program.ended()).toEqual(UNSETTLED);
    expect(program.stderr).toContain('asynctb: no dump: refused on purpose\n');
    expect(program.dumps).toEqual([]);
  });

  it('what prints the dumps, watchdog() throws', async () => {
    const program = refusing('watchdog', 'startWatcher');
    expect(await program.ended()).toEqual(UNSETTLED);
    expect(program.stdout).toBe(
      'ERR_ASYNCTB_UNSUPPORTED no dump could be printed: refused on purpose\n',
    );
  });
});
