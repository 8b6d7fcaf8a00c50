// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

import {
  extract,
  extractMany,
  extractOutermost,
  type Frame,
  unwrapItem,
} from 'asynctb';
import { describe, expect, it } from 'vitest';
import { expectStack } from '../support/assert-stack';
import { loadProgram } from '../support/forms';
import { hookPrograms, namesOf, registering } from '../support/hooks';

const { Box, SpecialBox, Steps, started } = hookPrograms;
const { innermost, middle, other, delegatesTo, leafTask, task } = hookPrograms;
const { deferred } = loadProgram<{
  deferred(): { promise: Promise<unknown>; resolve(value: unknown): void };
}>('deferred.cjs');

const register = registering();
type AnyBox = InstanceType<typeof Box>;
const content = (box: AnyBox): unknown => box.content;

const middleChain = `
generator middle @middle
generator innermost @innermost`;

describe('P40 unwrapItem', () => {
  it('P40 a hook leads to an item that is known', () => {
    register(unwrapItem.register(Box, content));
    const box = new Box(started(middle));
    const stack = extract(box);
    expectStack(stack, middleChain);
    expect(stack.root).toBe(box);
    expect(stack.leaves).toEqual([]);
  });

  it('P40 a hook leads through several items, and to a promise', async () => {
    register(unwrapItem.register(Box, content));
    const gate = deferred();
    expectStack(
      extract(new Box(new Box(new Box(task(gate.promise))))),
      `
async-function task @task
async-function leafTask @leaf-task
leaf promise`,
    );
    gate.resolve(1);
  });

  it('P40 undefined makes a leaf', () => {
    register(unwrapItem.register(Box, () => undefined));
    const box = new Box(1);
    const stack = extract(box);
    expect(stack.leaves).toEqual([box]);
    expectStack(stack, 'leaf Box');
  });

  it('P40 several items: holes are dropped, leaves collected', () => {
    register(
      unwrapItem.register(Box, () => [
        undefined,
        started(middle),
        null,
        7,
        started(other),
        'text',
      ]),
    );
    const stack = extract(new Box(1));
    expect(stack.leaves).toEqual([7, 'text']);
    expectStack(
      stack,
      `
generator middle @middle
generator innermost @innermost
generator other @other
generator otherInner @other-inner
leaf 7
leaf 'text'`,
    );
  });

  it('P40 an empty sequence is nothing', () => {
    register(unwrapItem.register(Box, () => []));
    expectStack(extract(new Box(1)), '(no frames)');
  });

  it('P40 a generator as the hook: what it yielded before it threw is kept', () => {
    const failure = new Error('half way');
    register(
      unwrapItem.register(Box, function* () {
        yield* extract(started(middle)).frames;
        yield started(other);
        throw failure;
      }),
    );
    const stack = extract(new Box(1));
    expect(namesOf(stack)).toEqual([
      'middle',
      'innermost',
      'other',
      'otherInner',
    ]);
    expect(stack.error).toBe(failure);
  });

  it('P40 a bound generator function yields as well', () => {
    function* hook(): Generator<unknown> {
      yield started(innermost);
    }
    register(unwrapItem.register(Box, hook.bind(null)));
    expectStack(extract(new Box(1)), 'generator innermost @innermost');
  });

  it.each<[string, (inner: Generator) => unknown]>([
    ['a Set', (inner) => new Set([inner])],
    ["an array's iterator", (inner) => [inner].values()],
    ["a Map's values", (inner) => new Map([[1, inner]]).values()],
    [
      'an object that makes iterators',
      (inner) => ({
        [Symbol.iterator]: () => [inner][Symbol.iterator](),
      }),
    ],
    ['a stack', (inner) => extract(inner)],
    ['its frames', (inner) => extract(inner).frames],
    ['its frame', (inner) => extract(inner).frames[0]],
  ])('P40 a hook may return %s', (_name, answer) => {
    const inner = started(innermost);
    register(unwrapItem.register(Box, () => answer(inner)));
    expectStack(extract(new Box(1)), 'generator innermost @innermost');
  });

  it('P40 a generator that a hook returns is an item and is not resumed', () => {
    const inner = innermost();
    register(unwrapItem.register(Box, () => inner));
    expect(extract(new Box(1)).frames[0]?.state).toBe('not-started');
    expect(inner.next()).toEqual({ value: 1, done: false });
  });

  it('P40 the most specific class wins, whatever came first', () => {
    register(
      unwrapItem.register(SpecialBox, () => 'special'),
      unwrapItem.register(Box, () => 'box'),
      unwrapItem.register(Object, (value) =>
        typeof value === 'object' ? 'object' : undefined,
      ),
    );
    expect(extract(new SpecialBox(1)).leaves).toEqual(['special']);
    expect(extract(new Box(1)).leaves).toEqual(['box']);
    expect(extract({}).leaves).toEqual(['object']);
  });

  it('P40 registered twice: the later one replaces, until it is taken back', () => {
    register(unwrapItem.register(Box, () => 'first'));
    const takeBack = unwrapItem.register(Box, () => 'second');
    expect(extract(new Box(1)).leaves).toEqual(['second']);
    takeBack();
    takeBack();
    expect(extract(new Box(1)).leaves).toEqual(['first']);
  });

  it('P40 predicates: the latest first, and after the classes', () => {
    const isBox = (value: unknown): value is AnyBox => value instanceof Box;
    register(
      unwrapItem.register(isBox, () => 'older'),
      unwrapItem.register(isBox, () => 'newer'),
    );
    expect(extract(new Box(1)).leaves).toEqual(['newer']);
    register(unwrapItem.register(Box, () => 'class'));
    expect(extract(new Box(1)).leaves).toEqual(['class']);
  });

  it('P40 primitives: by a predicate, or by the class that they belong to', () => {
    register(
      unwrapItem.register(
        (value) => value === 42,
        () => started(innermost),
      ),
      unwrapItem.register(String, () => 'unwrapped'),
    );
    expect(namesOf(extract(42))).toEqual(['innermost']);
    expect(extract(43).leaves).toEqual([43]);
    // One unwraps to itself: that is a loop, and says so.
    expect(extract('text').leaves).toEqual(['unwrapped']);
  });

  it('P40 a generator function stands for its generators', () => {
    register(
      unwrapItem.register(innermost as unknown as new () => object, () => 'it'),
    );
    expect(extract(started(innermost)).leaves).toEqual(['it']);
    const stack = extract(started(middle));
    expect(namesOf(stack)).toEqual(['middle']);
    expect(stack.leaves).toEqual(['it']);
  });

  it('P40 a hook goes before what is built in, in the middle of a chain too', async () => {
    const gate = deferred();
    const inner = leafTask(gate.promise);
    const waits = async (): Promise<void> => {
      await inner;
    };
    const outer = waits();
    const seen: unknown[] = [];
    register(
      unwrapItem.register(Promise, (promise) => {
        seen.push(promise);
        return promise === inner ? ['replaced'] : undefined;
      }),
    );
    const stack = extract(outer);
    expect(stack.leaves).toEqual(['replaced']);
    expect(namesOf(stack)).toEqual(['waits']);
    expect(seen).toHaveLength(2);
    expect(seen[0] === outer && seen[1] === inner).toBe(true);
    gate.resolve(1);
  });

  it('P40 the leaf of a chain goes to the hooks: a promise, an iterator', async () => {
    const gate = deferred();
    const steps = new Steps(started(innermost));
    register(
      unwrapItem.register(Steps, content),
      unwrapItem.register(
        (value) => value === gate.promise,
        () => started(other),
      ),
    );
    expectStack(
      extract(started(() => delegatesTo(steps))),
      `
generator delegatesTo @delegates-to
generator innermost @innermost`,
    );
    expect(namesOf(extract(leafTask(gate.promise)))).toEqual([
      'leafTask',
      'other',
      'otherInner',
    ]);
    gate.resolve(1);
  });

  it('P40 branches of a combinator go to the hooks too', async () => {
    const gates = [deferred(), deferred()];
    const [first] = gates;
    register(
      unwrapItem.register(
        (value) => value === first?.promise,
        () => started(innermost),
      ),
    );
    const target = hookPrograms.joins(gates.map(({ promise }) => promise));
    expectStack(
      extract(target),
      `
async-function joins @joins
Promise.all (2 of 2)
  [0]
    async-function task @task
    async-function leafTask @leaf-task
    generator innermost @innermost
  [1]
    async-function task @task
    async-function leafTask @leaf-task
    leaf promise`,
    );
    for (const gate of gates) gate.resolve(1);
    await target;
  });

  it('P40 a throwing hook: the error beside what is found without it', () => {
    const failure = new Error('from a hook');
    const fail = (): never => {
      throw failure;
    };
    register(unwrapItem.register(Box, fail), unwrapItem.register(Steps, fail));
    const box = new Box(1);
    const stack = extract(box);
    expect(stack.leaves).toEqual([box]);
    expect(stack.error).toBe(failure);
    const steps = new Steps(1);
    const longer = extract(started(() => delegatesTo(steps)));
    expect(namesOf(longer)).toEqual(['delegatesTo']);
    // Not compared by vitest, which would iterate over it without end.
    expect(longer.leaves[0] === steps).toBe(true);
    expect(longer.error).toBe(failure);
  });

  it('P40 several targets, each with its own hooks', () => {
    register(unwrapItem.register(Box, content));
    const stacks = extractMany([
      new Box(started(innermost)),
      started(middle),
      new Box(7),
      8,
    ]);
    expect(stacks.map(namesOf)).toEqual([
      ['innermost'],
      ['middle', 'innermost'],
      [],
      [],
    ]);
    expect(stacks.map(({ leaves }) => leaves)).toEqual([[], [], [7], [8]]);
  });

  it.each<[string, unknown]>([
    ['undefined', undefined],
    ['a string', 'Box'],
    ['an object', { prototype: {} }],
    ['a proxy of a class', new Proxy(Box, {})],
    ['an async function', async () => true],
  ])('P40 %s is neither class nor predicate', (_name, type) => {
    expect(() =>
      unwrapItem.register(type as typeof Box, () => undefined),
    ).toThrow(
      expect.objectContaining({
        name: 'TypeError',
        code: 'ERR_ASYNCTB_INVALID_ARG',
      }),
    );
  });

  it.each<[string, unknown]>([
    ['nothing', undefined],
    ['an async function', async () => undefined],
  ])('P40 %s is no hook', (_name, hook) => {
    expect(() => unwrapItem.register(Box, hook as () => unknown)).toThrow(
      expect.objectContaining({ code: 'ERR_ASYNCTB_INVALID_ARG' }),
    );
  });
});

