// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

/** What glue may cost, what it may load, and what becomes of glue that fails. */

import { spawnSync } from 'node:child_process';
import { EventEmitter, once } from 'node:events';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { Mutex } from 'async-mutex';
import { dump, extract, extractMany, extractSince, unwrapItem } from 'asynctb';
import { functionDetails, holdersOf, settlersOf } from 'asynctb/lowlevel';
import { afterEach, describe, expect, it } from 'vitest';
import { builtPath } from '../../lib/engine/find-binary';
import {
  deferred,
  ending,
  NOTE,
  started,
  visible,
  waiting,
} from '../support/glue';
import { registering } from '../support/hooks';

type Method = (...args: unknown[]) => unknown;

const root = new URL('../../', import.meta.url);
const register = registering();

/** The addon as the library has it: loading it again gives the same object. */
const addonFile = fileURLToPath(
  new URL(builtPath(process.versions.modules), root),
);
const addon = createRequire(root)(addonFile) as Record<
  'closure' | 'extract' | 'holders',
  Method
>;

const { closure, extract: engine, holders } = addon;
afterEach(() => {
  Object.assign(addon, { extract: engine, holders });
});

/** How often an extraction has walked the heap: for its frames, and for glue. */
function countWalks(act: () => void): [engine: number, glue: number] {
  let [forFrames, forGlue] = [0, 0];
  addon.extract = (...args) => (forFrames++, engine(...args));
  addon.holders = (...args) => (forGlue++, holders(...args));
  act();
  Object.assign(addon, { extract: engine, holders });
  return [forFrames, forGlue];
}

type Walks = Record<string, { walks: number[]; text: string }>;

function walksOf(size: string): Walks {
  const program = fileURLToPath(new URL('test/programs/glue/walks.cjs', root));
  const { stdout } = spawnSync(process.execPath, [program], {
    encoding: 'utf8',
  });
  return (JSON.parse(stdout) as Record<string, Walks>)[size] ?? {};
}

describe('P48 what glue costs', () => {
  // Of [frames, glue], in a heap of which the first walk keeps what may hold something, and in one of
  // which that is too much to keep.
  it.each([
    ['small', { events: [1, 0], timer: [1, 0], climbing: [1, 1] }],
    ['large', { events: [1, 1], timer: [1, 1], climbing: [1, 2] }],
  ])('P48 glue: how often a %s heap is walked', (size, walks) => {
    const counts = walksOf(size);
    expect(counts).toMatchObject({
      events: { walks: walks.events },
      timer: { walks: walks.timer },
      climbing: { walks: walks.climbing },
      none: { walks: [1, 0] },
    });
    for (const name of ['a', 'b', 'c', 'd']) {
      expect(counts.events?.text).toContain(`event "${name}" of EventEmitter`);
    }
    expect(counts.timer?.text).toContain('a timer of 100,000 ms');
    expect(counts.climbing?.text).toContain('event "line" of EventEmitter');
  });

  it('P48 glue: so many searches and no more, whatever is to be found', async () => {
    const mutexes = Array.from({ length: 20 }, () => new Mutex());
    const waits: object[] = [];
    for (const mutex of mutexes) {
      await mutex.acquire();
      waits.push((await started(() => mutex.acquire())).target);
    }
    let stacks: ReturnType<typeof extractMany> = [];
    const [, searches] = countWalks(() => (stacks = extractMany(waits)));
    expect(searches).toBe(8);
    expect(ending(stacks[0] as never)).toContain('a lock: ');
    expect(stacks.every(({ error }) => error === null)).toBe(true);
    expect(stacks.every(({ leaves }) => leaves.length === 1)).toBe(true);
  });

  it('P48 a dump asks no glue', async () => {
    await started(() => once(new EventEmitter(), 'dumped'));
    let text = '';
    expect(countWalks(() => (text = dump().toString()))).toEqual([0, 0]);
    expect(text).toContain('1 task waits here');
  });
});

describe('P48 glue asked again and again', () => {
  it('P48 what it leaves behind hides nothing, and is not taken for anything', () => {
    const program = fileURLToPath(
      new URL('test/programs/glue/again.cjs', root),
    );
    const { stdout } = spawnSync(process.execPath, [program], {
      encoding: 'utf8',
    });
    expect(JSON.parse(stdout)).toEqual([
      NOTE('event "again" of EventEmitter'),
      NOTE('a lock: Mutex, next in line'),
    ]);
    // Hundreds of walks: seconds, and with an addon that counts its lines a minute.
  }, 120_000);
});

describe('P48 glue that fails', () => {
  it('P48 one warning, and the rest goes on', async () => {
    const warnings: string[] = [];
    const mutex = new Mutex();
    const release = await mutex.acquire();
    const { target } = await started(async function caller() {
      await mutex.acquire();
    });
    const emitWarning = process.emitWarning;
    process.emitWarning = (warning: string | Error): void => {
      warnings.push(String(warning));
    };
    const stacks: ReturnType<typeof extract>[] = [];
    try {
      addon.closure = (...args) => {
        // What only the glue for this library looks at.
        if (args[0] === release) throw new Error('no');
        return closure(...args);
      };
      stacks.push(extract(target), extract(target));
    } finally {
      process.emitWarning = emitWarning;
      addon.closure = closure;
    }
    for (const stack of stacks) {
      expect(visible(stack)[0]).toBe('caller');
      expect(ending(stack)).toMatch(/^Promise \{ <pending> \}/u);
      expect(stack.error).toBeNull();
    }
    expect(warnings).toHaveLength(1);
    expect(warnings[0]).toContain('the glue for async-mutex');
    expect(ending(extract(target))).toContain('a lock');
    release();
  });
});

