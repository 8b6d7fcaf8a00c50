// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

/** What the AsyncLocalStorage stores of tasks say, by every door, and what they never say. */

import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { Programs, REGISTER } from '../support/program';

type Contexts = Record<string, Record<string, string>[]>;
interface Told {
  none: Contexts;
  some: Contexts;
  later: Contexts;
  other: Contexts;
  all: Contexts;
  storage: Contexts;
  secret: Contexts;
  shown: Contexts;
  hidden: Contexts;
  text: string;
  json: string;
}

const PROGRAM = 'tasks/contexts.cjs';
const programs = new Programs();
let told: Told;
beforeAll(async () => {
  const program = programs.start(PROGRAM, { args: ['api'] });
  await program.ended();
  expect(program.stderr).toBe('');
  // Nothing of the program has run, or it would have said so.
  told = JSON.parse(program.stdout) as Told;
});
afterEach(() => programs.end());
afterAll(() => programs.end());

/** Storages have names since Node 24. */
const hasNames = Number(process.versions.node.split('.')[0]) >= 24;

const sorted = (contexts: Record<string, string>[] = []): string[] =>
  contexts
    .map((context) => JSON.stringify(Object.entries(context).sort()))
    .sort();
const entries = (...contexts: Record<string, string>[]): string[] =>
  sorted(contexts);

const EXPECTED: [string, ...Record<string, string>[]][] = [
  [
    'handle > query',
    { requestId: 'req-0' },
    { requestId: 'req-1' },
    { requestId: 'req-2' },
  ],
  ['iterates > rows', { requestId: 'rows' }],
  ['all > Promise.all', { requestId: 'all' }],
  ['finish', { requestId: 'chained' }],
  ['entered', { requestId: 'entered' }],
  ['outside', {}],
  ['middleware > handle > query', { requestId: 'inner', step: '2' }],
  ['nested > query', { requestId: 'outer', user: 'alice' }],
  ['replaced > query', { requestId: 'outer' }],
  ['deep', { requestId: 'in a Map', user: '7' }, { 'user.id': '5' }],
  ['shares > query', { requestId: 'first' }, { requestId: 'second' }],
  ['shares > forgotten', { requestId: 'second' }],
  ['proxied', {}],
];

describe.each(['some', 'later', 'other'] as const)(
  'what was chosen of contexts, by %s',
  (door) => {
    it.each(EXPECTED)('%s', (stack, ...contexts) => {
      expect(sorted(told[door][stack])).toEqual(entries(...contexts));
    });
  },
);

describe('of contexts, dumps show', () => {
  const hasContext = (contexts: Contexts): boolean =>
    Object.values(contexts)
      .flat()
      .some((context) => Object.keys(context).length > 0);

  it('nothing that was not chosen', () => {
    expect(hasContext(told.none)).toBe(false);
    expect(hasContext(told.hidden)).toBe(false);
  });

  it('what showContext has chosen, for all dumps', () => {
    expect(told.shown['iterates > rows']).toEqual([{ requestId: 'rows' }]);
    expect(told.shown['nested > query']).toEqual([{ requestId: 'outer' }]);
  });

  it('a store that is a text, under the name of its storage', () => {
    const name = hasNames ? 'requests' : 'store';
    expect(told.all.text).toEqual([{ [name]: 'a text' }]);
    expect(told.storage.text).toEqual([{ [name]: 'a text' }]);
  });

  it('all of a storage, by its name', () => {
    expect(told.storage['iterates > rows']).toEqual([{ requestId: 'rows' }]);
  });

  it('no secrets, even if they are chosen', () => {
    expect(hasContext(told.secret)).toBe(false);
    const [all] = told.all.secrets ?? [];
    expect(all).toMatchObject({
      requestId: 'of a class',
      url: 'postgres://<redacted>@db/app',
      note: 'Bearer <redacted>',
      random: '<redacted>',
    });
    expect(JSON.stringify([told.all, told.some, told.json])).not.toMatch(
      /pl4nted|hunter2/,
    );
  });

  it('a part of what is long', () => {
    const [large] = told.all.large ?? [];
    for (const value of Object.values(large ?? {}))
      expect(value.length).toBeLessThan(600);
    expect(Object.keys(large ?? {}).length).toBeLessThan(40);
  });
});

describe('a dump that nobody in the program makes', () => {
  it('shows what ASYNCTB_CONTEXT has chosen', async () => {
    const program = programs.start(PROGRAM, {
      nodeArgs: ['-r', REGISTER],
      args: ['signal'],
      env: { ASYNCTB_CONTEXT: 'requestId, user.id,password' },
    });
    await program.says('ready');
    const dump = await program.dump();
    for (const id of ['req-0', 'req-1', 'req-2', 'rows', 'in a Map'])
      expect(dump).toContain(`    requestId=${id}\n`);
    expect(dump).toContain('    user.id=5\n');
    expect(dump).not.toContain('step=');
    expect(dump).not.toMatch(/pl4nted-hunter2(?!';)/);
    expect(program.stdout).toBe('ready\n');
  });

  it('nothing of contexts without it', async () => {
    const program = programs.start(PROGRAM, {
      nodeArgs: ['-r', REGISTER],
      args: ['signal'],
    });
    await program.says('ready');
    expect(await program.dump()).not.toMatch(/^ {4}\w+=/mu);
  });

  it('by the watchdog too', async () => {
    const program = programs.start(PROGRAM, {
      nodeArgs: ['-r', REGISTER],
      args: ['blocks'],
      env: { ASYNCTB_CONTEXT: 'requestId', ASYNCTB_WATCHDOG: '200' },
    });
    await program.reports(/^=== end of asynctb dump/mu);
    expect(program.dumps[0]).toContain('    requestId=req-1\n');
  });

  it('at the end of the process too', async () => {
    const program = programs.start('tasks/contexts-at-exit.mjs', {
      nodeArgs: ['-r', REGISTER],
      env: { ASYNCTB_CONTEXT: 'requestId' },
    });
    await program.ended();
    expect(program.stderr).toContain('    requestId=at the end\n');
  });
});
