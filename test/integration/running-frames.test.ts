// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

import {
  capabilities,
  customize,
  dump,
  elaborateFrame,
  elaborateResource,
  extract,
  extractSince,
  extractUntil,
  type Frame,
  localResource,
  PRUNE,
  type Stack,
  StackSlice,
  unwrapGeneratorResource,
} from 'asynctb';
import { types } from 'node:util';
import { describe, expect, it } from 'vitest';
import { runFormatters } from '../support/assert-stack';
import { runChild, runForJson } from '../support/child';
import { loadProgram } from '../support/forms';
import { frameOf, namesOf, registering } from '../support/hooks';

type Look = (...found: unknown[]) => unknown;
type AnyFunction = (...args: never[]) => unknown;

interface Programs {
  outermost: (look: Look) => unknown;
  middle: (look: Look) => unknown;
  innermost: (look: Look) => unknown;
  closures(depth: number, look: Look): AnyFunction[];
  Machine: new () => { run(look: Look): unknown; step: AnyFunction };
  sloppy: (look: Look) => unknown;
  variables: (first: number, look: Look) => unknown;
  withArguments: (look: Look) => unknown;
  withGetter: (look: Look) => number;
  hidesByLocal: (look: Look) => unknown;
  hidesBySymbol: (look: Look) => unknown;
  holds: (make: () => unknown, look: Look) => unknown;
  mentionsLocal: (look: Look) => unknown;
  generator(look: Look): Generator;
  generatorHolds(held: unknown, look: Look): Generator;
  task: (look: Look) => Promise<unknown[]>;
}

const programs = loadProgram<Programs>('running-frames.cjs');
const { innermost, Machine, middle, outermost, variables } = programs;
const register = registering();

/** The stack from the frame of `fn` to the one that has called `look`. */
function since(
  fn: AnyFunction,
  call: (look: Look) => unknown,
  options: Parameters<typeof extractSince>[1] = {},
): Stack {
  let stack: Stack | null = null;
  call(() => {
    stack = extractSince(fn, options);
  });
  const found = stack as Stack | null;
  if (found === null) throw new Error('the function has not run');
  expect(() => runFormatters(found)).not.toThrow();
  return found;
}

const chain = (options?: Parameters<typeof extractSince>[1]): Stack =>
  since(outermost, outermost, options);

const firstOf = (stack: Stack): Frame => stack.frames[0] as Frame;

