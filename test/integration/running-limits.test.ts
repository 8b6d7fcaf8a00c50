// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

import { callGraph, extract, extractSince, StackSlice } from 'asynctb';
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
