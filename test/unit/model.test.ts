// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

import { setFlagsFromString } from 'node:v8';
import { inspect } from 'node:util';
import { runInNewContext } from 'node:vm';
import { describe, expect, test } from 'vitest';
import { dumpFromRaw } from '../../lib/model/dump-from-raw.js';
import { AsynctbError } from '../../lib/base/errors.js';
import { Frame } from '../../lib/model/frame.js';
import {
  PENDING_PROMISE,
  READY_TO_RESUME,
} from '../../lib/model/placeholder.js';
import { Stack } from '../../lib/model/stack.js';
import type { RawError } from '../../lib/base/capture.js';
import { NodeType } from '../../lib/base/capture-schema.js';
import {
  makeFrame,
  makeSite,
  META,
  RAW_PROCESS,
  RawThreadBuilder,
} from './model-fixtures.js';

let nextCount = 10_000;

/** The stack of one more group, smaller than those before, as the largest come first. */
function stackOf(
  builder: RawThreadBuilder,
  node: number,
  maxFrames?: number,
): Stack {
  builder.group(nextCount--, node);
  const dump = dumpFromRaw([builder.build()], RAW_PROCESS, META, { maxFrames });
  const stack = dump.threads[0]?.groups.at(-1)?.stack;
  if (stack === undefined) throw new Error('no group');
  return stack;
}

describe('frames and stacks', () => {
  test('a stack is iterable and has a length', () => {
    const frames = [makeFrame({ name: 'a' }), makeFrame({ name: 'b' })];
    const stack = new Stack(1, frames);
    expect([...stack]).toEqual(frames);
    expect(stack.length).toBe(2);
    expect(stack.leaves).toEqual([]);
    expect(stack.error).toBeNull();
  });

  test('what a frame says of its place', () => {
    const frame = makeFrame({ line: null, column: null });
    expect(frame.functionName).toBe('load');
    expect(frame.scriptName).toBe('/app/src/load.js');
    expect(frame.lineNumber).toBeNull();
    expect(frame.columnNumber).toBeNull();
    expect(frame.lineText).toBe('  const r = await fetch(url)');
    expect(frame.kind).toBe('async-function');
    expect(frame.generated).toBeNull();
    expect(frame.internal).toBe(false);
    expect(makeFrame({ script: 'node:fs' }).internal).toBe(true);
  });

  test('lists are of one frame, and can be changed and replaced', () => {
    const site = makeSite();
    const one = new Frame(site, 'suspended');
    const other = new Frame(site, 'suspended');
    one.branches.push(new Stack(1));
    expect(one.branches).toHaveLength(1);
    expect(other.branches).toEqual([]);
    one.branches = [];
    expect(one.branches).toEqual([]);
    one.resources = [];
    expect(one.resources).not.toBe(other.resources);
  });

  test('P16 the origin is held weakly', () => {
    setFlagsFromString('--expose-gc');
    const collect = runInNewContext('gc') as () => void;
    const kept = {};
    const frames = [
      new Frame(makeSite(), 'suspended', null, undefined, kept),
      new Frame(makeSite(), 'suspended', null, undefined, {}),
      new Frame(makeSite(), 'suspended'),
    ];
    return new Promise<void>((resolve) => {
      // What a WeakRef was made of lives at least until the end of the job.
      setImmediate(() => {
        collect();
        expect(frames.map((frame) => frame.origin)).toEqual([kept, null, null]);
        resolve();
      });
    });
  });

  test('the console shows them as text', () => {
    const stack = new Stack(undefined, [makeFrame()]);
    expect(inspect(stack)).toBe(stack.toString());
    expect(inspect(stack.frames[0])).toBe(
      'Frame { load at /app/src/load.js:14:13 }',
    );
  });

  test('placeholders are read as text', () => {
    expect(String(PENDING_PROMISE)).toBe('Promise { <pending> }');
    expect(JSON.stringify([READY_TO_RESUME])).toBe('["(ready to resume)"]');
  });
});

