// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

import {
  extract,
  extractOutermost,
  extractSince,
  extractUntil,
  type Stack,
} from 'asynctb';
import { describe, expect, it } from 'vitest';
import { expectStack } from '../support/assert-stack';
import { loadProgram } from '../support/forms';
import { runForJson } from '../support/child';

type Look = () => unknown;
type AnyFunction = (...args: never[]) => unknown;

interface Programs {
  generator(look: Look): Generator;
  outer(look: Look): Generator;
  nested(inner: Generator | null, look?: Look): Generator;
  asyncFunction(look: Look): Promise<unknown[]>;
  awaits(look: Look): Promise<unknown[]>;
  asyncGenerator(look: Look): AsyncGenerator;
  delegatesAsync(look: Look): AsyncGenerator;
  helper(look: Look): unknown;
  first(look: Look): unknown;
  second(look: Look): unknown;
  third(look: Look): unknown;
  bound(look: Look): unknown;
  recursive(depth: number, look: Look): unknown;
  Machine: new () => { run(look: Look): unknown; step: AnyFunction };
}

const programs = loadProgram<Programs>('running.cjs');

/** The last frame is the caller of asynctb's function, in this file: the others are compared. */
function expectRunning(found: unknown, expected: string): void {
  const stack = found as Stack;
  const caller = stack.frames.pop();
  expect(caller?.scriptName).toMatch(/running\.test\.ts$/);
  expect(caller?.state).toBe('running');
  expectStack(stack, expected);
}

describe('running, seen from inside', () => {
  it('P6 a generator: from its frame to the caller of extract', () => {
    const target = programs.generator(() => extract(target));
    expectRunning(
      target.next().value,
      `
generator generator @generator running
function helper @helper running`,
    );
    expectStack(extract(target), 'generator generator @generator-yield');
  });

  it('P6 a generator that delegates to the one that runs', () => {
    const target = programs.outer(() => extract(target));
    expectRunning(
      target.next().value,
      `
generator outer @outer running
function generator @generator running
function helper @helper running`,
    );
  });

  it('P6 two generators of one function, each by itself', () => {
    const inner = programs.nested(null, () => [extract(inner), extract(outer)]);
    const outer = programs.nested(inner);
    const [fromInner, fromOuter] = outer.next().value as unknown[];
    expectRunning(
      fromInner,
      `
generator nested @nested-inner running
function helper @helper running`,
    );
    expectRunning(
      fromOuter,
      `
generator nested @nested-outer running
function nested @nested-inner running
function helper @helper running`,
    );
  });

  it('P6 an async function, and the ones that wait for it', async () => {
    const stacks: Stack[] = [];
    // eslint-disable-next-line prefer-const -- asked for before it is there
    let target: unknown;
    const look = (): void => {
      if (target !== undefined) stacks.push(extract(target));
    };
    target = programs.awaits(look);
    await target;
    expect(stacks).toHaveLength(1);
    expectRunning(
      stacks[0],
      `
async-function awaits @awaits
async-function asyncFunction @async-later running
function helper @helper running`,
    );
  });

  it('P6 an async generator, through yield*', async () => {
    const target = programs.delegatesAsync(() => extract(target));
    const { value } = (await target.next()) as { value: Stack };
    expectRunning(
      value,
      `
async-generator delegatesAsync @delegates-async
async-generator asyncGenerator @async-generator running
function helper @helper running`,
    );
  });

  it('P6 the promise of next() of an async generator that runs', async () => {
    const generator = programs.asyncGenerator(() => extract(target));
    const target: Promise<IteratorResult<unknown>> = generator.next();
    const { value } = (await target) as { value: Stack };
    expectRunning(
      value,
      `
async-generator asyncGenerator @async-generator running
function helper @helper running`,
    );
  });

  it('P14 the outermost frame of a running one', () => {
    const target = programs.outer(() => extractOutermost(target));
    const frame = target.next().value as Stack['frames'][0];
    expect(frame.functionName).toBe('outer');
    expect(frame.state).toBe('running');
  });

  type Locked = { stack: string; error?: string };

  it('finds the stack without changing a locked Error', async () => {
    const { stack, error } = await runForJson<Locked>('locked-stack.cjs');
    expect(error).toBeUndefined();
    expect(stack).toMatch(/^generator running .* running$/m);
    expect(stack).not.toContain('extract');
  });

  it('P7 its own frame and an error when its stack cannot be found', async () => {
    const { stack, error } = await runForJson<Locked>('locked-stack.cjs', {
      env: { ASYNCTB_DISABLE: 'runningFrames' },
    });
    expect(stack).toMatch(/^generator running .* running$/m);
    expect(error).toBe('ERR_ASYNCTB_NO_RUNNING_STACK');
  });
});

const { first, second, third, helper, recursive, bound } = programs;

const chain = (act: () => Stack): Stack => first(act) as Stack;

const wholeChain = `
function first @first running
function second @second running
function third @third running`;

