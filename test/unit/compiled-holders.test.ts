// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

/** What compilers leave in variables, and what only looks like it. */

import { describe, expect, it } from 'vitest';
import {
  type ClosureReader,
  type Following,
  type Holder,
  holdersIn,
  leavingEntry,
} from '../../lib/resources/compiled-holders';
import '../../lib/base/node-types';
import { CompiledText } from '../../lib/resources/compiled-text';

const dispose = (): void => {};
const TEXT = new CompiledText(
  '() { const _stack = []; const a = __using(_stack, one()); await gate',
);
const CONTEXT = { e: {}, u: dispose, a: dispose, d: dispose };
const LIST = [{ v: 'one', d: dispose, a: false }];

const closing = (...scopes: object[]): ClosureReader => ({
  closureScopes: () => scopes,
});
const nothing: ClosureReader = { closureScopes: () => undefined };

const valuesIn = (scope: object, reader: ClosureReader | null): unknown[] =>
  holdersIn(scope, TEXT, reader).flatMap(({ entries }) =>
    entries.map(({ value }) => value),
  );

describe('P21 a context', () => {
  const scope = { _usingCtx: CONTEXT };

  it('P21 holds the list that its functions close over', () => {
    expect(valuesIn(scope, closing({ noList: 1, list: LIST }))).toEqual([
      'one',
    ]);
  });

  it.each([
    ['whose functions cannot be looked into', null],
    ['whose functions are not known', nothing],
    ['whose functions close over nothing', closing()],
    ['whose functions share no list', closing({ noList: 1, other: {} })],
  ])('P29 %s holds nothing', (_what, reader) => {
    expect(holdersIn(scope, TEXT, reader)).toEqual([]);
  });
});

describe('P21 a list', () => {
  it('P21 is of one form', () => {
    expect(valuesIn({ _stack: LIST }, null)).toEqual(['one']);
    expect(valuesIn({ _stack: [[false, dispose, 'one']] }, null)).toEqual([
      'one',
    ]);
  });

  it.each<[string, unknown[]]>([
    ['what is no entry', [...LIST, 5]],
    ['a proxy', [new Proxy(LIST[0] ?? {}, {})]],
    ['an entry that is neither sync nor async', [[1, dispose, 'one']]],
    ['an entry without a method', [[false, undefined, 'one']]],
  ])('P29 with %s is none', (_what, list) => {
    expect(holdersIn({ _stack: list }, TEXT, null)).toEqual([]);
  });
});

describe('P22 what a block disposes of', () => {
  const list: unknown[] = [];
  const holder: Holder = {
    name: '_stack',
    kind: 'list',
    shared: [list],
    entries: [],
  };
  const entry = { v: 'leaving', d: dispose, a: true };
  const resource = {
    [Symbol.for('Symbol.asyncDispose')]: dispose,
  };
  const following = (more: Partial<Following> = {}): Following => ({
    fn: dispose,
    nextFn: undefined,
    nextReceiver: undefined,
    ...more,
  });
  const leaving = (
    of: Following,
    reader: ClosureReader = closing({ list }),
  ): unknown => leavingEntry(holder, of, reader)?.value;

  it('P22 the disposal closes over it, besides the list', () => {
    expect(leaving(following(), closing({ list, entry }))).toBe('leaving');
  });

  it('P22 not what is still in the list', () => {
    list.push(entry);
    expect(leaving(following(), closing({ list, entry }))).toBeUndefined();
    list.pop();
  });

  it('P22 else it is what the frame below is a method of', () => {
    const below = { nextFn: dispose, nextReceiver: resource };
    expect(leaving(following(below))).toBe(resource);
    const inherits: unknown = Object.create(resource);
    expect(leaving(following({ ...below, nextReceiver: inherits }))).toBe(
      inherits,
    );
  });

  it.each<[string, Partial<Following>]>([
    ['there is no frame below', {}],
    ['the frame below is no method', { nextFn: 5, nextReceiver: resource }],
    [
      'it is another method',
      { nextFn: (): void => {}, nextReceiver: resource },
    ],
    ['its this is a proxy', { nextReceiver: new Proxy(resource, {}) }],
  ])('P29 nothing, where %s', (_what, more) => {
    expect(leaving(following({ nextFn: dispose, ...more }))).toBeUndefined();
  });

  it('P29 nothing, where the next frame works for another block', () => {
    const below = { nextFn: dispose, nextReceiver: resource };
    for (const reader of [nothing, closing({ list: [] })]) {
      expect(leaving(following(below), reader)).toBeUndefined();
    }
    for (const fn of [undefined, new Proxy(dispose, {})]) {
      expect(leaving(following({ ...below, fn }))).toBeUndefined();
    }
  });
});

it('P21 an initializer is shown in one line, and not without end', () => {
  const initializerOf = (source: string): string | undefined =>
    new CompiledText(
      `() { const a = __using(_stack, ${source}); await gate`,
    ).declarationsOf('_stack', 'list')[0]?.initializer;
  expect(initializerOf('one(\n  1,\n)')).toBe('one( 1, )');
  const long = initializerOf(`one('${'x'.repeat(1_000)}')`);
  expect(long).toHaveLength(121);
  expect(long).toMatch(/^one\('x+…$/);
});
