// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

import {
  customize,
  dump,
  elaborateFrame,
  elaborateResource,
  extract,
  extractChild,
  fillResource,
  PRUNE,
  Resource,
  type Stack,
  unwrapGeneratorResource,
  unwrapItem,
  unwrapResource,
} from 'asynctb';
import { describe, expect, it } from 'vitest';
import { frameOf, hookPrograms, namesOf, registering } from '../support/hooks';

const { Box, SpecialBox, innermost, middle, other, outermost, started } =
  hookPrograms;
const register = registering();
const never = new Promise<unknown>(() => {});

describe('P44 customize', () => {
  it('P44 hide, hideLine, prune: each alone', () => {
    const takeBack = customize(middle, { hide: true });
    const hidden = extract(started(outermost));
    expect(hidden.frames.map(({ hide }) => hide)).toEqual([false, true, false]);
    takeBack();
    register(customize(middle, { hideLine: true }));
    const lineless = extract(started(outermost));
    expect(frameOf(lineless, 'middle').hideLine).toBe(true);
    expect(lineless.format()).not.toContain('yield* innermost()');
    register(customize(middle, { prune: true }));
    const pruned = extract(started(outermost));
    expect(namesOf(pruned)).toEqual(['outermost', 'middle']);
    // Registering again replaces.
    expect(frameOf(pruned, 'middle').hideLine).toBe(false);
  });

  it('P44 all together; what elaborate returns beats prune', () => {
    let answer: unknown = () => undefined;
    register(
      customize(middle, {
        hide: true,
        hideLine: true,
        prune: true,
        elaborate: () => answer,
      }),
    );
    answer = started(other);
    const stack = extract(started(outermost));
    expect(namesOf(stack).slice(0, 3)).toEqual([
      'outermost',
      'middle',
      'other',
    ]);
    const frame = frameOf(stack, 'middle');
    expect([frame.hide, frame.hideLine]).toEqual([true, true]);
    answer = undefined;
    expect(namesOf(extract(started(outermost)))).toHaveLength(2);
  });

  it('P44 hides in a dump of the own thread too', async () => {
    const waiting = hookPrograms.leafTask(never);
    const isHidden = (): boolean[] =>
      dump()
        .threads.flatMap(({ groups }) => groups)
        .flatMap(({ stack }) => stack.frames)
        .filter(({ functionName }) => functionName === 'leafTask')
        .map(({ hide }) => hide);
    expect(isHidden()).toContain(false);
    register(customize(hookPrograms.leafTask, { hide: true }));
    expect(isHidden()).not.toContain(false);
    expect(waiting).toBeInstanceOf(Promise);
  });

  it.each([
    [42, {}],
    [middle, null],
    [middle, { hide: 1 }],
    [middle, { elaborate: 1 }],
  ])('P44 wrong arguments throw (%#)', (fn, rules) => {
    expect(() => customize(fn as () => void, rules as never)).toThrow(
      expect.objectContaining({ code: 'ERR_ASYNCTB_INVALID_ARG' }),
    );
  });
});

describe('P45 a function stands for its source', () => {
  const ways = new hookPrograms.Ways();
  const prototype = hookPrograms.Ways.prototype as typeof ways;
  it.each<[string, unknown, () => unknown]>([
    [
      'a closure',
      hookPrograms.closures(),
      () => started(hookPrograms.closures()),
    ],
    ['a bound function', middle.bind(null), () => started(middle)],
    ['a method', prototype.method, () => started(() => ways.method())],
    [
      'a static method',
      hookPrograms.Ways.staticMethod,
      () => started(() => hookPrograms.Ways.staticMethod()),
    ],
    ['a private method', ways.privateFunction(), () => ways.startPrivate()],
    ['an async method', prototype.asyncMethod, () => ways.asyncMethod(never)],
    [
      'an async arrow function',
      hookPrograms.arrow,
      () => hookPrograms.arrow(never),
    ],
    [
      'an async generator method',
      prototype.asyncGeneratorMethod,
      () => {
        const generator = ways.asyncGeneratorMethod(never);
        void generator.next();
        return generator;
      },
    ],
  ])('P45 %s', (_name, fn, start) => {
    const target = start();
    expect(extract(target).frames[0]?.hide).toBe(false);
    register(customize(fn as () => void, { hide: true }));
    expect(extract(target).frames[0]?.hide).toBe(true);
  });
});