describe('what a running frame is of', () => {
  it('P10 the function of a running frame', () => {
    const stack = chain();
    expect(stack.frames.slice(0, 3).map((frame) => frame.function)).toEqual([
      outermost,
      middle,
      innermost,
    ]);
    expect(capabilities().runningFrames).toMatchObject({ available: true });
    const until: Stack[] = [];
    outermost(() => until.push(extractUntil(innermost, { limit: 2 })));
    expect(until[0]?.frames.map((frame) => frame.function)).toEqual([
      middle,
      innermost,
    ]);
  });

  it('P10 the function of a running frame: each closure of one source by itself', () => {
    let stack: Stack | null = null;
    const made = programs.closures(5, () => {
      stack = extractSince(null);
    });
    const found = (stack as Stack | null)?.frames
      .filter(({ functionName }) => functionName === 'closure')
      .map((frame) => frame.function);
    expect(found).toHaveLength(5);
    made.forEach((each, index) => expect(found?.[index]).toBe(each));
  });

  it('P10 the function of a running frame, far out', () => {
    const deep = (depth: number, look: Look): unknown =>
      depth === 0 ? look() : deep(depth - 1, look);
    let stack: Stack | null = null;
    deep(2_000, () => {
      stack = extractSince(null);
    });
    const found = (stack as Stack | null)?.frames.filter(
      (frame) => frame.function === deep,
    );
    expect(found).toHaveLength(2_001);
  });

  it('P10 the receiver of a running frame, of a strict and of a sloppy function', () => {
    const machine = new Machine();
    const stack = since(machine.step, (look) => machine.run(look));
    expect(firstOf(stack).receiver).toBe(machine);
    // A function of its own.
    const inside = stack.frames[1] as Frame;
    expect(inside.receiver).toBeUndefined();
    const object = { sloppy: programs.sloppy };
    const called = since(programs.sloppy, (look) => object.sloppy(look));
    expect(firstOf(called).receiver).toBe(object);
  });

  it('P6 the functions of running frames inside of a generator', () => {
    const stacks: Stack[] = [];
    const target = programs.generator(() => stacks.push(extract(target)));
    target.next();
    const [own, called] = stacks[0]?.frames ?? [];
    expect(own).toMatchObject({ kind: 'generator', state: 'running' });
    expect(own?.function).toBe(programs.generator);
    expect(own?.origin).toBe(target);
    expect(called?.function).toBe(innermost);
  });

  it('P6 the functions of running frames inside of an async function', async () => {
    const stacks: Stack[] = [];

    let target: unknown;
    // eslint-disable-next-line prefer-const -- asked for before it is there
    target = programs.task(() => stacks.push(extract(target)));
    await target;
    expect(
      stacks[0]?.frames.slice(0, 2).map((frame) => frame.function),
    ).toEqual([programs.task, innermost]);
  });

  it('P10 the variables of a running frame', () => {
    const stack = since(variables, (look) => variables(1, look), {
      locals: true,
    });
    const { locals } = firstOf(stack);
    expect(locals).toMatchObject({ first: 1, second: [1], found: undefined });
    expect(Object.keys(locals ?? {}).sort()).toEqual(
      ['first', 'found', 'inBlock', 'kept', 'later', 'look', 'second'].sort(),
    );
    expect(firstOf(since(variables, (look) => variables(1, look))).locals).toBe(
      null,
    );
  });

  it('P10 the arguments of a running frame, where it speaks of them', () => {
    const stack = since(programs.withArguments, programs.withArguments, {
      locals: true,
    });
    expect(firstOf(stack).locals).toHaveProperty('arguments');
    expect(chain({ locals: true }).frames[0]?.locals).not.toHaveProperty(
      'arguments',
    );
  });

  it('P10 no getter of a variable of a running frame runs', () => {
    let reads = -1;
    since(
      programs.withGetter,
      (look) => {
        reads = programs.withGetter(look);
      },
      { locals: true },
    );
    expect(reads).toBe(0);
  });

  it('P10 optimized: the functions, inlined ones too, and nothing changes', async () => {
    interface Found {
      before: boolean;
      during: boolean;
      after: boolean;
      found: unknown[];
    }
    const { found, ...isOptimized } = await runForJson<Found>(
      'optimized-frames.cjs',
      { flags: ['--allow-natives-syntax'] },
    );
    expect(isOptimized).toEqual({ before: true, during: true, after: true });
    expect(found.slice(0, 2)).toEqual([
      { name: 'optimized', isFunction: true, isReceiver: false, locals: null },
      { name: 'inlined', isFunction: true, isReceiver: true, locals: null },
    ]);
  });

  it('P10 without the capability there is the place alone, and a reason', async () => {
    const { stdout } = await runChild('without-running-frames.cjs', {
      env: { ASYNCTB_DISABLE: 'runningFrames' },
    });
    expect(JSON.parse(stdout)).toEqual({
      capability: {
        available: false,
        reason: 'switched off by ASYNCTB_DISABLE',
      },
      names: ['outermost', 'middle', 'innermost'],
      functions: [null, null, null],
      hidden: [false, false, false],
    });
  });
});

