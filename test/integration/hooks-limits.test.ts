// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

/** Hooks that go on without end, hand over what they should not, or spoil what they are given. */

import {
  customize,
  dump,
  elaborateFrame,
  elaborateResource,
  extract,
  extractChild,
  fillResource,
  Resource,
  Stack,
  unwrapGeneratorResource,
  unwrapItem,
} from 'asynctb';
import { describe, expect, it } from 'vitest';
import { hookPrograms, namesOf, registering } from '../support/hooks';

const { Box, SpecialBox, innermost, leafTask, middle, started } = hookPrograms;
const register = registering();
const gate = new Promise<unknown>(() => {});

describe('P48 hooks without end', () => {
  it('P48 from promise to promise: so many walks of the heap, and no more', () => {
    let promises = 0;
    register(
      unwrapItem.register(Box, () => {
        promises++;
        return leafTask(gate);
      }),
      elaborateFrame.register(leafTask, () => new Box(1)),
    );
    const stack = extract(new Box(1));
    expect(stack.error).toMatchObject({ code: 'ERR_ASYNCTB_UNWRAP_LOOP' });
    expect(stack.error?.message).toContain('walks of the heap');
    expect(stack.length).toBe(100);
    expect(promises).toBe(101);
  });

  it('P48 back to an item on the way is a cycle', () => {
    const task = leafTask(gate);
    register(
      unwrapItem.register(
        (value) => value === gate,
        () => [task],
      ),
    );
    const stack = extract(task);
    expect(namesOf(stack)).toEqual(['leafTask']);
    expect(stack.leaves[0] === task).toBe(true);
    expect(stack.error).toMatchObject({ code: 'ERR_ASYNCTB_CYCLE' });
  });

  it('P48 an iterator of nothing', () => {
    let closed = 0;
    register(
      unwrapItem.register(Box, function* () {
        try {
          for (;;) yield undefined;
        } finally {
          closed++;
        }
      }),
    );
    const stack = extract(new Box(1), { maxFrames: 5 });
    expect(stack.error).toMatchObject({ code: 'ERR_ASYNCTB_MAX_FRAMES' });
    expect(closed).toBe(1);
  });

  it('P48 an iterator that a frame’s hook cuts off, whatever it says to that', () => {
    const [frame] = extract(started(innermost)).frames;
    let asked = 0;
    const items = {
      next: () => ({ done: asked++ > 1, value: frame }),
      return() {
        throw new Error('on the way out');
      },
    };
    register(
      unwrapItem.register(Box, () => ({ [Symbol.iterator]: () => items })),
      customize(innermost, { prune: true }),
    );
    const stack = extract(new Box(1));
    expect(namesOf(stack)).toEqual(['innermost']);
    expect(stack.error).toBeNull();
    expect(asked).toBe(1);
  });

  it('P48 one more iterator each time, which are closed, whatever they say to it', () => {
    register(
      unwrapItem.register(Box, function* () {
        try {
          yield new Box(1);
        } finally {
          throw new Error('on the way out');
        }
      }),
    );
    const { error } = extract(new Box(1));
    expect(error).not.toBeNull();
    expect(
      String(error instanceof AggregateError ? error.errors : error),
    ).toContain('unwraps without a frame');
  });

  it('P15 a child in a child in a child …', () => {
    let deepest = 0;
    let depth = 0;
    register(
      elaborateFrame.register(innermost, () => {
        deepest = Math.max(deepest, ++depth);
        try {
          extractChild(started(innermost), { forTask: false });
        } finally {
          depth--;
        }
      }),
    );
    expect(extract(started(innermost)).error).toBeNull();
    expect(deepest).toBe(101);
  });

  it('P15 without saying what for', () => {
    for (const options of [undefined, null, {}, { forTask: 1 }]) {
      expect(() => extractChild(1, options as never)).toThrow(
        expect.objectContaining({ code: 'ERR_ASYNCTB_INVALID_ARG' }),
      );
    }
  });
});

describe('P48 what a hook spoils', () => {
  it('P48 is put back as it was found', () => {
    const [frame] = extract(started(innermost)).frames;
    const branch = extract(started(middle));
    const resource = new Resource('lease');
    Object.assign(frame as object, {
      resources: [resource],
      branches: [branch],
    });
    register(
      unwrapItem.register(Box, () => frame),
      elaborateFrame.register(innermost, (spoilt) => {
        Object.assign(spoilt, { resources: 5, branches: 'x' });
      }),
    );
    const stack = extract(new Box(1));
    expect(stack.frames).toEqual([frame]);
    expect(stack.frames[0]?.resources).toEqual([resource]);
    expect(stack.frames[0]?.branches).toEqual([branch]);
    expect(stack.error).toMatchObject({
      code: 'ERR_ASYNCTB_BAD_HOOK',
      message: expect.stringContaining('resources, branches') as string,
    });
  });
});