describe('a dump from raw data', () => {
  test('the fields of a dump', () => {
    const builder = new RawThreadBuilder();
    builder.group(3, builder.frame(builder.site()));
    const raw = builder.build({ threadId: 5, name: 'w' });
    const dump = dumpFromRaw([raw], RAW_PROCESS, META);
    expect(dump).toMatchObject({
      process: RAW_PROCESS,
      time: META.time,
      reason: 'signal',
    });
    expect(dump.process.argv).not.toBe(RAW_PROCESS.argv);
    const [thread] = dump.threads;
    expect(thread).toMatchObject({
      threadId: 5,
      name: 'w',
      status: 'ok',
      activity: 'idle',
      running: null,
      error: null,
      taskCount: 3,
      omitted: { groups: 0, tasks: 0 },
      stats: raw.stats,
    });
    expect(thread?.groups.map((group) => group.count)).toEqual([3]);
    expect(inspect(dump)).toBe(dump.toString());
  });

  test('a chain, and the same place described once', () => {
    const builder = new RawThreadBuilder();
    const site = builder.site();
    const module = builder.site({ kind: 'module', name: '' }, 'not-started');
    const end = builder.frame(site, builder.leaf());
    const stack = stackOf(
      builder,
      builder.frame(module, builder.frame(site, end)),
    );
    expect(stack.frames.map((frame) => [frame.kind, frame.state])).toEqual([
      ['module', 'not-started'],
      ['async-function', 'suspended'],
      ['async-function', 'suspended'],
    ]);
    expect(stack.frames[1]?.site).toBe(stack.frames[2]?.site);
    expect(stack.leaves).toEqual([PENDING_PROMISE]);
    expect(stack.error).toBeNull();
  });

  test('a group keeps its stack once it was asked for', () => {
    const builder = new RawThreadBuilder();
    builder.group(1, builder.frame(builder.site()));
    const dump = dumpFromRaw([builder.build()], RAW_PROCESS, META);
    const group = dump.threads[0]?.groups[0];
    expect(group?.peek()).not.toBe(group?.peek());
    expect(group?.stack).toBe(group?.stack);
    expect(group?.peek()).toBe(group?.stack);
  });

  test('combinators with their inputs', () => {
    const builder = new RawThreadBuilder();
    const load = builder.frame(builder.site());
    const inputs = [
      [0, load],
      [-1, builder.ready()],
    ] as const;
    const stack = stackOf(
      builder,
      builder.combinator('Promise.any', inputs, 5, builder.leaf()),
    );
    const [frame] = stack.frames;
    expect(frame?.functionName).toBe('Promise.any');
    expect(frame?.kind).toBe('combinator');
    expect(frame?.inputs).toEqual({ total: 5, pending: 2 });
    expect(frame?.branches.map((each) => each.branchIndex)).toEqual([0, null]);
    expect(frame?.branches[0]?.frames).toHaveLength(1);
    expect(frame?.branches[1]?.leaves).toEqual([READY_TO_RESUME]);
    expect(stack.leaves).toEqual([PENDING_PROMISE]);
  });

  test('a cycle is an error at its place', () => {
    const builder = new RawThreadBuilder();
    const stack = stackOf(
      builder,
      builder.frame(builder.site(), builder.cycle()),
    );
    expect(stack.frames).toHaveLength(1);
    expect(stack.error).toMatchObject({ code: 'ERR_ASYNCTB_CYCLE' });
  });

  test('what runs, outermost first', () => {
    const builder = new RawThreadBuilder();
    const running = Int32Array.of(
      builder.site({ name: 'outer' }),
      builder.site({ name: 'inner' }),
    );
    const dump = dumpFromRaw(
      [
        builder.build({ running }),
        builder.build({ running: Int32Array.of(9) }),
      ],
      RAW_PROCESS,
      META,
      { maxFrames: 1 },
    );
    const [first, second] = dump.threads.map((thread) => thread.running);
    expect(first?.frames.map((frame) => frame.functionName)).toEqual(['outer']);
    expect(first?.frames[0]?.state).toBe('running');
    expect(first?.error).toMatchObject({ code: 'ERR_ASYNCTB_MAX_FRAMES' });
    expect(second?.error).toMatchObject({ code: 'ERR_ASYNCTB_BAD_CAPTURE' });
  });

  test('errors of a thread: none, one, several', () => {
    const errors = [
      { code: 'ERR_A', message: 'a' },
      { code: 'ERR_B', message: 'b' },
    ];
    const build = (some: readonly RawError[]) =>
      new RawThreadBuilder().build({ errors: some });
    const dump = dumpFromRaw(
      [build([]), build(errors.slice(0, 1)), build(errors)],
      RAW_PROCESS,
      META,
    );
    const [none, one, both] = dump.threads.map((thread) => thread.error);
    expect(none).toBeNull();
    expect(one).toBeInstanceOf(AsynctbError);
    expect(one).toMatchObject({ code: 'ERR_A', message: 'a' });
    expect(both).toBeInstanceOf(AggregateError);
    expect(both).toMatchObject({
      errors: [{ code: 'ERR_A' }, { code: 'ERR_B' }],
    });
  });
});

