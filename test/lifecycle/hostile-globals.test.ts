// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

import { describe, expect, it } from 'vitest';
import { runForJson } from '../support/child';

type Said = Record<string, string>;

/** What each public call must say, whatever became of the language. */
const EXPECTED: Record<string, RegExp> = {
  extract: /task at .*globals\.cjs:\d+:\d+/,
  locals: /cart = /,
  many: /task at [^]*steps at /,
  outermost: /task at /,
  since: /at ask \(/,
  callGraph: /awaited by[^]*task at /,
  awaiters: /task at /,
  dump: /1 task waits here[^\n]*:[^]*task at /,
  json: /"functionName":"task"/,
  lowlevel: /^1$/,
};

const CASES = [
  'plain',
  'frozenError',
  'sealedError',
  'lockedLimit',
  'throwingHook',
  'argv',
  'argvProxy',
  'versions',
  'process',
  'polluted',
  'pollutedDescriptors',
  'noWeakRef',
  'noGlobals',
  'frozenPrototypes',
] as const;

describe('a program that changes the language is read all the same', () => {
  it.each(CASES)('%s', async (name) => {
    const said = await runForJson<Said>('../hostile/globals.cjs', {
      args: [name],
    });
    for (const [door, pattern] of Object.entries(EXPECTED)) {
      expect(said[door], door).toMatch(pattern);
    }
  });

  it('with --frozen-intrinsics', async () => {
    const said = await runForJson<Said>('../hostile/globals.cjs', {
      args: ['plain'],
      flags: ['--no-warnings', '--frozen-intrinsics'],
    });
    for (const [door, pattern] of Object.entries(EXPECTED)) {
      expect(said[door], door).toMatch(pattern);
    }
  });
});

interface Patched {
  replaced: number;
  ran: string[];
  said: Said;
}

describe('no function that a program has put in the place of the language’s runs', () => {
  it.each(['first', 'warm'])('at the %s use', async (use) => {
    const { replaced, ran, said } = await runForJson<Patched>(
      '../hostile/patched.cjs',
      { args: [use] },
    );
    expect(replaced).toBeGreaterThan(300);
    expect(said['dump']).toMatch(/task at /);
    expect(said['extract']).toMatch(/inner at /);
    expect(ran).toEqual([]);
  });
});
