// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

import { createContext, runInContext } from 'node:vm';
import { callGraph, extract, extractMany, extractOutermost } from 'asynctb';
import { describe, expect, it } from 'vitest';
import { expectStack } from '../support/assert-stack';

class Instance {
  field = 1;
}

class WithThen {
  calls = 0;
  then(): void {
    this.calls++;
  }
}

const revoked = Proxy.revocable({}, {});
revoked.revoke();
const revokedFunction = Proxy.revocable(() => {}, {});
revokedFunction.revoke();

function* generator(): Generator<number> {
  yield 1;
}

async function asyncFunction(): Promise<void> {
  await new Promise(() => {});
}

const foreign = runInContext(
  `({
    generator: (function* foreignGenerator() { yield 1; })(),
    asyncGenerator: (async function* foreignAsync() { yield 1; })(),
    settled: Promise.resolve(1),
    rejected: (() => { const p = Promise.reject(new Error('foreign')); p.catch(() => {}); return p; })(),
    pending: new Promise(() => {}),
    object: {},
    proxy: new Proxy(new Promise(() => {}), {}),
  })`,
  createContext(),
  { filename: 'foreign.js' },
) as Record<string, object>;

const rejected = Promise.reject(new Error('on purpose'));
rejected.catch(() => {});

/** P9: none of these can be unwrapped. */
const opaque: [string, unknown][] = [
  ['a number', 42],
  ['NaN', Number.NaN],
  ['null', null],
  ['undefined', undefined],
  ['a boolean', false],
  ['a string', 'text'],
  ['an empty string', ''],
  ['a bigint', 10n],
  ['a symbol', Symbol('symbol')],
  ['an object', {}],
  ['an object without a prototype', Object.create(null)],
  ['an array of promises', [new Promise(() => {})]],
  ['an instance of a class', new Instance()],
  ['a class', Instance],
  ['a thenable', new WithThen()],
  ['a function', () => {}],
  ['a generator function', generator],
  ['an async function', asyncFunction],
  ['a proxy of a promise', new Proxy(Promise.resolve(1), {})],
  ['a proxy of a pending promise', new Proxy(new Promise(() => {}), {})],
  ['a proxy of a generator', new Proxy(generator(), {})],
  ['a revoked proxy', revoked.proxy],
  ['a revoked proxy of a function', revokedFunction.proxy],
  ['an object that inherits from a promise', Object.create(Promise.resolve(1))],
  ['an object that inherits from a generator', Object.create(generator())],
  ['an error', new Error('text')],
  ['a map', new Map([[1, new Promise(() => {})]])],
  ['a weak reference', new WeakRef(generator())],
  ['a buffer', Buffer.from('text')],
  ['a date', new Date()],
  ['an iterator of an array', [1][Symbol.iterator]()],
  ['the global object', globalThis],
  ['process', process],
  ['a module namespace', await import('node:path')],
  ['an object of another realm', foreign.object],
  ['a proxy of another realm', foreign.proxy],
  ['Promise.prototype', Promise.prototype],
  ['the prototype of generators', Object.getPrototypeOf(generator())],
];

describe('bad input', () => {
  it.each(opaque)(
    'P9 %s is its own leaf, without an error',
    (_name, target) => {
      const stack = extract(target);
      expect(stack.root).toBe(target);
      expect(stack.frames).toEqual([]);
      expect(stack.leaves).toHaveLength(1);
      expect(Object.is(stack.leaves[0], target)).toBe(true);
      expect(stack.error).toBeNull();
      expect(() => [
        stack.format({ locals: true, asciiOnly: true }),
        stack.formatFlat(),
        JSON.stringify(stack),
      ]).not.toThrow();
    },
  );

  it.each(opaque)(
    'P14 the outermost frame of %s does not exist',
    (_name, target) => {
      expect(() => extractOutermost(target)).toThrow(
        expect.objectContaining({ code: 'ERR_ASYNCTB_NO_FRAME' }),
      );
    },
  );

  it.each(opaque.filter(([, target]) => target !== undefined))(
    'nobody waits for %s',
    (_name, target) => {
      const graph = callGraph(target);
      expect(graph.root).toBe(target);
      expect(graph.awaitedBy).toEqual([]);
      expect(graph.stack.error).toBeNull();
      expect(() => [graph.format(), JSON.stringify(graph)]).not.toThrow();
    },
  );

  it('all of these at once', () => {
    const stacks = extractMany(opaque.map(([, target]) => target));
    expect(stacks.map((stack) => stack.leaves.length)).toEqual(
      opaque.map(() => 1),
    );
  });

  it.each([
    ['a fulfilled promise', Promise.resolve(1)],
    ['a rejected promise', rejected],
    ['a fulfilled promise of another realm', foreign.settled],
    ['a rejected promise of another realm', foreign.rejected],
  ])('P8 %s has nothing to show', (_name, target) => {
    expectStack(extract(target), '(no frames)');
  });

  it('P5 a pending promise of another realm', () => {
    expectStack(extract(foreign.pending), 'leaf promise');
  });

  it('P4 a generator of another vm context', () => {
    expectStack(
      extract(foreign.generator),
      'generator foreignGenerator foreign.js:2:43 not-started',
    );
    (foreign.generator as Generator).next();
    expectStack(
      extract(foreign.generator),
      'generator foreignGenerator foreign.js:2:48',
    );
    (foreign.generator as Generator).next();
    expectStack(extract(foreign.generator), '(no frames)');
  });

  it('P4 an async generator of another vm context', () => {
    expectStack(
      extract(foreign.asyncGenerator),
      'async-generator foreignAsync foreign.js:3:50 not-started',
    );
  });
});
