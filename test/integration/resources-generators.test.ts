// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

import {
  elaborateResource,
  extract,
  type Resource,
  unwrapGeneratorResource,
  unwrapResource,
} from 'asynctb';
import { describe, expect, it } from 'vitest';
import { runFormatters } from '../support/assert-stack';
import { registering } from '../support/hooks';

// As TypeScript's compiler writes it, for any Node.
interface Env {
  stack: { value: unknown; dispose: () => void; async: boolean }[];
  error: unknown;
  hasError: boolean;
}

function __addDisposableResource<Value>(env: Env, value: Value): Value {
  env.stack.push({ value, dispose: () => {}, async: false });
  return value;
}

function* holding(value: unknown): Generator<unknown> {
  const env_1: Env = { stack: [], error: void 0, hasError: false };
  const a = __addDisposableResource(env_1, value);
  yield a;
}

function* managing(): Generator<string> {
  yield 'entered';
}

async function* managingAsync(): AsyncGenerator<string> {
  yield 'entered';
}

function resourceOf(value: unknown): Resource | undefined {
  const target = holding(value);
  target.next();
  const stack = extract(target);
  expect(() => runFormatters(stack)).not.toThrow();
  return stack.frames[0]?.resources[0];
}

function innerFrames(value: unknown): string[] | undefined {
  return resourceOf(value)?.innerStack?.frames.map(
    ({ functionName }) => functionName,
  );
}

describe('resources built on generators', () => {
  it('P26 a generator: its own stack', () => {
    const manager = managing();
    manager.next();
    expect(innerFrames(manager)).toEqual(['managing']);
    expect(resourceOf(manager)?.innerStack?.frames[0]?.state).toBe('suspended');
  });

  it('P26 an async generator', async () => {
    const manager = managingAsync();
    await manager.next();
    expect(innerFrames(manager)).toEqual(['managingAsync']);
  });

  it('P26 what wraps one in a property of its own', () => {
    const generator = managing();
    generator.next();
    expect(innerFrames({ generator })).toEqual(['managing']);
    expect(innerFrames({ [Symbol('generator')]: generator })).toEqual([
      'managing',
    ]);
  });

  it('P26 not of what has two of them, a getter, or a proxy', () => {
    const one = managing();
    expect(resourceOf({ one, two: managing() })?.innerStack).toBeNull();
    const getter = {
      get generator(): unknown {
        throw new Error('a getter of the program ran');
      },
    };
    expect(resourceOf(getter)?.innerStack).toBeNull();
    expect(resourceOf(new Proxy({ one }, {}))?.innerStack).toBeNull();
  });

  it('P26 not of an object with more properties than a wrapper has', () => {
    const generator = managing();
    const numbered = (count: number): object => ({
      ...Array.from({ length: count }, String),
      generator,
    });
    expect(innerFrames(numbered(40))).toEqual(['managing']);
    expect(resourceOf(numbered(60))?.innerStack).toBeNull();
  });

  it('P26 a generator that holds itself', () => {
    const self: Generator<unknown>[] = [];
    function* holdsItself(): Generator<unknown> {
      const env_1: Env = { stack: [], error: void 0, hasError: false };
      yield __addDisposableResource(env_1, self[0]);
    }
    self.push(holdsItself());
    self[0]?.next();
    const [frame] = extract(self[0]).frames;
    const inner = frame?.resources[0]?.innerStack;
    expect(inner?.frames.map(({ functionName }) => functionName)).toEqual([
      'holdsItself',
    ]);
  });
});

it('P25 what resembles a stack of a polyfill, and is none, has no children', () => {
  const resembling = (use: () => unknown): object => ({
    __proto__: { use },
  });
  // What its method closes over has no value yet.
  expect(resourceOf(resembling(() => SLOT))?.children).toEqual([]);
  const SLOT = { get: (): unknown => channel };
  const channel = { get: (): unknown => $channelData };
  const $channelData = { get: (): unknown => $wm };
  const $wm = new Map();
  expect(resourceOf(resembling(() => SLOT))?.children).toEqual([]);
});

class Wrapper {
  constructor(readonly inner: unknown) {}
}

describe('hooks on resources that were found', () => {
  const register = registering();

  it('P42 what a hook unwraps is looked into like what was found', () => {
    register(unwrapResource.register(Wrapper, ({ inner }) => inner));
    const manager = managing();
    manager.next();
    const resource = resourceOf(new Wrapper(manager));
    expect(resource?.value).toBe(manager);
    expect(resource?.innerStack?.frames[0]?.functionName).toBe('managing');
  });

  it('P42 elaborated with what is known already', () => {
    const seen: unknown[] = [];
    register(
      elaborateResource.register(Wrapper, (value, resource) => {
        seen.push(value, resource.name);
        resource.description = 'described';
      }),
    );
    const wrapper = new Wrapper(1);
    expect(resourceOf(wrapper)?.description).toBe('described');
    expect(seen).toEqual([wrapper, 'a']);
  });

  it('P43 by the function of the generator behind it', () => {
    register(
      unwrapGeneratorResource.register(managing, (frame) => frame.functionName),
    );
    const manager = managing();
    manager.next();
    expect(resourceOf(manager)?.value).toBe('managing');
    // Nothing else has such a function.
    for (const value of [{ inner: 1 }, () => {}, 'text']) {
      const resource = resourceOf(value);
      expect([resource?.value, resource?.hide]).toEqual([value, false]);
    }
  });
});
