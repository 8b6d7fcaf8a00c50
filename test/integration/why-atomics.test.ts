// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

/** `Atomics.waitAsync`, whose promises nothing in the heap settles, by every door. */

import { capabilities } from 'asynctb';
import { afterEach, describe, expect, it } from 'vitest';
import { Programs, REGISTER } from '../support/program';

const programs = new Programs();
afterEach(() => programs.end());

const WAITS = 'Atomics.waitAsync, until Atomics.notify wakes it';

describe.runIf(capabilities().holders.available)('Atomics.waitAsync', () => {
  it('a dump says that it is waited for', async () => {
    const program = programs.start('why/atomics.cjs', { nodeArgs: [] });
    await program.ended();
    expect(program.stderr).toBe('');
    const found = JSON.parse(program.stdout) as Record<string, string>;
    expect(found.notified).toBe(WAITS);
    expect(found.limited).toBe(WAITS);
    expect(found.raced).toContain(WAITS);
    expect(found.ofSet).not.toContain('Atomics');
    expect(found.over).not.toContain('Atomics');
  });

  it('a dump by signal of an idle program says so', async () => {
    const program = programs.start('why/atomics.cjs', {
      args: ['signal'],
      nodeArgs: ['-r', REGISTER],
    });
    await program.says('ready');
    const dump = await program.dump();
    expect(dump.split(`(${WAITS})`)).toHaveLength(4);
    program.send('end');
    await program.ended();
  });
});
