// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

import { AsyncLocalStorage, AsyncResource } from 'node:async_hooks';
import { EventEmitter, on, once } from 'node:events';
import { createRequire } from 'node:module';
import { PassThrough } from 'node:stream';
import * as streams from 'node:stream/promises';
import { setInterval, setTimeout as delay } from 'node:timers/promises';
import {
  extract,
  explainLeaf,
  extractMany,
  extractSince,
  fillResource,
  Resource,
  unwrapItem,
} from 'asynctb';
import { describe, expect, it } from 'vitest';
import {
  ending,
  NOTE,
  parked,
  started,
  visible,
  waiting,
} from '../support/glue';

class Server extends EventEmitter {}
const unref = { ref: false };

describe('P60 events, streams and timers of Node', () => {
  it('P60 once: which event of which emitter', async () => {
    const server = new Server();
    const stack = await waiting(async function caller() {
      await once(server, 'ready');
    });
    expect(visible(stack)).toEqual(['caller']);
    expect(ending(stack)).toBe(NOTE('event "ready" of Server'));
    expect(stack.leaves[0]).toBeInstanceOf(Promise);
    server.emit('ready');
  });

  it('P60 a promise of its own that an emitter resolves', async () => {
    const server = new Server();
    const name = Symbol('done');
    const stack = await waiting(async function caller() {
      await new Promise((resolve) => server.once(name, resolve));
    });
    expect(ending(stack)).toBe(NOTE('event Symbol(done) of Server'));
    server.emit(name);
  });

  it('P60 on: a loop that waits for the next event', async () => {
    const server = new Server();
    const stack = await waiting(async function caller() {
      for await (const [last] of on(server, 'line')) if (last) break;
    });
    expect(visible(stack)).toEqual(['caller']);
    expect(ending(stack)).toBe(NOTE('event "line" of Server'));
    server.emit('line', true);
  });

  it('P60 a pipeline, and the end of one stream', async () => {
    const [from, to] = [new PassThrough(), new PassThrough()];
    const pipeline = await waiting(async function caller() {
      await streams.pipeline(from, to);
    });
    expect(ending(pipeline)).toBe(
      NOTE(
        'the end of a pipeline: PassThrough → PassThrough, which stalls at 1 of 2, PassThrough: it gives no data',
      ),
    );
    const finished = await waiting(async function caller() {
      await streams.finished(from);
    });
    expect(ending(finished)).toBe(NOTE('the end of PassThrough'));
  });

  it('P60 timers of node:timers/promises', async () => {
    const timer = await waiting(async function caller() {
      await delay(50_000, 0, unref);
    });
    expect(visible(timer)).toEqual(['caller']);
    expect(ending(timer)).toBe(NOTE('a timer of 50,000 ms'));
    expect(ending(await waiting(() => delay(60_000, 0, unref)))).toBe(
      NOTE('a timer of 60,000 ms'),
    );
    const interval = await waiting(async function caller() {
      for await (const _ of setInterval(70_000, 0, unref)) break;
    });
    expect(ending(interval)).toBe(NOTE('an interval of 70,000 ms'));
  });

  it('P60 timers by hand: with resolve as the callback, and in one', async () => {
    const direct = await waiting(async function caller() {
      await new Promise((resolve) => setTimeout(resolve, 80_000).unref());
    });
    expect(ending(direct)).toBe(NOTE('a timer of 80,000 ms'));
    const closure = await waiting(async function caller() {
      await new Promise((resolve) => {
        setTimeout(() => resolve(1), 90_000).unref();
      });
    });
    expect(ending(closure)).toBe(NOTE('a timer of 90,000 ms'));
  });

  it('P60 a timer that was cleared is waited for no longer', async () => {
    let timer: NodeJS.Timeout | undefined;
    const { target } = await started(async function caller() {
      await new Promise((resolve) => {
        timer = setTimeout(resolve, 95_000).unref();
      });
    });
    expect(ending(extract(target))).toBe(NOTE('a timer of 95,000 ms'));
    clearTimeout(timer);
    expect(ending(extract(target))).toBe('Promise { <pending> }');
  });

  it('P60 several targets, each with its own', async () => {
    const server = new Server();
    const targets: object[] = [];
    for (const name of ['a', 'b', 'c']) {
      targets.push((await started(() => once(server, name))).target);
    }
    expect(extractMany(targets).map(ending)).toEqual(
      ['a', 'b', 'c'].map((name) => NOTE(`event "${name}" of Server`)),
    );
    const race = await waiting(() =>
      Promise.race(targets as Promise<unknown>[]),
    );
    for (const name of ['a', 'b', 'c']) {
      expect(race.format()).toContain(NOTE(`event "${name}" of Server`));
    }
  });

  it('P60 no code of the program runs: getters, proxies, names of events', async () => {
    let runs = 0;
    const run = (): never => {
      runs++;
      throw new Error('ran');
    };
    class Hostile extends EventEmitter {
      get [Symbol.toStringTag](): string {
        return run();
      }
    }
    const emitter = new Hostile();
    Object.defineProperty(emitter, 'name', { get: run, enumerable: true });
    await waiting(async () => {
      await once(emitter, 'x');
    });
    // Whatever holds a `resolve` is looked at, this as well.
    const held: unknown[] = [];
    await waiting(async () => {
      await new Promise((resolve) => {
        held.push(
          new Proxy({ resolve }, { getOwnPropertyDescriptor: run, get: run }),
          {
            resolve,
            get target() {
              return run();
            },
            get _idleTimeout() {
              return run();
            },
          },
          Object.defineProperty([resolve], '0', { get: run }),
        );
      });
    });
    expect(held).toHaveLength(3);
    expect(runs).toBe(0);
  });

  it('P60 notes may be given and taken back by any hook, for one stack', () => {
    const leaf = {};
    let note: string | null = 'the other side';
    const unregister = unwrapItem.register(
      (item) => item === leaf,
      () => explainLeaf(leaf, note),
    );
    const noted = extract(leaf);
    expect(ending(noted)).toBe('Object (the other side)');
    expect(noted.formatFlat()).toContain('Object (the other side)');
    expect(noted.toJSON().leaves).toEqual(['Object (the other side)']);
    expect(noted.wait).toMatchObject({
      kind: 'unknown',
      text: 'the other side',
      sure: true,
    });
    expect(noted.toJSON().wait).toEqual(noted.wait);
    note = null;
    expect(ending(extract(leaf))).toBe('Object');
    unregister();
    expect(ending(noted)).toBe('Object (the other side)');
    expect(() => explainLeaf(1 as never, 'x')).toThrow(TypeError);
    expect(() => explainLeaf(leaf, 1 as never)).toThrow(TypeError);
    expect(() => explainLeaf(leaf, {} as never)).toThrow(TypeError);
    expect(() =>
      explainLeaf(leaf, { text: 'x', kind: 'locked' as never }),
    ).toThrow(/one of timer, io/);
    expect(() => explainLeaf(leaf, 'x')).toThrow(
      expect.objectContaining({ code: 'ERR_ASYNCTB_NOT_IN_HOOK' }),
    );
  });
});