describe('hooks on running frames', () => {
  it('P41 a hook of a running frame sees it, and what comes next', () => {
    const seen: unknown[] = [];
    register(
      elaborateFrame.register(middle, (frame, next) => {
        seen.push(frame.function, (next as Frame).function);
        frame.hideLine = true;
      }),
    );
    const stack = chain();
    expect(seen).toEqual([middle, innermost]);
    expect(frameOf(stack, 'middle').hideLine).toBe(true);
    expect(stack.error).toBeNull();
  });

  it('P41 a hook of a running frame replaces, inserts and cuts', () => {
    const leaf = { leaf: true };
    const takeBack = elaborateFrame.register(middle, () => [leaf]);
    const replaced = chain();
    takeBack();
    expect(namesOf(replaced)).toEqual(['outermost', 'middle']);
    expect(replaced.leaves).toEqual([leaf]);
    register(elaborateFrame.register(middle, () => PRUNE));
    expect(namesOf(chain())).toEqual(['outermost', 'middle']);
    // Any way to the running stack.
    const slice = new StackSlice({ outer: outermost });
    let found: Stack | null = null;
    outermost(() => {
      found = extract(slice);
    });
    expect(namesOf(found as unknown as Stack)).toEqual(['outermost', 'middle']);
  });

  it('P41 a hook of a running frame inside of a generator', () => {
    register(elaborateFrame.register(innermost, () => PRUNE));
    const stacks: Stack[] = [];
    const target = programs.generator(() => stacks.push(extract(target)));
    target.next();
    expect(namesOf(stacks[0] as Stack)).toEqual(['generator', 'innermost']);
  });

  it('P44 the rules of a running frame', () => {
    register(
      customize(outermost, { hide: true }),
      customize(middle, { hideLine: true }),
      customize(innermost, { prune: true }),
    );
    const stack = chain();
    expect(stack.frames.map(({ hide, hideLine }) => [hide, hideLine])).toEqual([
      [true, false],
      [false, true],
      [false, false],
    ]);
  });

  it('P44 the rules of a running frame in a dump of the own thread', () => {
    register(customize(middle, { hide: true }));
    let text = '';
    let frames: readonly Frame[] = [];
    outermost(() => {
      const found = dump();
      text = found.toString();
      frames =
        found.threads.find(({ running }) => running)?.running?.frames ?? [];
    });
    expect(text).toContain('outermost at');
    expect(text).not.toContain('middle at');
    expect(
      frames
        .filter(({ functionName }) => /^(outer|inner)most$/.test(functionName))
        .map(({ hide }) => hide),
    ).toEqual([false, false]);
  });

  it('P46 a variable of a running frame, or a property of its function', () => {
    const { hidesByLocal, hidesBySymbol, mentionsLocal } = programs;
    const hides = (fn: (look: Look) => unknown): boolean =>
      firstOf(since(fn, fn)).hide;
    expect(hides(hidesByLocal)).toBe(true);
    expect(hides(hidesBySymbol)).toBe(true);
    expect(hides(mentionsLocal)).toBe(false);
    expect(firstOf(since(hidesByLocal, hidesByLocal)).locals).toBeNull();
  });

  it('P46 a running frame stays hidden with a hook on its function', () => {
    const { hidesByLocal } = programs;
    register(elaborateFrame.register(hidesByLocal, () => undefined));
    expect(firstOf(since(hidesByLocal, hidesByLocal)).hide).toBe(true);
  });

  it('P30 a variable of a running frame that is a resource', () => {
    class Lock {}
    register(localResource.register(Lock));
    const lock = new Lock();
    const stack = since(programs.holds, (look) =>
      programs.holds(() => lock, look),
    );
    const [resource, ...others] = firstOf(stack).resources;
    expect(resource).toMatchObject({ value: lock, name: 'kept' });
    expect(firstOf(stack).lineText).toContain('return look(kept)');
    expect(resource?.lineNumber).toBe((firstOf(stack).lineNumber ?? 0) - 1);
    expect(others).toEqual([]);
  });

  it('P42 the hooks of what a running frame holds', () => {
    class Lock {}
    register(
      localResource.register(Lock),
      elaborateResource.register(Lock, (_value, resource) => {
        resource.description = 'a lock';
      }),
    );
    const stack = since(programs.holds, (look) =>
      programs.holds(() => new Lock(), look),
    );
    expect(firstOf(stack).resources[0]?.description).toBe('a lock');
  });

  it('P43 the hook of a generator that a running frame holds', () => {
    const inner = { inner: true };
    register(
      localResource.register(types.isGeneratorObject),
      unwrapGeneratorResource.register(programs.generator, () => inner),
    );
    const held = programs.generator(() => undefined);
    const stack = since(programs.holds, (look) =>
      programs.holds(() => held, look),
    );
    expect(firstOf(stack).resources[0]?.value).toBe(inner);
  });
});

describe('what a running generator holds', () => {
  it('P26 a generator: its own stack', () => {
    register(localResource.register(types.isGeneratorObject));
    const held = programs.generator(() => undefined);
    held.next();
    const stacks: Stack[] = [];
    const target = programs.generatorHolds(held, () =>
      stacks.push(extract(target)),
    );
    target.next();
    const [resource] = stacks[0]?.frames[0]?.resources ?? [];
    expect(resource).toMatchObject({ value: held, name: 'held' });
    expect(namesOf(resource?.innerStack as Stack)).toEqual(['generator']);
  });
});

describe('a debugger that has paused', () => {
  it('P10 running frames are found, and what is returned stays as it was', async () => {
    const { stdout, stderr } = await runChild('paused-frames.cjs');
    expect(stderr).toBe('');
    expect(JSON.parse(stdout)).toEqual({
      paused: ['returns', 'returns'],
      functions: true,
      returned: { kept: true },
    });
  });
});
