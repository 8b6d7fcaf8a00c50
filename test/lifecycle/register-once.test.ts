// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

import { afterEach, describe, expect, it } from 'vitest';
import { Programs, REGISTER } from '../support/program';

const programs = new Programs();
afterEach(() => programs.end());

describe('asynctb/register', () => {
  it('does its work once in a process, however often it is loaded', async () => {
    const program = programs.start('exit/register-twice.cjs', {
      nodeArgs: [],
      args: [REGISTER],
    });
    expect(await program.ended()).toEqual({ code: 0, signal: null });
    expect(program.stdout).toBe('1 1\n');
    expect(program.stderr).toBe('');
  });

  it.each([
    ['a signal that nobody may handle', 'SIGKILL', /names no signal/],
    ['none', 'none', /^$/],
  ])('with %s it lets the program run', async (_, signal, complaint) => {
    const program = programs.start('exit/pending.mjs', {
      env: { ASYNCTB_SIGNAL: signal },
    });
    expect(await program.ended()).toEqual({ code: 0, signal: null });
    expect(program.stderr).toMatch(complaint);
  });

  it('leaves a signal to the report of Node that uses it', async () => {
    const program = programs.start('exit/pending.mjs', {
      nodeArgs: ['--report-on-signal', '-r', REGISTER],
    });
    expect(await program.ended()).toEqual({ code: 0, signal: null });
    expect(program.stderr).toContain('--report-on-signal uses SIGUSR2');
  });

  it.each([
    [{}, 'no dumps: '],
    [{ ASYNCTB_SIGNAL: 'none' }, 'no dumps: '],
  ])('without an addon that fits says so (%j)', async (env, text) => {
    const program = programs.start('exit/other-abi.cjs', {
      nodeArgs: [],
      args: [REGISTER],
      env,
    });
    expect(await program.ended()).toEqual({ code: 0, signal: null });
    expect(program.stderr).toContain(text);
  });
});
