// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

/** Who could wake a task, and which tasks wait for each other: by real locks, pools and batches. */

import { capabilities } from 'asynctb';
import { afterEach, describe, expect, it } from 'vitest';
import { Programs, REGISTER } from '../support/program';

const programs = new Programs();
afterEach(() => programs.end());

interface Found {
  /** By the function that waits: the verdict, and who may wake it, by which variable, how many. */
  wakers: Record<string, string[]>;
  /** Wakers that are not the outermost function of the task that they are said to be part of. */
  strangers: string[];
  /** How many, whether that is certain, and the functions with what they hold. */
  deadlocks: (string | number | boolean)[][];
}

async function found(name: string, nodeArgs = ['--expose-gc']): Promise<Found> {
  const program = programs.start('why/wakers.cjs', { args: [name], nodeArgs });
  await program.ended();
  expect(program.stderr).toBe('');
  return JSON.parse(program.stdout) as Found;
}

const isAble = capabilities().holders.available;

describe.runIf(isAble)('who may wake who waits', () => {
  it.each([
    ['lock', { waitLock: ['waiting', 'holder unlock 1'] }],
    ['mutexOfLibrary', { waitMutex: ['waiting', 'holder release 1'] }],
    ['pool', { waitPool: ['waiting', 'holder client 2'] }],
    ['forgetful', { waitPool: ['waiting', 'holder null 2'] }],
    ['handle', { waitLock: ['waiting', 'holder lease 1'] }],
    ['bound', { waitPool: ['waiting', 'holder give 1'] }],
  ])('%s', async (name, wakers) => {
    expect(await found(name)).toEqual({
      wakers,
      strangers: [],
      deadlocks: [],
    });
  });
});

describe.runIf(isAble)('a connection that an unread body takes', () => {
  it('may be released by who has the response and reads it later', async () => {
    const program = programs.start('why/unread-bodies.cjs', {
      nodeArgs: [],
      env: { NODE_NO_WARNINGS: '1' },
    });
    await program.ended();
    expect(program.stderr).toBe('');
    expect(JSON.parse(program.stdout)).toEqual({
      waitSingle: ['leak answer 1'],
      waitPair: ['leak answer 2'],
      waitClient: ['leakBody body 1'],
    });
  });
});

describe.runIf(isAble)('tasks that wait for each other', () => {
  it.each([
    ['crossed', [1, false, 'waitTransfer first', 'waitTransfer first']],
    ['crossedOfLibrary', [1, false, 'waitForth first', 'waitBack second']],
    ['nested', [2, false, 'waitNested outer']],
    ['batch', [1, false, 'waitLoad null']],
    ['chain', [1, true, 'waitForth null', 'waitBack null']],
  ])('%s', async (name, deadlock) => {
    const { wakers, deadlocks } = await found(name);
    expect(deadlocks).toEqual([deadlock]);
    for (const [verdict] of Object.values(wakers))
      expect(verdict).toBe('deadlock');
  });

  // With what is left over of functions that have gone on, which nothing has.
  it.each([
    ['crossed', [1, false, 'waitTransfer first', 'waitTransfer first']],
    ['crossedOfLibrary', [1, false, 'waitForth first', 'waitBack second']],
    ['nestedOfPg', [1, false, 'waitNested outer']],
    ['loaderOfItself', [1, false, 'waitLoad null']],
  ])('%s, before any garbage was collected', async (name, deadlock) => {
    expect((await found(name, [])).deadlocks).toEqual([deadlock]);
  });

  it.each([
    'nestedOfPgWithCallback',
    'crossedWithSafety',
    'nestedWithCallback',
    'permits',
  ])('but not %s, before any garbage was collected', async (name) => {
    expect((await found(name, [])).deadlocks).toEqual([]);
  });

  it.each([
    'nestedOfPgWithCallback',
    'nestedWithAnother',
    'nestedWithCallback',
    'crossedWithLimit',
    'crossedWithSafety',
    'permits',
    'timed',
  ])('but not %s', async (name) => {
    const { wakers, deadlocks } = await found(name);
    expect(deadlocks).toEqual([]);
    expect(Object.values(wakers)).not.toEqual([]);
    for (const [verdict] of Object.values(wakers))
      expect(verdict).toBe('waiting');
  });

  it('stand at the head of a dump by signal', async () => {
    const program = programs.start('why/wakers.cjs', {
      args: ['nested', 'signal'],
      nodeArgs: ['-r', REGISTER],
    });
    await program.says('ready');
    const dump = await program.dump();
    expect(dump).toMatch(
      /\ntotal: 2 .*\nlikely deadlock: a task waits for what it has itself, 2 times\n {2}waitNested, .*wakers\.cjs:\d+, waits for what is held by queue\[…\] of Pool, which waitNested, .*, may release \(by outer\)\n/,
    );
    expect(dump).toMatch(
      /\n {4}may be released by waitNested, .* \(by outer\), 2 ×\n/,
    );
    program.send('end');
    await program.ended();
  });
});
