// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

import {
  callGraph,
  extract,
  type Frame,
  type Resource,
  unwrapResource,
} from 'asynctb';
import { createRequire } from 'node:module';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { runFormatters } from '../support/assert-stack';
import { loadProgram } from '../support/forms';

interface Deferred {
  promise: Promise<unknown>;
  resolve(value?: unknown): void;
}

interface Disposables {
  defer(onDispose: () => void): void;
}

const { deferred, parked } = loadProgram<{
  deferred(): Deferred;
  parked(): Promise<void>;
}>('deferred.cjs');
const DisposableStack = createRequire(import.meta.url)(
  'disposablestack/DisposableStack/implementation',
) as new () => Disposables;

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

class Wrapper {
  constructor(readonly inner: unknown) {}
}

function* managing(): Generator<string> {
  yield 'entered';
}

async function inner(gate: Promise<unknown>): Promise<void> {
  await gate;
}

async function outer(target: Promise<void>, held: unknown[]): Promise<void> {
  const env_1: Env = { stack: [], error: void 0, hasError: false };
  for (const each of held) __addDisposableResource(env_1, each);
  await target;
}

describe('resources of those who wait', () => {
  let gate: Deferred;
  let target: Promise<void>;
  let waiting: Promise<void>;

  beforeEach(async () => {
    const manager = managing();
    manager.next();
    const stack = new DisposableStack();
    stack.defer(function close() {});
    gate = deferred();
    target = inner(gate.promise);
    waiting = outer(target, [manager, stack, new Wrapper('wrapped')]);
    await parked();
  });

  afterEach(async () => {
    gate.resolve();
    await waiting;
  });

  function expectFilled(frame: Frame | undefined): readonly Resource[] {
    const resources = frame?.resources ?? [];
    expect(frame?.functionName).toBe('outer');
    const [generator, stack] = resources;
    expect(
      generator?.innerStack?.frames.map(({ functionName }) => functionName),
    ).toEqual(['managing']);
    expect(
      stack?.children.map((child) => (child as Resource).description),
    ).toEqual(['stack.defer(close)']);
    return resources;
  }

  it('P25 P26 have inner stacks and children, with `awaiters`', () => {
    const stack = extract(target, { awaiters: true });
    expect(() => runFormatters(stack)).not.toThrow();
    expectFilled(stack.frames[0]);
  });

  it('P25 P26 and in a call graph', () => {
    const { awaitedBy } = callGraph(target);
    expectFilled(awaitedBy[0]?.stack.frames[0]);
  });

  it('P42 are given to hooks', () => {
    const unregister = unwrapResource.register(
      Wrapper,
      (wrapper) => wrapper.inner,
    );
    try {
      const stack = extract(target, { awaiters: true });
      expect(expectFilled(stack.frames[0])[2]?.value).toBe('wrapped');
    } finally {
      unregister();
    }
  });

  it('P20 and nothing when resources are not asked for', () => {
    const { frames } = extract(target, { awaiters: true, resources: false });
    expect(frames[0]?.resources).toEqual([]);
  });
});
