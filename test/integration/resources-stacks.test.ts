// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

import { capabilities } from 'asynctb';
import { beforeAll, describe, expect, it } from 'vitest';
import { runForJson } from '../support/child';

interface Child {
  description: string;
  label: string;
  isAsync: boolean;
  isExiting: boolean;
  children: Child[];
}

interface Found extends Record<string, Child[] | string[]> {
  leaving: Child[];
  disposal: string[];
}

const has = capabilities().resources.available;

function entries(isAsync: boolean): Child[] {
  return [
    ['cleanup.use(…)', 'used'],
    ['cleanup.adopt(…, close)', 'adopted'],
    ['cleanup.defer(deferred)', 'deferred'],
    ['cleanup.defer(bound toString)', 'bound toString'],
  ].map(([description = '', label = '']) => ({
    description,
    label,
    isAsync,
    isExiting: false,
    children: [],
  }));
}

const kinds = [...(has ? ['native'] : []), 'core-js', 'disposablestack'];

describe.each(kinds)('disposable stacks: %s', (kind) => {
  let found: Found;

  beforeAll(async () => {
    found = await runForJson<Found>('../resources/stacks.cjs', {
      args: [kind],
    });
  });

  it('P25 a child an entry, in order, described as it was entered', () => {
    expect(found.sync).toEqual(entries(false));
  });

  it('P25 an asynchronous stack', () => {
    expect(found.async).toEqual(entries(true));
  });

  it('P25 nothing once it was disposed of or moved, and what was moved where it is now', () => {
    expect(found.disposed).toEqual([]);
    expect(found.moved).toEqual([]);
    expect(found.to).toEqual(entries(false));
    expect(found.empty).toEqual([]);
  });

  it('P25 a stack in a stack', () => {
    const [child] = found.nested as Child[];
    expect(child?.description).toBe('cleanup.use(…)');
    expect(child?.children.map(({ label }) => label)).toEqual([
      'used',
      'adopted',
      'deferred',
      'bound toString',
    ]);
  });

  it('P25 functions without a name that could be read', () => {
    expect(found.nameless).toEqual([
      'cleanup.adopt(…, …)',
      'cleanup.defer(…)',
      'cleanup.defer(…)',
      'cleanup.defer(…)',
    ]);
  });

  it('P25 no getter of the program runs, and a proxy is left alone', () => {
    expect(found.getters).toEqual(entries(false));
    expect(found.proxy).toEqual([]);
  });
});

describe.runIf(has)('disposable stacks on their way out', () => {
  it('P25 what is still in it, and what is being disposed of', async () => {
    const { leaving, disposal } = await runForJson<Found>(
      '../resources/stacks.cjs',
      { args: ['native'] },
    );
    expect(leaving.map(({ label, isExiting }) => [label, isExiting])).toEqual([
      ['first', false],
      ['second', true],
    ]);
    expect(disposal).toEqual(['[Symbol.asyncDispose]']);
  });
});