describe('P61 disposable stacks', () => {
  interface Entered {
    use(value: object): void;
    defer(fn: () => void): void;
  }
  const native = (globalThis as { DisposableStack?: new () => Entered })
    .DisposableStack;

  it.each<[string, new () => Entered]>([
    // It comes without types.
    [
      'disposablestack',
      createRequire(import.meta.url)('disposablestack/DisposableStack'),
    ],
    ...(native === undefined ? [] : [['V8’s own', native] as const]),
  ] as [string, new () => Entered][])(
    'P61 %s: a child an entry',
    (_name, DisposableStack) => {
      const stack = new DisposableStack();
      const used = { [Symbol.dispose ?? Symbol.for('Symbol.dispose')]() {} };
      if (Symbol.dispose !== undefined) stack.use(used);
      stack.defer(function later() {});
      const resource = new Resource(stack);
      fillResource(resource);
      expect(resource.children.at(-1)).toMatchObject({
        description: 'stack.defer(later)',
      });
      expect(resource.children).toHaveLength(
        Symbol.dispose === undefined ? 1 : 2,
      );
    },
  );
});

describe('P62 what Node calls in between', () => {
  /** The running stack of a callback, as it is printed. */
  async function seenFrom(
    schedule: (callback: () => void) => void,
  ): Promise<string> {
    let printed = '';
    await new Promise<void>((resolve) => {
      schedule(function callback() {
        printed = extractSince(null).format();
        resolve();
      });
    });
    return printed;
  }

  it.each<[string, (callback: () => void) => void]>([
    ['AsyncLocalStorage.run', (run) => new AsyncLocalStorage().run(1, run)],
    [
      'AsyncResource.runInAsyncScope',
      (run) => new AsyncResource('test').runInAsyncScope(run),
    ],
    ['queueMicrotask', (run) => queueMicrotask(run)],
    ['setTimeout', (run) => void setTimeout(run, 0)],
    ['setImmediate', (run) => void setImmediate(run)],
    ['process.nextTick', (run) => process.nextTick(run)],
    ['an emitter', (run) => void new EventEmitter().once('x', run).emit('x')],
  ])('P62 %s is left out', async (_name, schedule) => {
    const printed = await seenFrom(schedule);
    expect(printed).toContain('callback at');
    expect(printed).not.toMatch(/ at node:|processTicks|listOnTimeout/);
  });
});

