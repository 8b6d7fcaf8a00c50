// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

import {
  elaborateFrame,
  extract,
  extractOutermost,
  type Frame,
  PRUNE,
  unwrapItem,
} from 'asynctb';
import { inspectGenerator } from 'asynctb/lowlevel';
import { describe, expect, it } from 'vitest';
import { expectStack } from '../support/assert-stack';
import { frameOf, hookPrograms, namesOf, registering } from '../support/hooks';

const { Box, innermost, middle, other, otherInner, outermost, started } =
  hookPrograms;

const register = registering();
type AnyBox = InstanceType<typeof Box>;
type Hook = (frame: Frame, next: unknown) => unknown;

function onFrame(fn: () => Generator, hook: Hook): void {
  register(elaborateFrame.register(fn, hook));
}

const whole = `
generator outermost @outermost
generator middle @middle
generator innermost @innermost`;

describe('P41 elaborateFrame', () => {
  it('P41 nothing returned: the stack as it is, and the hook has seen it', () => {
    const seen: [string, unknown][] = [];
    onFrame(middle, (frame, next) => {
      seen.push([frame.functionName, (next as Frame).functionName]);
    });
    onFrame(innermost, (frame, next) => {
      seen.push([frame.functionName, next]);
    });
    expectStack(extract(started(outermost)), whole);
    expect(seen).toEqual([
      ['middle', 'innermost'],
      ['innermost', undefined],
    ]);
  });

  it('P41 the next thing may be a leaf', () => {
    let seen: unknown;
    const steps = new hookPrograms.Steps(1);
    onFrame(hookPrograms.delegatesTo as () => Generator, (_frame, next) => {
      seen = next;
    });
    extract(started(() => hookPrograms.delegatesTo(steps)));
    expect(seen).toBe(steps);
  });

  it('P41 a hook may change its frame', () => {
    onFrame(middle, (frame) => {
      frame.hide = true;
      frame.locals = { note: 1 };
    });
    const stack = extract(started(outermost));
    expect(frameOf(stack, 'middle').hide).toBe(true);
    expect(stack.format()).not.toContain('middle at');
    expect(stack.format({ showHiddenFrames: true, locals: true })).toContain(
      'note = 1',
    );
  });

  it('P41 an item replaces the rest', () => {
    onFrame(middle, () => started(other));
    expectStack(
      extract(started(outermost)),
      `
generator outermost @outermost
generator middle @middle
generator other @other
generator otherInner @other-inner`,
    );
  });

  it('P41 several items replace the rest, holes dropped', () => {
    onFrame(middle, () => [undefined, 7, null, started(otherInner)]);
    const stack = extract(started(outermost));
    expect(namesOf(stack)).toEqual(['outermost', 'middle', 'otherInner']);
    expect(stack.leaves).toEqual([7]);
  });

  it('P41 a sequence that ends in next is inserted before the rest', () => {
    onFrame(middle, (_frame, next) => [started(other), next]);
    expectStack(
      extract(started(outermost)),
      `
generator outermost @outermost
generator middle @middle
generator other @other
generator otherInner @other-inner
generator innermost @innermost`,
    );
  });

  it('P41 also when nothing comes next', () => {
    onFrame(innermost, (_frame, next) => [started(otherInner), next]);
    expectStack(
      extract(started(middle)),
      `
generator middle @middle
generator innermost @innermost
generator otherInner @other-inner`,
    );
  });

  it.each<[string, Hook]>([
    ['next', (_frame, next) => next],
    ['only next', (_frame, next) => [next]],
    ['null', () => null],
  ])('P41 %s returned changes nothing', (_name, hook) => {
    onFrame(outermost, hook);
    onFrame(innermost, hook);
    expectStack(extract(started(outermost)), whole);
  });

  it.each<[string, unknown]>([
    ['PRUNE', PRUNE],
    ['an empty array', []],
  ])('P41 %s cuts the rest', (_name, result) => {
    onFrame(middle, () => result);
    const stack = extract(started(outermost));
    expectStack(
      stack,
      'generator outermost @outermost\ngenerator middle @middle',
    );
    expect(stack.leaves).toEqual([]);
  });

  it('P41 a symbol that only looks like PRUNE is an item', () => {
    const fake = Symbol('asynctb.PRUNE');
    onFrame(middle, () => fake);
    expect(extract(started(outermost)).leaves).toEqual([fake]);
  });

  it('P41 what was pruned is not asked for its errors', () => {
    onFrame(middle, () => PRUNE);
    const stack = extract(started(outermost), { maxFrames: 3 });
    expect(stack.error).toBeNull();
  });

  it('P41 a throwing hook: its frame is shown though hidden, the rest is cut', () => {
    const failure = new Error('on purpose');
    onFrame(middle, (frame) => {
      frame.hide = true;
      throw failure;
    });
    const stack = extract(started(outermost));
    expect(namesOf(stack)).toEqual(['outermost', 'middle']);
    expect(frameOf(stack, 'middle').hide).toBe(false);
    expect(stack.error).toBe(failure);
    expect(stack.format()).toContain('on purpose');
  });

  it('P41 registered twice: the later one replaces, until it is taken back', () => {
    onFrame(middle, () => 'first');
    const takeBack = elaborateFrame.register(middle, () => 'second');
    expect(extract(started(outermost)).leaves).toEqual(['second']);
    takeBack();
    expect(extract(started(outermost)).leaves).toEqual(['first']);
  });

  it('P41 every activation of the function, and branches too', async () => {
    const { joins, leafTask } = hookPrograms;
    register(
      elaborateFrame.register(leafTask, (frame) => {
        frame.hideLine = true;
      }),
    );
    const { promise, resolve } = deferredHere();
    const target = joins([promise, promise]);
    const stack = extract(target);
    const combinator = stack.frames.at(-1);
    expect(combinator?.branches).toHaveLength(2);
    for (const branch of combinator?.branches ?? []) {
      expect(frameOf(branch, 'leafTask').hideLine).toBe(true);
      expect(frameOf(branch, 'task').hideLine).toBe(false);
    }
    resolve(1);
    await target;
  });

  it('P41 the async callers in front have their hooks too', async () => {
    const { task, leafTask } = hookPrograms;
    const { promise, resolve } = deferredHere();
    register(
      elaborateFrame.register(task, (frame, next) => {
        frame.hideLine = true;
        expect((next as Frame).functionName).toBe('leafTask');
      }),
    );
    const inner = leafTask(promise);
    const outer = task.call(null, inner);
    const stack = extract(inner, { awaiters: true });
    expect(namesOf(stack)).toContain('leafTask');
    resolve(1);
    await outer;
  });

  it.each<[string, unknown]>([
    ['undefined', undefined],
    ['a string', 'middle'],
    ['an object', {}],
    ['a proxy', new Proxy(middle, {})],
  ])('P41 %s is no function', (_name, fn) => {
    expect(() =>
      elaborateFrame.register(fn as () => void, () => undefined),
    ).toThrow(
      expect.objectContaining({
        name: 'TypeError',
        code: 'ERR_ASYNCTB_INVALID_ARG',
      }),
    );
  });

  it('P41 something else than a function is no hook', () => {
    expect(() =>
      elaborateFrame.register(middle, undefined as unknown as Hook),
    ).toThrow(expect.objectContaining({ code: 'ERR_ASYNCTB_INVALID_ARG' }));
  });
});

