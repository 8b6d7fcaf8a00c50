// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { runInThisContext } from 'node:vm';
import swc from '@swc/core';
import * as asyncMutex from 'async-mutex';
import { extract } from 'asynctb';
import Bluebird from 'bluebird';
import co from 'co';
import * as effection from 'effection';
import pLimit from 'p-limit';
import PQueue from 'p-queue';
import Piscina from 'piscina';
import ts from 'typescript';
import { afterAll, describe, expect, it } from 'vitest';
import {
  deferred,
  ending,
  NOTE,
  started,
  visible,
  waiting,
} from '../support/glue';

const require = createRequire(import.meta.url);
const { transformSync: transformByBabel } = require('@babel/core') as {
  transformSync(source: string, options: object): { code: string };
};
const gate = deferred();
const { Mutex } = asyncMutex;
/** Compiled for old engines, where its closures look different. */
const asyncMutexForRequire = require('async-mutex') as typeof asyncMutex;

async function inner(): Promise<void> {
  await gate.promise;
}

describe('P64 runners of generators', () => {
  it('P64 co: the generators, and what they wait for', async () => {
    function* sub(): Generator {
      yield inner();
    }
    function* task(): Generator {
      yield* sub();
    }
    const stack = await waiting(async function caller() {
      await co(task);
    });
    expect(visible(stack)).toEqual(['caller', 'task', 'sub', 'inner']);
    expect(stack.leaves).toEqual([gate.promise]);
  });

  it('P64 co in co, and a generator that yields several promises', async () => {
    const stack = await waiting(() =>
      co(function* outer(): Generator {
        yield co(function* nested(): Generator {
          yield [inner(), inner()];
        });
      }),
    );
    expect(visible(stack)).toEqual(['outer', 'nested', 'Promise.all']);
    expect(stack.frames.at(-1)?.branches.map(visible)).toEqual([
      ['inner'],
      ['inner'],
    ]);
  });

  it('P64 __awaiter of TypeScript: the generators, and what they wait for', async () => {
    const { outputText } = ts.transpileModule(
      `async function outer(inner) { await middle(inner); }
       async function middle(inner) { await inner(); }
       outer;`,
      { compilerOptions: { target: ts.ScriptTarget.ES2015 } },
    );
    expect(outputText).toContain('__awaiter');
    const outer = runInThisContext(outputText) as (
      fn: typeof inner,
    ) => Promise<void>;
    const stack = await waiting(() => outer(inner));
    expect(stack.frames.map(({ kind }) => kind)).toEqual([
      'generator',
      'generator',
      'async-function',
    ]);
    expect(visible(stack).at(-1)).toBe('inner');
    expect(stack.leaves).toEqual([gate.promise]);
  });

  const ASYNC_FUNCTIONS = `async function outer(inner) { await middle(inner); }
    async function middle(inner) { await inner(); }
    outer;`;

  it.each([
    [
      'Babel',
      () =>
        transformByBabel(ASYNC_FUNCTIONS, {
          babelrc: false,
          configFile: false,
          plugins: ['@babel/plugin-transform-async-to-generator'],
        }).code,
    ],
    [
      'SWC',
      () =>
        swc.transformSync(ASYNC_FUNCTIONS, {
          jsc: { target: 'es2016' },
          isModule: false,
        }).code,
    ],
  ])(
    'P64 _asyncToGenerator of %s: the generators, and what they wait for',
    async (_, compile) => {
      const code = compile();
      expect(code).toContain('asyncGeneratorStep');
      const outer = runInThisContext(code) as (
        fn: typeof inner,
      ) => Promise<void>;
      const stack = await waiting(() => outer(inner));
      expect(stack.frames.map(({ kind }) => kind)).toEqual([
        'generator',
        'generator',
        'async-function',
      ]);
      expect(stack.frames.map(({ lineText }) => lineText?.trim())).toEqual([
        'yield middle(inner);',
        'yield inner();',
        'await gate.promise;',
      ]);
      expect(stack.leaves).toEqual([gate.promise]);
    },
  );

  it('P64 Bluebird.coroutine', async () => {
    const run = Bluebird.coroutine(function* task(): Generator<unknown> {
      yield inner();
    });
    const stack = await waiting(async function caller() {
      await run();
    });
    expect(visible(stack)).toEqual(['caller', 'task', 'inner']);
  });
});

describe('P60 promises that are not the engine’s', () => {
  it('P60 Bluebird: through derived promises to a native one', async () => {
    const stack = await waiting(async function caller() {
      await Bluebird.resolve(inner())
        .then(() => 1)
        .then(() => 2);
    });
    expect(visible(stack)).toEqual(['caller', 'inner']);
    expect(stack.leaves).toEqual([gate.promise]);
  });

  it('P60 Bluebird: as a target, with several handlers, and following', async () => {
    const source = Bluebird.resolve(inner());
    const derived = [1, 2, 3].map((n) => source.then(() => n));
    for (const promise of derived) {
      expect(visible(await waiting(() => promise))).toEqual(['inner']);
    }
    const following = new Bluebird((resolve) => resolve(source));
    expect(visible(await waiting(() => following))).toEqual(['inner']);
  });

  it('P60 Bluebird: settled, and of a timer', async () => {
    expect(extract(Bluebird.resolve(1)).leaves).toEqual([]);
    const stack = await waiting(async function caller() {
      await Bluebird.delay(60_000);
    });
    expect(ending(stack)).toBe('Promise (a timer of 60,000 ms)');
  });
});