describe('P46 __tracebackhide__', () => {
  it('P46 a variable of that name, sync and async', () => {
    const stack = extract(started(hookPrograms.hidesByLocal));
    expect(stack.frames.map(({ hide }) => hide)).toEqual([true, false]);
    expect(stack.frames[0]?.locals).toBeNull();
    const task = hookPrograms.hidesByLocalAsync(never);
    expect(extract(task).frames[0]?.hide).toBe(true);
    expect(extract(task, { locals: true }).frames[0]?.hide).toBe(true);
  });

  it('P46 not one of another function inside', () => {
    const stack = extract(started(hookPrograms.mentionsLocal));
    expect(stack.frames[0]?.hide).toBe(false);
  });

  it('P46 a property of the function', () => {
    expect(extract(started(hookPrograms.hidesBySymbol)).frames[0]?.hide).toBe(
      true,
    );
    expect(extract(started(hookPrograms.hidesNot)).frames[0]?.hide).toBe(false);
  });

  it('P46 is not disabled by a hook on the same function', () => {
    register(
      elaborateFrame.register(hookPrograms.hidesByLocal, () => undefined),
      customize(hookPrograms.hidesBySymbol, { hideLine: true }),
    );
    for (const fn of [hookPrograms.hidesByLocal, hookPrograms.hidesBySymbol]) {
      expect(extract(started(fn)).frames[0]?.hide).toBe(true);
    }
  });
});

describe('P15, P49 extractChild and options', () => {
  it('P15 outside of a hook throws', () => {
    expect(() => extractChild(1, { forTask: false })).toThrow(
      expect.objectContaining({ code: 'ERR_ASYNCTB_NOT_IN_HOOK' }),
    );
  });

  it('P15 a stub of a task, unless tasks are recursed into', () => {
    const children: Stack[] = [];
    register(
      elaborateFrame.register(middle, () => {
        const task = started(innermost);
        children.push(extractChild(task, { forTask: true }));
        children.push(extractChild(task, { forTask: false }));
      }),
    );
    extract(started(middle));
    extract(started(middle), { recurseChildTasks: true });
    expect(children.map(({ length }) => length)).toEqual([0, 1, 1, 1]);
    expect(children.map(({ leaves }) => leaves)).toEqual([[], [], [], []]);
  });

  it('P49 extractChild inherits, extract does not', () => {
    const locals: unknown[] = [];
    register(
      elaborateFrame.register(middle, () => {
        const inner = started(innermost);
        locals.push(extract(inner).frames[0]?.locals);
        locals.push(extractChild(inner, { forTask: false }).frames[0]?.locals);
      }),
    );
    extract(started(middle), { locals: true });
    expect(locals[0]).toBeNull();
    expect(locals[1]).not.toBeNull();
    expect(() => extractChild(1, { forTask: false })).toThrow();
  });
});

describe('P42, P43 resources', () => {
  it('P42 elaborated before the first and after each unwrap', () => {
    const seen: unknown[] = [];
    register(
      elaborateResource.register(Box, (value, resource) => {
        seen.push(value);
        resource.description ??= 'from the first';
        resource.children = [new Resource(1)];
      }),
      unwrapResource.register(SpecialBox, (value) => value.content),
    );
    const inner = new Box(1);
    const outer = new SpecialBox(inner);
    const resource = new Resource(outer);
    fillResource(resource);
    expect(seen).toEqual([outer, inner]);
    expect(resource.value).toBe(inner);
    expect(resource.description).toBe('from the first');
    expect(resource.children).toHaveLength(1);
    expect(resource.hide).toBe(false);
  });

  it('P42 PRUNE hides; 100 turns are an error; no resource throws', () => {
    register(unwrapResource.register(Box, () => PRUNE));
    const resource = new Resource(new Box(1));
    fillResource(resource);
    expect(resource.hide).toBe(true);
    register(unwrapResource.register(Box, () => new Box(1)));
    expect(() => fillResource(new Resource(new Box(1)))).toThrow(
      expect.objectContaining({ code: 'ERR_ASYNCTB_UNWRAP_LOOP' }),
    );
    expect(() => fillResource(1 as never)).toThrow(TypeError);
  });

  it('P43 by the function of its generator, with its outermost frame', () => {
    register(
      unwrapGeneratorResource.register(middle, (frame) => frame.functionName),
    );
    const resource = new Resource({ generator: started(middle) });
    fillResource(resource);
    expect(resource.value).toBe('middle');
  });

  it('P42 of a frame: a failing hook spoils none of the others', () => {
    const failure = new Error('on purpose');
    register(
      elaborateResource.register(Box, () => {
        throw failure;
      }),
      elaborateResource.register(SpecialBox, (_value, resource) => {
        resource.description = 'described';
      }),
    );
    const stack = extract(started(middle));
    const [frame] = stack.frames;
    if (frame === undefined) throw new Error('no frame');
    frame.resources = [
      new Resource(new Box(1)),
      new Resource(new SpecialBox(1)),
    ];
    register(unwrapItem.register(Box, () => frame));
    const again = extract(new Box(1));
    expect(again.error).toBe(failure);
    expect(frame.resources[1]?.description).toBe('described');
  });
});