describe('P41 the depth rule', () => {
  /** A box of two: what is in the first is not inside of what is in the second. */
  const twoChains = (): AnyBox => new Box([started(outermost), started(other)]);

  it('P41 a hook prunes only what is inside of its frame', () => {
    register(unwrapItem.register(Box, (box: AnyBox) => box.content));
    onFrame(middle, () => PRUNE);
    expectStack(
      extract(twoChains()),
      `
generator outermost @outermost
generator middle @middle
generator other @other
generator otherInner @other-inner`,
    );
  });

  it('P41 a throwing hook cuts only what is inside of its frame', () => {
    register(unwrapItem.register(Box, (box: AnyBox) => box.content));
    onFrame(outermost, () => {
      throw new Error('on purpose');
    });
    expect(namesOf(extract(twoChains()))).toEqual([
      'outermost',
      'other',
      'otherInner',
    ]);
  });

  it('P41 items replace only what is inside of the frame', () => {
    register(unwrapItem.register(Box, (box: AnyBox) => box.content));
    onFrame(outermost, () => started(innermost));
    expect(namesOf(extract(twoChains()))).toEqual([
      'outermost',
      'innermost',
      'other',
      'otherInner',
    ]);
  });

  it('P41 frames that a hook returned beside items are around these', () => {
    register(
      unwrapItem.register(Box, (box: AnyBox) => [
        inspectGenerator(started(middle)).frame,
        ...(box.content as unknown[]),
      ]),
    );
    expect(namesOf(extract(twoChains()))).toEqual([
      'middle',
      'outermost',
      'middle',
      'innermost',
      'other',
      'otherInner',
    ]);
    onFrame(middle, () => PRUNE);
    expect(namesOf(extract(twoChains()))).toEqual(['middle']);
  });

  it('P41 what was inserted prunes only itself', () => {
    onFrame(middle, (_frame, next) => [started(other), next]);
    onFrame(other, () => PRUNE);
    expectStack(
      extract(started(outermost)),
      `
generator outermost @outermost
generator middle @middle
generator other @other
generator innermost @innermost`,
    );
  });

  it('P41 what was inserted as a frame is around the rest', () => {
    onFrame(middle, (_frame, next) => [
      extract(started(otherInner)).frames[0],
      next,
    ]);
    onFrame(otherInner, () => PRUNE);
    // It was elaborated where it was extracted: what its hook says was said there.
    expect(namesOf(extract(started(outermost)))).toEqual([
      'outermost',
      'middle',
      'otherInner',
      'innermost',
    ]);
  });

  it('P41 the rest keeps its own depth behind what was inserted', () => {
    register(
      unwrapItem.register(Box, (box: AnyBox) => [
        extractOutermost(started(otherInner)),
        ...(box.content as unknown[]),
      ]),
    );
    const box = new Box([started(middle), started(other)]);
    onFrame(otherInner, (frame, next) =>
      frame.origin === null || next === undefined
        ? undefined
        : [started(innermost), next],
    );
    onFrame(middle, () => PRUNE);
    // otherInner stands around all; middle prunes innermost, but not other.
    const names = namesOf(extract(box));
    expect(names.slice(-2)).toEqual(['other', 'otherInner']);
    expect(names).toContain('middle');
  });

  it('P41 next is asked for only where a hook wants to know it', () => {
    const asked: string[] = [];
    register(
      unwrapItem.register(Box, function* () {
        asked.push('first');
        yield started(innermost);
        asked.push('second');
        yield started(otherInner);
      }),
    );
    extractOutermost(new Box(1));
    expect(asked).toEqual(['first']);
    onFrame(innermost, (_frame, next) => {
      expect((next as Frame).functionName).toBe('otherInner');
    });
    asked.length = 0;
    extractOutermost(new Box(1));
    expect(asked).toEqual(['first', 'second']);
  });
});

function deferredHere(): {
  promise: Promise<unknown>;
  resolve(value: unknown): void;
} {
  let resolve: (value: unknown) => void = () => {};
  const promise = new Promise<unknown>((fulfill) => {
    resolve = fulfill;
  });
  return { promise, resolve };
}