describe('P60–P64 what glue loads', () => {
  it('P60 P61 P62 P63 P64 nothing: no library until the program has loaded it', () => {
    const program = fileURLToPath(
      new URL('test/programs/glue/loads-nothing.cjs', root),
    );
    const { stdout, stderr } = spawnSync(process.execPath, [program], {
      encoding: 'utf8',
    });
    expect(stderr).toBe('');
    expect(JSON.parse(stdout)).toEqual({
      loaded: [],
      before: 'Promise { <pending> }',
      after: 'Promise { <pending> } (a slot of PQueueLike)',
    });
  });
});

describe('P47 glue of others has what ours has', () => {
  class Gate {
    readonly waiting: ((value: unknown) => void)[] = [];
    constructor(readonly name: string) {}
    pass(): Promise<unknown> {
      return new Promise((resolve) => this.waiting.push(resolve));
    }
  }

  it('P47 settlersOf and holdersOf, in a hook', async () => {
    const gate = new Gate('north');
    const { target } = await started(async function caller() {
      await gate.pass();
    });
    register(
      unwrapItem.register(
        (item): item is Promise<unknown> => item instanceof Promise,
        (promise) =>
          settlersOf(promise)
            .flatMap(({ value }) => holdersOf(value))
            .find(({ value }) => value instanceof Gate)?.value,
      ),
    );
    const stack = extract(target);
    expect(stack.leaves).toEqual([gate]);
  });

  it('P47 holdersOf: an activation with it in a variable, before those that share its scope', async () => {
    const object = { held: true };
    async function holds(): Promise<unknown> {
      const mine = (await object, object);
      for (const round of [1]) {
        // Its own scope, in another of its own, as it is closed over.
        const kept = mine;
        const use = (): unknown => [kept, round];
        await inside(use);
      }
      return mine;
      async function inside(use: unknown): Promise<unknown> {
        await deferred().promise;
        return [use, mine];
      }
    }
    const { target } = await started(holds);
    const names = holdersOf(object)
      .filter(({ kind }) => kind === 'activation')
      .map(({ fn }) => fn?.name);
    // The test itself is one of those that have it.
    expect(names.slice(0, -1).sort()).toEqual(['', 'holds']);
    expect(names.at(-1)).toBe('inside');
    expect(target).toBeInstanceOf(Promise);
  });

  it('P47 outside of a hook, and of what has no such functions', async () => {
    const gate = new Gate('south');
    const promise = gate.pass();
    const [holder] = settlersOf(promise);
    expect(holder).toEqual({ kind: 'object', value: gate.waiting, fn: null });
    expect(holdersOf(gate.waiting)).toContainEqual({
      kind: 'object',
      value: gate,
      fn: null,
    });
    expect(holdersOf({ held: 'by nobody' })).toEqual([]);
    const { target } = await started(async () => deferred().promise);
    expect(settlersOf(target as Promise<unknown>)).toEqual([]);
    expect(settlersOf(Promise.resolve())).toEqual([]);
    expect(() => settlersOf({} as never)).toThrow(TypeError);
    expect(() => holdersOf(1 as never)).toThrow(TypeError);
  });

  it('P47 functionDetails: name, script, and what a function closes over', () => {
    const secret = { a: 1 };
    const details = functionDetails(function named() {
      return secret;
    });
    expect(details).toMatchObject({ name: 'named', variables: { secret } });
    expect(details?.script).toContain('glue-bounds');
    // What is not declared yet is left out: V8 would throw.
    const early = functionDetails(() => later);
    const later = 1;
    expect(early?.variables).toHaveProperty('secret');
    expect(early?.variables).not.toHaveProperty('later', later);
    expect(functionDetails(Math.max)).toBeNull();
    expect(functionDetails(new Proxy(() => secret, {}))).toBeNull();
    expect(() => functionDetails({} as never)).toThrow(TypeError);
  });
});

describe('P64 test runners', () => {
  it('P64 the frames of vitest are hidden', async () => {
    await null;
    const stack = extractSince(null, { awaiters: true });
    const ofRunner = stack.frames.filter(({ scriptName }) =>
      /node_modules.*vitest/.test(scriptName),
    );
    expect(ofRunner.length).toBeGreaterThan(0);
    expect(stack.format()).not.toContain('node_modules');
    expect(stack.format()).toContain('glue-bounds.test.ts');
    expect(stack.format({ showHiddenFrames: true })).toContain('vitest');
  });

  it('P64 those of node:test are Node’s own', () => {
    const program = fileURLToPath(
      new URL('test/programs/glue/node-test.cjs', root),
    );
    const { stderr } = spawnSync(process.execPath, [program], {
      encoding: 'utf8',
    });
    const [shown = '', all = ''] = stderr.split('----');
    expect(shown.match(/╠ \w+/g)).toEqual(['╠ outer', '╠ inner']);
    expect(all).toContain('node:internal/test_runner');
  });
});

describe('P48 the addon is given what it does not expect', () => {
  it('P48 and answers, whatever it is', () => {
    const program = fileURLToPath(
      new URL('test/programs/glue/wrong-arguments.cjs', root),
    );
    const { status, signal, stdout } = spawnSync(
      process.execPath,
      [program, addonFile],
      { encoding: 'utf8' },
    );
    expect({ status, signal }).toEqual({ status: 0, signal: null });
    expect(stdout).toBe('answered\n');
  });
});

it('P63 what is noted names no more than is known', async () => {
  const held: unknown[] = [];
  const stack = await waiting(
    () => new Promise((resolve) => held.push(resolve)),
  );
  expect(ending(stack)).toBe('Promise { <pending> }');
  expect(ending(stack)).not.toBe(NOTE(''));
});
