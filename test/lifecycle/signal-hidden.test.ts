// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

/** What hides frames, hides them in a dump by signal. */

import { capabilities } from 'asynctb';
import { afterEach, describe, expect, it } from 'vitest';
import { Programs, REGISTER } from '../support/program';

const programs = new Programs();
afterEach(() => programs.end());

/** The frames with a name: what runs has none. */
const shown = (dump: string): string[] =>
  [...dump.matchAll(/^╠ (\w+) at .*hidden\.cjs/gmu)].map(
    ([, name]) => name ?? '',
  );

const hasScopes = capabilities().scopes.available;
const expected = [
  'mentions',
  'takenBack',
  'byGetter',
  ...(hasScopes ? [] : ['byVariable']),
  'byLine',
  'visible',
];

describe('a dump by signal leaves out', () => {
  it.each([
    ['in the main thread', [], ['-r', REGISTER]],
    ['in a worker', ['worker'], ['-r', REGISTER]],
    ['when registered before asynctb was in use', ['late'], []],
  ])('frames that are hidden, %s', async (_where, args, nodeArgs) => {
    const program = programs.start('signal/hidden.cjs', {
      args,
      nodeArgs,
    });
    await program.says('ready');
    const dump = await program.dumpThatMatches(/ mentions at /u);
    expect(shown(dump)).toEqual(expected);
    expect(dump).toContain('line of visible');
    expect(dump).not.toContain('line of byLine');
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(program.stdout).toBe('ready\n');
  });

  it('running frames that are hidden', async () => {
    const program = programs.start('signal/hidden.cjs', { args: ['busy'] });
    await program.says('ready');
    const dump = await program.dumpThatMatches(/ spinning at /u);
    const [running = ''] = dump.split(/tasks? waits? here/u);
    expect(running).not.toMatch(/^╠ spinRule at /mu);
    expect(/^╠ spinVariable at /mu.test(running)).toBe(!hasScopes);
  });
});
