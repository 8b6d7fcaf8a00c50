// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

import { afterEach, describe, expect, it } from 'vitest';
import { Programs } from '../support/program';

const programs = new Programs();

afterEach(async () => {
  await programs.end();
});

/** File, line and column of each frame shown, and what the chain ends with. */
function places(text: string): string[] {
  return text
    .split('\n')
    .map((line) => {
      const place = /<module> at .*\/(\w+\.mjs:\d+:\d+.*)$/u.exec(line);
      return place?.[1] ?? /ERR_ASYNCTB_CYCLE/u.exec(line)?.[0] ?? '';
    })
    .filter((place) => place !== '');
}

const path = [
  'plugin.mjs:4:21 (not started)',
  'log.mjs:4:21 (not started)',
  'fmt.mjs:4:26 (not started)',
];
const MAIN = 'main.mjs:16:17';
const CYCLE = [MAIN, ...path, 'ERR_ASYNCTB_CYCLE'];

describe('modules that import each other in the end', () => {
  it('are all named at exit code 13', async () => {
    const program = programs.start('modules/cycle/main.mjs');
    expect(await program.ended()).toEqual({ code: 13, signal: null });
    expect(places(program.dumps[0] ?? '')).toEqual(CYCLE);
  });

  it('are all named in a dump by signal', async () => {
    const program = programs.start('modules/cycle/main.mjs', {
      args: ['wait'],
    });
    await program.says('ready');
    const dump = await program.dumpThatMatches(/ERR_ASYNCTB_CYCLE/u);
    expect(places(dump)).toEqual(CYCLE);
    expect(dump).toContain('total: 1 suspended task in 1 thread');
  });

  it.each([
    ['dump', CYCLE],
    // The chain begins, and comes back, at the promise of the import.
    ['extract', [...path, MAIN, 'ERR_ASYNCTB_CYCLE']],
  ])('are all named by %s()', async (how, expected) => {
    const program = programs.start('modules/cycle/main.mjs', { args: [how] });
    await program.says('ready');
    await program.dumpThatMatches(/ERR_ASYNCTB_CYCLE/u);
    program.send('look');
    await program.ended();
    expect(places(program.stdout)).toEqual(expected);
  });

  it('are all named by callGraph()', async () => {
    const program = programs.start('modules/cycle/main.mjs', {
      args: ['graph'],
    });
    await program.says('ready');
    await program.dumpThatMatches(/ERR_ASYNCTB_CYCLE/u);
    program.send('look');
    await program.ended();
    for (const place of [MAIN, ...path]) {
      expect(program.stdout).toContain(place);
    }
  });
});

describe('a module that runs', () => {
  it('is no suspended task, and stands nowhere but where it is', async () => {
    const program = programs.start('modules/running.mjs');
    await program.ended();
    const [dump = ''] = program.dumps;
    expect(dump).toContain('total: 1 suspended task in 1 thread');
    expect(dump).toMatch(/running now:\n╠ <\w+> at .*running\.mjs:1[4-7]:\d+/u);
    expect(dump).toMatch(
      /1 task waits here[^\n]*:\n╠ idle at .*running\.mjs:9:3/u,
    );
    expect(dump).not.toContain(':1:1');
  });
});