describe('raw data without bounds', () => {
  test('10,000 frames fit, one more is an error', () => {
    const builder = new RawThreadBuilder();
    const site = builder.site();
    let node = builder.leaf();
    for (let depth = 0; depth < 10_000; depth++) {
      node = builder.frame(site, node);
    }
    const exact = stackOf(builder, node);
    const deeper = new RawThreadBuilder();
    let below = deeper.leaf();
    for (let depth = 0; depth <= 10_000; depth++)
      below = deeper.frame(deeper.site(), below);
    expect(exact.frames).toHaveLength(10_000);
    expect(exact.leaves).toHaveLength(1);
    expect(exact.error).toBeNull();
    const over = stackOf(deeper, below);
    expect(over.frames).toHaveLength(10_000);
    expect(over.error).toMatchObject({ code: 'ERR_ASYNCTB_MAX_FRAMES' });
    expect(over.format()).toContain('more than 10000 frames and branches');
  });

  test('4,000 combinators inside of each other', () => {
    const builder = new RawThreadBuilder();
    let node = builder.frame(builder.site({ name: 'innermost' }));
    for (let depth = 0; depth < 4_000; depth++) {
      node = builder.combinator('Promise.all', [[0, node]], 1);
    }
    let stack: Stack | undefined = stackOf(builder, node);
    for (let depth = 0; depth < 4_000; depth++) {
      stack = stack?.frames[0]?.branches[0];
    }
    expect(stack?.frames[0]?.functionName).toBe('innermost');
  });

  test('shared nodes that would unfold to 2 to the 200 stacks', () => {
    const builder = new RawThreadBuilder();
    const site = builder.site();
    let node = builder.frame(site);
    for (let depth = 0; depth < 200; depth++) {
      const all = builder.combinator(
        'Promise.all',
        [
          [0, node],
          [1, node],
        ],
        2,
      );
      node = builder.frame(site, all);
    }
    const stack = stackOf(builder, node);
    expect(stack.error).toMatchObject({ code: 'ERR_ASYNCTB_MAX_FRAMES' });
    expect(stack.format()).toContain('ERR_ASYNCTB_MAX_FRAMES');
  });

  test('a combinator with more inputs than the limit: the first ones', () => {
    const builder = new RawThreadBuilder();
    const load = builder.frame(builder.site());
    const inputs = Array.from(
      { length: 50 },
      (_, index) => [index, load] as const,
    );
    const all = builder.combinator('Promise.all', inputs, 50);
    const stack = stackOf(builder, all, 20);
    const branches = stack.frames[0]?.branches ?? [];
    expect(branches.map((each) => each.branchIndex)).toEqual(
      Array.from({ length: 19 }, (_, index) => index),
    );
    expect(stack.frames[0]?.inputs).toEqual({ total: 50, pending: 50 });
    expect(stack.error).toMatchObject({ code: 'ERR_ASYNCTB_MAX_FRAMES' });
  });

  test('a cycle beside a cut branch: both are said', () => {
    const builder = new RawThreadBuilder();
    const load = builder.frame(builder.site());
    const inputs = Array.from(
      { length: 5 },
      (_, index) => [index, load] as const,
    );
    const all = builder.combinator('Promise.all', inputs, 5, builder.cycle());
    expect(stackOf(builder, all, 3).error).toMatchObject({
      errors: [
        { code: 'ERR_ASYNCTB_CYCLE' },
        { code: 'ERR_ASYNCTB_MAX_FRAMES' },
      ],
    });
  });

  test('nodes that point at themselves', () => {
    const builder = new RawThreadBuilder();
    const frame = builder.node(NodeType.frame, builder.site(), 0);
    expect(stackOf(builder, frame).error).toMatchObject({
      code: 'ERR_ASYNCTB_MAX_FRAMES',
    });
    const leaf = builder.node(NodeType.leaf, 0, 1);
    expect(stackOf(builder, leaf).leaves).toHaveLength(1);
  });

  test('what does not exist is reported, not thrown', () => {
    const builder = new RawThreadBuilder();
    const site = builder.site();
    const damaged = [
      999,
      -7,
      builder.node(77),
      builder.frame(999),
      builder.frame(site, 999),
      builder.node(1, 99),
    ];
    for (const node of damaged) {
      expect(stackOf(builder, node).error).toMatchObject({
        code: 'ERR_ASYNCTB_BAD_CAPTURE',
      });
    }
    const missing = builder.node(1, 0, -1, 500, 1);
    const branch = stackOf(builder, missing).frames[0]?.branches[0];
    expect(branch?.error).toMatchObject({ code: 'ERR_ASYNCTB_BAD_CAPTURE' });
  });
});