describe('P10 slices of the running stack', () => {
  it('P10 since a function: from its frame inward', () => {
    expectRunning(
      chain(() => extractSince(second)),
      `
function second @second running
function third @third running`,
    );
    expectRunning(
      chain(() => extractSince(first)),
      wholeChain,
    );
  });

  it('P10 since null: all of the stack', () => {
    const stack = chain(() => extractSince(null));
    const from = stack.frames.findIndex(
      ({ functionName }) => functionName === 'first',
    );
    expect(from).toBeGreaterThan(0);
    expect(stack.root).toBeNull();
    stack.frames.splice(0, from);
    expectRunning(stack, wholeChain);
  });

  it('P10 since with maxFrames keeps the outermost', () => {
    expectStack(
      chain(() => extractSince(first, { maxFrames: 2 })),
      `
function first @first running
function second @second running`,
    );
    expectStack(
      chain(() => extractSince(first, { maxFrames: 0 })),
      '(no frames)',
    );
  });

  it('P10 until a function: its frame is the last, the limit keeps the innermost', () => {
    expectStack(
      chain(() => extractUntil(third, { limit: 3 })),
      wholeChain,
    );
    expectStack(
      chain(() => extractUntil(second, { limit: 1 })),
      'function second @second running',
    );
    const unlimited = chain(() => extractUntil(third));
    expect(unlimited.length).toBeGreaterThan(3);
    expect(unlimited.frames.at(-1)?.functionName).toBe('third');
  });

  it('P10 a limit of 0 is no frames', () => {
    expectStack(
      chain(() => extractUntil(third, { limit: 0 })),
      '(no frames)',
    );
    expectStack(
      chain(() => extractUntil(null, { limit: 0 })),
      '(no frames)',
    );
  });

  it('P10 a limit that is a function is the first frame', () => {
    expectStack(
      chain(() => extractUntil(third, { limit: first })),
      wholeChain,
    );
    expectStack(
      chain(() => extractUntil(second, { limit: second })),
      'function second @second running',
    );
  });

  it('P10 a limit that lies inside of the last frame leaves nothing', () => {
    expectStack(
      chain(() => extractUntil(first, { limit: third })),
      '(no frames)',
    );
  });

  it('P10 until null: down to the caller', () => {
    expectRunning(
      chain(() => extractUntil(null, { limit: 4 })),
      wholeChain,
    );
    expect(chain(() => extractUntil(null)).length).toBeGreaterThan(4);
  });

  it('P10 of a function that runs several times the innermost counts', () => {
    expectRunning(
      recursive(2, () => extractSince(recursive)),
      'function recursive @bottom running',
    );
    expectStack(
      recursive(2, () => extractUntil(recursive, { limit: 3 })) as Stack,
      `
function recursive @recursion running
function recursive @recursion running
function recursive @bottom running`,
    );
  });

  it('P10 built-ins in between do not count', () => {
    const machine = new programs.Machine();
    expectRunning(
      machine.run(() => extractSince(machine.run)),
      `
function run @map running
function <anonymous> @callback running
function step @step running`,
    );
    expectRunning(
      machine.run(() => extractUntil(null, { limit: 3 })),
      `
function <anonymous> @callback running
function step @step running`,
    );
  });

  it('P10 strict functions, bound ones, and the test itself', () => {
    const here = (): Stack => extractSince(here);
    expect(here().length).toBe(1);
    expect(here().frames[0]?.functionName).toBe('here');
    expect(bound(() => extractSince(second))).toHaveLength(3);
  });

  it.each([
    ['since', () => extractSince(helper)],
    ['until', () => extractUntil(helper)],
    ['limit', () => extractUntil(null, { limit: helper })],
  ])('P10 a function that does not run: %s', (_name, act) => {
    expectStack(chain(act), 'error ERR_ASYNCTB_NOT_RUNNING');
  });

  it('P10 leaves Error as it was', () => {
    const before = Object.getOwnPropertyDescriptors(Error);
    chain(() => extractSince(null));
    expect(Object.getOwnPropertyDescriptors(Error)).toEqual(before);
  });
});

describe('async callers of what runs', () => {
  const functions = ['inner', 'middle', 'outer', 'called'];

  async function inner(): Promise<string[][]> {
    await null;
    const names = (stack: Stack): string[] =>
      stack.frames
        // Not those of the test itself, which waits too.
        .filter((frame) => functions.includes(frame.functionName))
        .map((frame) => `${frame.functionName} ${frame.state}`);
    return [
      names(extractSince(null, { awaiters: true })),
      names(extractUntil(null, { awaiters: true })),
      names(extractSince(null)),
      names(extractUntil(null, { limit: 1, awaiters: true })),
      names(called()),
    ];
  }

  function called(): Stack {
    return extractSince(called, { awaiters: true });
  }

  async function middle(): Promise<string[][]> {
    return await inner();
  }

  async function outer(): Promise<string[][]> {
    const found = await middle();
    return found;
  }

  it('are branches where several wait', async () => {
    async function shared(): Promise<Stack> {
      await null;
      return extractSince(null, { awaiters: true });
    }
    async function one(of: Promise<Stack>): Promise<Stack> {
      return await of;
    }
    async function other(of: Promise<Stack>): Promise<Stack> {
      return await of;
    }
    const running = shared();
    const [stack] = await Promise.all([one(running), other(running)]);
    const [several] = stack.frames;
    expect(several?.functionName).toBe('awaited by 2');
    const waiting = several?.branches.map(
      ({ frames }) => frames.at(-1)?.functionName,
    );
    expect(waiting).toEqual(['one', 'other']);
    expect(stack.frames.map(({ functionName }) => functionName)).toContain(
      'shared',
    );
  });

  it('stand before a resumed async function', async () => {
    const [since, until, without, one, fromCalled] = await outer();
    const callers = ['outer suspended', 'middle suspended'];
    expect(since).toEqual([...callers, 'inner running']);
    expect(until).toEqual(since);
    expect(without).toEqual(['inner running']);
    expect(one).toEqual(since);
    // Its caller is on the stack, and was not asked for.
    expect(fromCalled).toEqual(['called running']);
  });
});