describe('P47, P48 glue', () => {
  const list = globalThis as unknown as Record<symbol, unknown[] | undefined>;
  const key = Symbol.for('asynctb.install');

  it('P47 is installed once, at the next extraction', () => {
    let runs = 0;
    (list[key] ??= []).push((api: { unwrapItem: typeof unwrapItem }) => {
      runs++;
      register(api.unwrapItem.register(Box, () => 'installed'));
    });
    expect(runs).toBe(0);
    expect(extract(new Box(1)).leaves).toEqual(['installed']);
    extract(1);
    expect(runs).toBe(1);
  });

  it('P48 failing glue warns once, and the rest goes on', async () => {
    const warnings: string[] = [];
    const note = (warning: Error): void => void warnings.push(warning.message);
    process.on('warning', note);
    let after = 0;
    (list[key] ??= []).push(
      () => {
        throw new Error('glue is broken');
      },
      () => after++,
    );
    register(
      unwrapItem.register(
        () => {
          throw new Error('predicate is broken');
        },
        () => 1,
      ),
    );
    for (let i = 0; i < 3; i++) expect(extract(i).leaves).toEqual([i]);
    await new Promise((resolve) => setImmediate(resolve));
    process.off('warning', note);
    expect(after).toBe(1);
    expect(warnings).toHaveLength(2);
    expect(warnings.join()).toMatch(/glue is broken.*predicate is broken/);
  });

  it.each<[string, (box: object) => unknown]>([
    ['itself', (box) => box],
    ['another one each time', () => new Box(1)],
    ['two of them', () => [new Box(1), new Box(2)]],
    ['itself in a sequence', (box) => [7, box]],
  ])('P48 a hook that returns %s ends in an error', (_name, answer) => {
    register(unwrapItem.register(Box, answer));
    const stack = extract(new Box(1));
    expect(stack.error).toMatchObject({ code: 'ERR_ASYNCTB_UNWRAP_LOOP' });
    expect(stack.error?.message).toContain('Box');
  });

  it('P48 100 unwraps are none too many', () => {
    let turns = 0;
    register(
      unwrapItem.register(Box, () =>
        ++turns < 100 ? new Box(1) : started(innermost),
      ),
    );
    const stack = extract(new Box(1));
    expect(stack.error).toBeNull();
    expect(namesOf(stack)).toEqual(['innermost']);
  });

  it('P48 frames without end stop at maxFrames', () => {
    register(elaborateFrame.register(middle, () => started(middle)));
    const stack = extract(started(middle), { maxFrames: 50 });
    expect(stack.length).toBe(50);
    expect(stack.error).toMatchObject({ code: 'ERR_ASYNCTB_MAX_FRAMES' });
  });

  it('P48 what a hook spoils in a frame is taken out, and said', () => {
    register(
      elaborateFrame.register(middle, (frame) => {
        Object.assign(frame, { resources: 5, branches: [7], locals: 'x' });
        Object.assign(frame, { hide: 'yes' });
        Object.freeze(frame);
      }),
    );
    const stack = extract(started(outermost));
    expect(namesOf(stack)).toEqual(['outermost', 'middle', 'innermost']);
    expect(stack.error).toMatchObject({ code: 'ERR_ASYNCTB_BAD_HOOK' });
    expect(() => [
      stack.format({ locals: true }),
      stack.formatFlat(),
      JSON.stringify(stack),
    ]).not.toThrow();
  });

  it('P48 what is thrown and is no error becomes one', () => {
    register(
      elaborateFrame.register(middle, () => {
        throw 'text';
      }),
    );
    expect(extract(started(outermost)).error).toMatchObject({
      code: 'ERR_ASYNCTB_HOOK_FAILED',
      cause: 'text',
    });
  });
});
