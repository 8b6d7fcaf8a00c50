// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

/** Promises that another suspended function will settle, as it holds their `resolve` or `reject`. */

import { dump, extract } from 'asynctb';
import { describe, expect, it } from 'vitest';
import { loadProgram } from '../support/forms';
import { ending, started, visible } from '../support/glue';

type Program = () => Promise<unknown>;

const { followed, several, unknown, ring } = loadProgram<{
  followed: Record<string, Program>;
  several: Record<string, Program>;
  unknown: Record<string, Program>;
  ring(): Promise<void>[];
}>('settlers.cjs');

const PENDING = 'Promise { <pending> }';

/** The frames of the group in a dump whose task begins with a function, and how many there are. */
function dumpedAs(name: string): string[][] {
  return dump()
    .threads.flatMap(({ groups }) => groups)
    .map(({ stack }) => visible(stack))
    .filter(([first]) => first === name);
}

describe('whoever holds the resolver goes on with the stack', () => {
  it.each(Object.entries(followed))('%s', async (name, program) => {
    const { target } = await started(program);
    const stack = extract(target);
    const names = visible(stack);
    expect(names[0]).toBe(name);
    expect(names.at(-1)).toBe('slow');
    expect(names.length).toBeGreaterThan(2);
    expect(stack.error).toBeNull();
    const dumped = dumpedAs(name);
    expect(dumped).toEqual([names]);
    // The one that settles it is no task of its own.
    expect(dumpedAs('work')).toEqual([]);
    expect(dumpedAs('run')).toEqual([]);
  });

  it.each(Object.entries(several))('%s of several', async (name, program) => {
    const { target } = await started(program);
    const stack = extract(target);
    expect(visible(stack)).toEqual([name, 'settled by one of']);
    expect(stack.frames.at(-1)?.branches.map(visible).sort()).toEqual([
      ['first', 'slow'],
      ['second', 'slow'],
    ]);
    expect(stack.format()).toContain('settled by one of');
    expect(dumpedAs('first')).toEqual([]);
  });

  it('a ring is one', async () => {
    const [left] = ring();
    const { target } = await started(() => left);
    const stack = extract(target);
    expect(visible(stack)).toEqual(['left', 'right']);
    expect(stack.error).toMatchObject({ code: 'ERR_ASYNCTB_CYCLE' });
    const rings = [...dumpedAs('left'), ...dumpedAs('right')];
    expect(rings).toHaveLength(1);
    expect(rings[0]).toHaveLength(2);
  });
});

describe('whoever cannot be shown to settle it is not accused', () => {
  it.each(Object.entries(unknown))('%s', async (name, program) => {
    const { target } = await started(program);
    const stack = extract(target);
    expect(visible(stack).filter((each) => each !== 'inner')).toEqual([name]);
    if (!name.startsWith('handedOn')) expect(ending(stack)).toBe(PENDING);
    expect(stack.error).toBeNull();
  });
});