describe('P63 queues and pools', () => {
  it('P63 p-limit: one runs, one waits for its slot', async () => {
    const limit = pLimit(1);
    const running = await waiting(async function caller() {
      await limit(inner);
    });
    expect(visible(running)).toEqual(['caller', 'inner']);
    const queued = await waiting(async function caller() {
      await limit(inner);
    });
    expect(visible(queued)).toEqual(['caller']);
    expect(ending(queued)).toBe(NOTE('a slot of p-limit: 1 of 1 taken'));
  });

  it('P63 p-queue: one runs, one waits for its slot', async () => {
    const queue = new PQueue({ concurrency: 1 });
    const running = await waiting(async function caller() {
      await queue.add(inner);
    });
    expect(visible(running).at(0)).toBe('caller');
    expect(visible(running).at(-1)).toBe('inner');
    const queued = await waiting(async function caller() {
      await queue.add(inner, { priority: 3, id: 'seven' } as object);
    });
    expect(visible(queued)).toEqual(['caller']);
    expect(ending(queued)).toBe(
      NOTE('a slot of PQueue (id "seven", priority 3)'),
    );
  });

  it.each([
    ['imported', asyncMutex],
    ['required', asyncMutexForRequire],
  ])(
    'P63 async-mutex, %s: which lock, who is before, who holds it',
    async (_, { Mutex }) => {
      const mutex = new Mutex();
      async function owner(): Promise<void> {
        const release = await mutex.acquire();
        await gate.promise;
        release();
      }
      await started(owner);
      const next = await waiting(async function caller() {
        await mutex.acquire();
      });
      expect(visible(next)[0]).toBe('caller');
      expect(ending(next)).toBe(
        NOTE('a lock: Mutex, next in line, held by owner'),
      );
      const later = await waiting(() => mutex.runExclusive(inner));
      expect(ending(later)).toBe(
        NOTE('a lock: Mutex, 1 before it, held by owner'),
      );
    },
  );

  it('P63 async-mutex: held by who closes over its release, not by who is inside of that', async () => {
    const mutex = new Mutex();
    const release = deferred();
    async function owner(): Promise<void> {
      const free = await mutex.acquire();
      void release.promise.then(() => free());
      await bystander();
      async function bystander(): Promise<void> {
        await gate.promise;
      }
    }
    await started(owner);
    const stack = await waiting(async function caller() {
      await mutex.acquire();
    });
    expect(ending(stack)).toBe(
      NOTE('a lock: Mutex, next in line, held by owner'),
    );
  });

  it.each([
    ['imported', asyncMutex, 'runExclusive'],
    ['required', asyncMutexForRequire, 'inner'],
  ])(
    'P63 async-mutex, %s: held while runExclusive runs',
    async (_, { Mutex, Semaphore }, holder) => {
      for (const lock of [new Semaphore(1), new Mutex()]) {
        await started(() => lock.runExclusive(inner));
        const stack = await waiting(async function caller() {
          await lock.acquire();
        });
        const name = lock instanceof Mutex ? 'Mutex' : 'Semaphore';
        expect(ending(stack)).toBe(
          NOTE(`a lock: ${name}, next in line, held by ${holder}`),
        );
      }
    },
  );
});

describe('P12 a pool of threads', () => {
  const pool = new Piscina({
    filename: fileURLToPath(
      new URL('../programs/glue/worker.cjs', import.meta.url),
    ),
    minThreads: 1,
    maxThreads: 1,
  });
  afterAll(() => pool.destroy());

  it('P12 P63 a task that runs leads to its thread, one that waits says so', async () => {
    const { target } = await started(async function caller() {
      await pool.run(1);
    });
    const running = extract(target);
    expect(visible(running)[0]).toBe('caller');
    // It has not loaded asynctb, and cannot be asked.
    expect(running.error).toMatchObject({ code: 'ERR_ASYNCTB_NOT_REGISTERED' });
    expect(running.leaves).toEqual([pool.threads[0]]);
    expect(running.format()).toMatch(/Worker \(of Piscina: task 0, ".*worker/);
    const queued = await waiting(async function caller() {
      await pool.run(2);
    });
    expect(visible(queued)).toEqual(['caller']);
    expect(ending(queued)).toMatch(
      /a free thread of Piscina: task 1, ".*worker/,
    );
  });
});

describe('P27 P63 structured concurrency: Effection', () => {
  function* child(): effection.Operation<void> {
    yield* effection.suspend();
  }
  function* main(): effection.Operation<void> {
    void (yield* effection.spawn(child));
    void (yield* effection.spawn(child));
    yield* effection.sleep(1_000_000);
  }

  it('P27 the tasks that a task has started are stubs', async () => {
    const task = effection.run(main);
    const stack = await waiting(() => task);
    expect(visible(stack)).toEqual(['main']);
    const [group] = stack.frames.flatMap(({ resources }) => resources);
    expect(group?.children.map(String)).toHaveLength(2);
    for (const each of group?.children ?? []) {
      expect(each).toMatchObject({ frames: [], leaves: [] });
    }
    expect(ending(stack)).toBe('Object (effect sleep(1000000))');
    await task.halt();
  });

  it('P27 and are extracted when that is asked for', async () => {
    const task = effection.run(main);
    const stack = await waiting(() => task, { recurseChildTasks: true });
    const [group] = stack.frames.flatMap(({ resources }) => resources);
    const names = group?.children.map((each) =>
      'frames' in each ? visible(each) : [],
    );
    expect(names).toEqual([['child'], ['child']]);
    await task.halt();
  });

  it('P63 an async function that awaits a task', async () => {
    const task = effection.run(main);
    const stack = await waiting(async function caller() {
      await task;
    });
    expect(visible(stack)[0]).toBe('caller');
    expect(visible(stack).at(-1)).toBe('main');
    await task.halt();
  });
});
