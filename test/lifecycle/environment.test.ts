// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

/** Environment variables count as the main thread found them when it loaded asynctb. */

import { existsSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { Programs } from '../support/program';

const programs = new Programs();

afterEach(() => programs.end());

describe('an environment that is changed after asynctb was loaded', () => {
  it.each([
    ['', []],
    ['heapWalk', ['heapWalk', 'stuck']],
  ])(
    'with ASYNCTB_DISABLE=%s at first, changes nothing in any thread',
    async (value, off) => {
      const program = programs.start('exit/environment.cjs', {
        nodeArgs: [],
        env: { ASYNCTB_DISABLE: value },
      });
      expect(await program.ended()).toEqual({ code: 0, signal: null });
      expect(JSON.parse(program.stdout)).toEqual({
        ...{ main: off, empty: off, other: off, shared: off },
      });
    },
  );

  it('does not keep the watchdog from a worker with its own', async () => {
    const program = programs.start('signal/worker-environment.cjs', {
      env: { ASYNCTB_WATCHDOG: '100' },
    });
    await program.until(
      () => program.dumps.some((dump) => dump.includes('=== thread 1 ')),
      'a dump of the worker',
    );
    program.send('exit');
    expect(await program.ended()).toEqual({ code: 7, signal: null });
  });
});

describe('a relative ASYNCTB_DIR', () => {
  it('in a directory that has gone is complained of, and dumps go to stderr', async () => {
    const gone = mkdtempSync(join(tmpdir(), 'asynctb-gone-'));
    const program = programs.start('signal/parked.cjs', {
      launcher: 'signal/remove-directory.sh',
      cwd: gone,
      env: { ASYNCTB_DIR: 'dumps' },
    });
    await program.says('ready');
    expect(existsSync(gone)).toBe(false);
    expect(await program.dump()).toContain('3 tasks wait here');
    expect(program.stderr).toContain(
      'ASYNCTB_DIR=dumps is relative to a working directory that has gone',
    );
  });
});