const helpers = (globalThis as { Iterator?: { prototype: object } }).Iterator;

describe.runIf(helpers !== undefined && 'map' in helpers.prototype)(
  'P60 iterator helpers',
  () => {
    interface Helped extends Generator<number> {
      map(each: (value: number) => number): Helped;
      filter(test: (value: number) => boolean): Helped;
      flatMap(each: (value: number) => number[]): Helped;
      take(count: number): Helped;
      drop(count: number): Helped;
    }
    function* source(): Generator<number> {
      yield 1;
      yield 2;
    }
    const same = (value: number): number => value;

    it.each<[string, (from: Helped) => Helped]>([
      ['map', (from) => from.map(same)],
      ['filter', (from) => from.filter(() => true)],
      ['flatMap', (from) => from.flatMap((value) => [value, value])],
      ['take', (from) => from.take(2)],
      ['drop', (from) => from.drop(0)],
      ['several', (from) => from.map(same).take(2).drop(0)],
    ])('P60 %s leads to what it draws from', (_name, help) => {
      const helper = help(source() as Helped);
      helper.next();
      expect(visible(extract(helper))).toEqual(['source']);
      function* outer(): Generator<number> {
        yield* help(source() as Helped);
      }
      const target = outer();
      target.next();
      const stack = extract(target);
      expect(visible(stack)).toEqual(['outer', 'source']);
      expect(stack.leaves).toEqual([]);
    });

    it('P60 what only inherits from a helper is none', () => {
      const helper = (source() as Helped).map(same);
      const forged = Object.create(Object.getPrototypeOf(helper)) as object;
      expect(extract(forged).leaves[0]).toBe(forged);
    });
  },
);

describe('P60 thenables, and generators in async loops', () => {
  it('P60 a loop over promises of a generator that is not async', async () => {
    let open: (value: unknown) => void = () => {};
    const gate = new Promise((resolve) => (open = resolve));
    async function inner(): Promise<void> {
      await gate;
    }
    function* source(): Generator<Promise<void>> {
      yield inner();
    }
    const stack = await waiting(async function caller() {
      for await (const _ of source()) break;
    });
    expect(visible(stack)).toEqual(['caller', 'inner']);
    open(1);
    await parked();
  });

  it('P60 a thenable that hands on to a promise', async () => {
    const gate = new Promise(() => {});
    async function inner(): Promise<void> {
      await gate;
    }
    const promise = inner();
    const thenable = {
      then: (yes: () => void, no: () => void) => void promise.then(yes, no),
    };
    const stack = await waiting(async function caller() {
      await thenable;
    });
    expect(visible(stack)).toEqual(['caller', 'inner']);
  });
});
