// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

/** Promises that another suspended function will settle, as it holds their `resolve` or `reject`. */

import { setTimeout as delay } from 'node:timers/promises';
import { callGraph, dump, extract } from 'asynctb';
import pTimeout from 'p-timeout';
import { describe, expect, it } from 'vitest';
import { loadProgram } from '../support/forms';
import { deferred, ending, parked, started, visible } from '../support/glue';

type Program = () => Promise<unknown>;

const { followed, several, unknown, entries, ring } = loadProgram<{
  followed: Record<string, Program>;
  several: Record<string, Program>;
  unknown: Record<string, Program>;
  entries: Record<string, Program>;
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

describe('upward by the same edge', () => {
  /** The settling function's promise: nobody awaits it. */
  async function settling(): Promise<{ target: object; free(): void }> {
    const gate = deferred();
    const { promise, resolve } = deferred();
    const target = (async function produce(done) {
      await gate.promise;
      done(1);
    })(resolve);
    void (async function waits() {
      await promise;
    })();
    await parked();
    return { target, free: () => gate.resolve(1) };
  }

  it('awaiters: who waits for what the target settles', async () => {
    const { target, free } = await settling();
    expect(visible(extract(target))).toEqual(['produce']);
    expect(visible(extract(target, { awaiters: true }))).toEqual([
      'waits',
      'produce',
    ]);
    free();
  });

  it('callGraph, from the target and from inside of it', async () => {
    const { target, free } = await settling();
    const graph = callGraph(target);
    expect(graph.awaitedBy.map(({ stack }) => visible(stack))).toEqual([
      ['waits'],
    ]);
    free();
    const inside = deferred();
    const resolver = deferred();
    async function innermost(): Promise<void> {
      await inside.promise;
    }
    const inner = innermost();
    void (async function work(done) {
      await inner;
      done(1);
    })(resolver.resolve);
    void (async function above() {
      await resolver.promise;
    })();
    await parked();
    const names = (at: ReturnType<typeof callGraph>): unknown[] =>
      at.awaitedBy.map((next) => [...visible(next.stack), ...names(next)]);
    expect(names(callGraph(inner))).toEqual([['work', ['above']]]);
    expect(visible(extract(inner, { awaiters: true }))).toEqual([
      'above',
      'work',
      'innermost',
    ]);
    inside.resolve(1);
  });

  it('who waits for itself settles nothing', async () => {
    const made = deferred();
    const target = (async function waits() {
      await made.promise;
      made.resolve(1);
    })();
    await parked();
    expect(callGraph(target).awaitedBy).toEqual([]);
  });
});

describe('a timer that settles it as well is the limit', () => {
  it('beside a function that works', async () => {
    const { target } = await started(followed.limit as Program);
    const stack = extract(target);
    expect(visible(stack)).toEqual(['limit', 'run', 'slow']);
    expect(stack.frames[0]?.note).toBe('a timer of 60,000 ms as the limit');
    expect(stack.format()).toContain('(a timer of 60,000 ms as the limit)');
    expect(stack.toJSON().frames[0]?.note).toContain('as the limit');
    expect(ending(stack)).toBe(PENDING);
  });

  it('beside a promise that is handed on', async () => {
    const gate = deferred();
    const { target } = await started(async function caller() {
      await new Promise((resolve, reject) => {
        const timer = setTimeout(() => reject(new Error('late')), 50_000);
        timer.unref();
        inner().then(resolve, reject);
      });
      async function inner(): Promise<void> {
        await gate.promise;
      }
    });
    const stack = extract(target);
    expect(visible(stack)).toEqual(['caller', 'inner']);
    expect(stack.frames[0]?.note).toBe('a timer of 50,000 ms as the limit');
    gate.resolve(1);
  });

  it('of p-timeout', async () => {
    const gate = deferred();
    async function inner(): Promise<void> {
      await gate.promise;
    }
    const { target } = await started(async function caller() {
      await pTimeout(inner(), { milliseconds: 40_000 });
    });
    const stack = extract(target);
    expect(visible(stack).at(0)).toBe('caller');
    expect(visible(stack).at(-1)).toBe('inner');
    expect(stack.frames.map(({ note }) => note)).toContain(
      'a timer of 40,000 ms as the limit',
    );
    gate.resolve(1);
  });

  it('in Promise.race: a branch of its own', async () => {
    const gate = deferred();
    async function inner(): Promise<void> {
      await gate.promise;
    }
    const { target } = await started(async function caller() {
      await Promise.race([inner(), delay(30_000, 0, { ref: false })]);
    });
    const stack = extract(target);
    expect(visible(stack)).toEqual(['caller', 'Promise.race']);
    expect(stack.format()).toContain('a timer of 30,000 ms');
    expect(stack.format()).toContain('inner');
    gate.resolve(1);
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

describe('an entry of a list settles nothing for whoever holds it', () => {
  it.each(Object.entries(entries))('%s', async (name, program) => {
    const { target } = await started(program);
    const stack = extract(target);
    expect(stack.format()).not.toMatch(/╠ work /);
    expect(dumpedAs(name).flat()).not.toContain('work');
    expect(dumpedAs('work')).not.toEqual([]);
  });
});