describe('P40 what a hook hands over', () => {
  it('P40 a stack with leaves and an error: they stay what they are', () => {
    const failure = new Error('of that stack');
    const leaf = new SpecialBox(1);
    register(unwrapItem.register(Box, () => new Stack(1, [], [leaf], failure)));
    const stack = extract(new Box(1));
    expect(stack.leaves).toEqual([leaf]);
    expect(stack.error).toBe(failure);
  });

  it('P40 what throws when it is to be iterated', () => {
    const failure = new Error('no iterator');
    register(
      unwrapItem.register(Box, () => ({
        [Symbol.iterator]() {
          throw failure;
        },
      })),
    );
    expect(extract(new Box(1)).error).toBe(failure);
  });

  it('P40 one frame twice is shown once, and is not what comes next', () => {
    const frames = extract(started(middle)).frames;
    let next: unknown;
    register(
      unwrapItem.register(Box, () => [frames[0], frames[0], frames[1]]),
      elaborateFrame.register(middle, (_frame, after) => {
        next = after;
      }),
    );
    // Those frames were elaborated, so a new one must lead.
    const stack = extract(new Box(1));
    expect(namesOf(stack)).toEqual(['middle', 'innermost']);
    register(
      unwrapItem.register(SpecialBox, function* () {
        const [first, second] = extract(started(middle)).frames;
        yield* [first, first, second];
      }),
    );
    expect(namesOf(extract(new SpecialBox(1)))).toEqual([
      'middle',
      'innermost',
    ]);
    expect(next).toMatchObject({ functionName: 'innermost' });
  });
});

describe('P42 what a hook spoils in a resource', () => {
  it.each<[string, object, unknown]>([
    ['name', { name: 5 }, null],
    ['description', { description: {} }, null],
    ['lineNumber', { lineNumber: '7' }, null],
    ['innerStack', { innerStack: {} }, null],
    ['children', { children: 5 }, []],
    ['children', { children: [7, new Stack(1)] }, [expect.any(Stack)]],
  ])('P42 its %s is taken out, and said', (name, garbage, expected) => {
    register(
      elaborateResource.register(Box, (_value, resource) => {
        Object.assign(resource, garbage);
      }),
    );
    const resource = new Resource(new Box(1));
    expect(() => fillResource(resource)).toThrow(
      expect.objectContaining({
        code: 'ERR_ASYNCTB_BAD_HOOK',
        message: expect.stringContaining(name) as string,
      }),
    );
    expect(resource[name as keyof Resource]).toEqual(expected);
  });

  it('P43 what is no generator, and one that is finished', () => {
    register(unwrapGeneratorResource.register(innermost, () => 'lease'));
    const finished = innermost();
    finished.return(1);
    for (const value of [5, null, {}, { generator: 5 }, finished]) {
      const resource = new Resource(value);
      fillResource(resource);
      expect(resource.value).toBe(value);
    }
    const held = new Resource({ generator: started(innermost) });
    fillResource(held);
    expect(held.value).toBe('lease');
  });
});

describe('P44 rules of functions', () => {
  it('P44 a dump hides what hideLine and hide say, and nothing else', () => {
    const task = leafTask(gate);
    const frames = (): (readonly [boolean, boolean])[] =>
      dump()
        .threads.flatMap(({ groups }) => groups)
        .flatMap(({ stack }) => stack.frames)
        .filter(({ functionName }) => functionName === 'leafTask')
        .map(({ hide, hideLine }) => [hide, hideLine] as const);
    register(customize(leafTask, { hideLine: true }));
    expect(frames()).toEqual([[false, true]]);
    register(customize(leafTask, { hide: true, hideLine: true }));
    expect(frames()).toEqual([[true, true]]);
    register(customize(leafTask, { prune: true }));
    expect(frames()).toEqual([[false, false]]);
    expect(task).toBeInstanceOf(Promise);
  });

  it('P45 of a function that is not JavaScript: registered, and of no frame', () => {
    const takeBack = customize(Math.max, { hide: true });
    expect(extract(started(innermost)).frames[0]?.hide).toBe(false);
    takeBack();
    const early = customize(Math.min, { hide: true });
    early();
    early();
    expect(extract(started(innermost)).frames[0]?.hide).toBe(false);
  });

  it('P40 a proxy of a function as the hook: it is called, and is no generator', () => {
    function* yields(): Generator {
      yield 1;
    }
    const inner = started(innermost);
    register(unwrapItem.register(Box, new Proxy(() => inner, {})));
    expect(namesOf(extract(new Box(1)))).toEqual(['innermost']);
    register(unwrapItem.register(Box, new Proxy(yields, {})));
    expect(namesOf(extract(new Box(1)))).toEqual(['yields']);
  });
});