describe('P14 extractOutermost', () => {
  it('P14 unwraps no more than the first frame needs', () => {
    const asked: string[] = [];
    register(
      unwrapItem.register(Box, function* () {
        asked.push('first');
        yield new SpecialBox(started(middle));
        asked.push('second');
        yield started(other);
      }),
      unwrapItem.register(SpecialBox, content),
    );
    expect(extractOutermost(new Box(1)).functionName).toBe('middle');
    expect(asked).toEqual(['first']);
  });

  it('P14 throws what a hook threw', () => {
    const failure = new Error('no luck');
    register(
      unwrapItem.register(Box, () => {
        throw failure;
      }),
    );
    expect(() => extractOutermost(new Box(1))).toThrow(failure);
  });

  it('P14 says what unwrapping reached', () => {
    register(unwrapItem.register(Box, () => [7, new SpecialBox(1)]));
    register(unwrapItem.register(SpecialBox, () => undefined));
    expect(() => extractOutermost(new Box(1))).toThrow(/only 7, SpecialBox/);
  });
});

describe('P16 origin', () => {
  it('P16 of a frame reached by a hook is the innermost object', () => {
    register(unwrapItem.register(Box, content));
    const generator = started(innermost);
    const [frame] = extract(new Box(generator)).frames as [Frame];
    expect(frame.origin).toBe(generator);
  });
});
