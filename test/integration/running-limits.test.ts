// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

import {
  callGraph,
  extract,
  extractSince,
  type Stack,
  StackSlice,
} from 'asynctb';
import { afterEach, describe, expect, it } from 'vitest';
import { namesOf } from '../support/hooks';

const names = ['stackTraceLimit', 'prepareStackTrace'] as const;
const before = names.map((name) =>
  Object.getOwnPropertyDescriptor(Error, name),
);

afterEach(() => {
  names.forEach((name, index) => {
    const old = before[index];
    if (old === undefined) Reflect.deleteProperty(Error, name);
    else Object.defineProperty(Error, name, old);
  });
});

describe('P10 the running stack', () => {
  it('P10 is found where Error has none of its properties, and gets none', () => {
    for (const name of names) Reflect.deleteProperty(Error, name);
    const look = (): string[] => namesOf(extractSince(look));
    expect(look()).toEqual(['look']);
    expect(names.filter((name) => Object.hasOwn(Error, name))).toEqual([]);
  });

  it('P10 since a built-in function, which has no frame', () => {
    const stack = extractSince(Math.max);
    expect(stack.frames).toEqual([]);
    expect(stack.error).toMatchObject({ code: 'ERR_ASYNCTB_NOT_RUNNING' });
    expect(stack.error?.message).toContain('native');
  });

  it('P10 what only inherits from a slice is none', () => {
    const fake = Object.create(StackSlice.prototype) as object;
    expect(extract(fake)).toMatchObject({ frames: [], error: null });
    expect(extract(fake).leaves[0]).toBe(fake);
  });
});

it('of two tasks on one stack the call graph begins with the outer one', async () => {
  async function inner(look: () => unknown): Promise<unknown> {
    return look();
  }
  async function outer(look: () => unknown): Promise<unknown> {
    return await inner(look);
  }
  // From a callback, so that no task of the test is on that stack.
  const found = await new Promise<string[]>((resolve) => {
    setImmediate(() => {
      void outer(() => resolve(namesOf(callGraph().stack)));
    });
  });
  expect(found.slice(0, 2)).toEqual(['outer', 'inner']);
});

describe('P7 where a running stack cannot be told', () => {
  type Look = () => unknown;
  /** Two functions of one name and one script. */
  const alike = [
    {
      *same(look: Look): Generator {
        yield look();
      },
    },
    {
      *same(look: Look): Generator {
        yield look();
      },
    },
  ] as const;

  it('P7 two generators of one name: its own frame, and an error', () => {
    const stacks: Stack[] = [];
    const inner = alike[1].same(() => stacks.push(extract(inner)));
    alike[0].same(() => inner.next()).next();
    const [stack] = stacks;
    expect(stack?.error).toMatchObject({
      code: 'ERR_ASYNCTB_NO_RUNNING_STACK',
    });
    expect(namesOf(stack as Stack)).toEqual(['same']);
    expect(stack?.frames[0]?.origin).toBe(inner);
    expect(stack?.error?.message).toContain('runs several times');
  });

  it('P7 two tasks of one name: the call graph says that it cannot be told', async () => {
    const make = (after: (look: Look) => unknown) => {
      const task = async (look: Look): Promise<unknown> => after(look);
      return task;
    };
    const other = (after: (look: Look) => unknown) => {
      const task = async (look: Look): Promise<unknown> => after(look);
      return task;
    };
    const inner = make((look) => look());
    const found = await new Promise<Error | null>((resolve) => {
      setImmediate(() => {
        void other((look) => inner(look))(() =>
          resolve(callGraph().stack.error),
        );
      });
    });
    expect(found).toMatchObject({ code: 'ERR_ASYNCTB_NO_RUNNING_STACK' });
  });

  it('P7 an async function that has returned a promise just now: only a leaf', () => {
    const never = new Promise(() => {});
    const target = (async function returns() {
      return never;
    })();
    // V8 adopts the promise in a microtask, and until then nothing leads to it.
    const stack = extract(target);
    expect(namesOf(stack)).toEqual([]);
    expect(stack.error).toBeNull();
    expect(stack.leaves).toEqual([target]);
  });
});
