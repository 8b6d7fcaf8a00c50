// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

/** Stacks that hooks lead into other threads, and back. */

import { once } from 'node:events';
import type { Worker } from 'node:worker_threads';
import {
  callGraph,
  extract,
  extractMany,
  findAwaiters,
  registerThread,
  RemoteItem,
  type Stack,
  unwrapItem,
  unwrapRemote,
} from 'asynctb';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { loadProgram, runFormatters } from '../support/forms';
import { namesOf, registering } from '../support/hooks';
import { REGISTER } from '../support/program';

interface Peer {
  call(name: string, ...args: unknown[]): Promise<unknown>;
}
interface Started {
  worker: Worker;
  peer: Peer;
}
const calls = loadProgram<{
  install(): () => void;
  start(methods?: object, options?: object): Started;
}>('../threads/calls.cjs');

const register = registering();
const workers: Worker[] = [];

async function startServer(methods?: object, options?: object): Promise<Peer> {
  const { worker, peer } = calls.start(methods, options);
  workers.push(worker);
  await once(worker, 'message');
  return peer;
}

/** The last worker that was started. */
const thread = (): Worker => workers.at(-1) as Worker;

function codeOf({ error }: Stack): unknown {
  return (error as { code?: unknown } | null)?.code;
}

/** A call that has just been sent may not have arrived. */
async function arrived(target: unknown, last: string): Promise<Stack> {
  let stack = extract(target);
  while (namesOf(stack).at(-1) !== last) {
    await new Promise((resolve) => setImmediate(resolve));
    stack = extract(target);
  }
  return stack;
}

async function caller(peer: Peer, ...call: [string, ...unknown[]]) {
  return await peer.call(...call);
}

beforeAll(() => registerThread({ name: 'the test' }));
beforeEach(() => register(calls.install()));
afterEach(async () => {
  await Promise.all(workers.splice(0).map((worker) => worker.terminate()));
});

describe('P12 into another thread', () => {
  it('P12 who waits for a call continues into the task that serves it', async () => {
    const peer = await startServer();
    const waits = caller(peer, 'waits');
    const elsewhere = caller(peer, 'waitsElsewhere');
    const stack = await arrived(waits, 'waits');
    expect(namesOf(stack)).toEqual(['caller', 'serve', 'waits']);
    expect(stack.error).toBeNull();
    expect(stack.leaves.map(String)).toEqual(['Promise { <pending> }']);
    const [, serve, waiting] = stack.frames;
    expect(serve).toMatchObject({ kind: 'async-function', function: null });
    expect(waiting).toMatchObject({
      state: 'suspended',
      lineText: expect.stringContaining('await pending;') as string,
    });
    expect(namesOf(await arrived(elsewhere, 'waitsElsewhere'))).toEqual([
      'caller',
      'serve',
      'waitsElsewhere',
    ]);
    expect(() => runFormatters(stack)).not.toThrow();
  });

  it('P12 options go along: locals in words, at most so many frames', async () => {
    const peer = await startServer();
    const waits = caller(peer, 'waits');
    await arrived(waits, 'waits');
    const [, serve] = extract(waits, { locals: true }).frames;
    expect(String(serve?.locals?.['name'])).toBe('"waits"');
    const cut = extract(waits, { maxFrames: 2 });
    expect(namesOf(cut)).toEqual(['caller', 'serve']);
    expect(codeOf(cut)).toBe('ERR_ASYNCTB_MAX_FRAMES');
  });

  it('P12 into one that is busy: what runs there', async () => {
    const peer = await startServer();
    const stack = await arrived(caller(peer, 'spins'), 'spins');
    expect(namesOf(stack)[0]).toBe('caller');
    expect(namesOf(stack)).toContain('serve');
    expect(stack.frames.at(-1)?.state).toBe('running');
  });

  it('P12 and back into the one that asked', async () => {
    const gate = new Promise<void>(() => {});
    const peer = await startServer({
      async answersLater() {
        await gate;
      },
    });
    const stack = await arrived(
      caller(peer, 'callsBack', 'answersLater'),
      'answersLater',
    );
    expect(namesOf(stack)).toEqual([
      'caller',
      'serve',
      'callsBack',
      'serve',
      'answersLater',
    ]);
  });

  it('P12 of several targets each goes its way', async () => {
    const one = await startServer();
    const other = await startServer();
    const targets = [caller(one, 'waits'), caller(other, 'waitsElsewhere')];
    await arrived(targets[0], 'waits');
    await arrived(targets[1], 'waitsElsewhere');
    expect(extractMany(targets).map((stack) => namesOf(stack).at(-1))).toEqual([
      'waits',
      'waitsElsewhere',
    ]);
  });
});

describe('P12 back to who asked', () => {
  it('P12 callGraph leads from what serves a call to who waits for it', async () => {
    const peer = await startServer();
    const result = (await caller(peer, 'awaitedBy')) as { found: string[] };
    expect(result.found.slice(0, 3)).toEqual(['awaitedBy', 'serve', 'caller']);
  });

  it('P12 so does the option awaiters', async () => {
    const peer = await startServer();
    async function outer() {
      return await caller(peer, 'callers');
    }
    const names = (await outer()) as string[];
    expect(names.slice(-4)).toEqual(['outer', 'caller', 'serve', 'callers']);
  });

  it('P12 from outside: who waits for an item of another thread', async () => {
    const gate = new Promise<void>(() => {});
    const peer = await startServer({
      async answersLater() {
        await gate;
      },
    });
    const waits = caller(peer, 'callsBack', 'answersLater');
    await arrived(waits, 'answersLater');
    const graph = callGraph(gate);
    const up: string[] = [];
    for (let at = graph.awaitedBy[0]; at !== undefined; at = at.awaitedBy[0]) {
      up.push(...namesOf(at.stack));
    }
    expect(up.slice(0, 5)).toEqual([
      'answersLater',
      'serve',
      'callsBack',
      'serve',
      'caller',
    ]);
    expect(() => graph.format()).not.toThrow();
    expect(() => JSON.stringify(graph)).not.toThrow();
  });

  it('P12 to one whose loop stands still: an error that says so', async () => {
    const peer = await startServer();
    const flag = new Int32Array(new SharedArrayBuffer(4));
    const found = caller(peer, 'awaitedBy', flag);
    expect(Atomics.wait(flag, 0, 0)).toBe('ok');
    expect(await found).toEqual({
      found: ['awaitedBy', 'serve'],
      codes: ['ERR_ASYNCTB_TIMED_OUT'],
    });
  });

  it('P12 hooks within one thread stand in the place of what V8 knows', async () => {
    const gate = new Promise<void>(() => {});
    const ticket = new Promise<void>(() => {});
    async function works() {
      await gate;
    }
    async function customer() {
      await ticket;
    }
    const kept = [works(), customer()];
    register(findAwaiters.register(works, () => ticket));
    const [work] = callGraph(gate).awaitedBy;
    expect(work?.awaitedBy.map(({ stack }) => namesOf(stack))).toEqual([
      ['customer'],
    ]);
    const stack = extract(gate, { awaiters: true });
    expect(namesOf(stack)).toEqual(['customer', 'works']);
    expect(kept).toHaveLength(2);
  });

  it('P12 a hook that throws is an error, and V8 is asked', async () => {
    const gate = new Promise<void>(() => {});
    async function works() {
      await gate;
    }
    async function customer() {
      await works();
    }
    const kept = customer();
    register(
      findAwaiters.register(works, () => {
        throw new Error('the hook is wrong');
      }),
    );
    const stack = extract(gate, { awaiters: true });
    expect(namesOf(stack)).toEqual(['customer', 'works']);
    expect(stack.error?.message).toBe('the hook is wrong');
    expect(kept).toBeInstanceOf(Promise);
  });
});

describe('P12 an item of another thread', () => {
  it('P12 that nothing is known of there is a leaf that says so', async () => {
    await startServer();
    const stack = extract(new RemoteItem(thread(), 'calls/served', 'none'));
    expect(stack).toMatchObject({ frames: [], error: null });
    expect(stack.leaves.map(String)).toEqual([
      `calls/served "none" of thread ${thread().threadId}, where nothing is known of it`,
    ]);
  });

  it('P12 whose hook throws there has the error here', async () => {
    await startServer();
    const item = new RemoteItem(thread(), 'fails');
    const stack = extract(item);
    expect(stack.leaves).toEqual([item]);
    expect(stack.error?.message).toBe(
      'RangeError: the hook over there is wrong',
    );
  });

  it('P12 of hooks that go round in circles ends with an error', async () => {
    await startServer();
    const { threadId } = thread();
    register(
      unwrapRemote.register(
        'circles',
        () => new RemoteItem(threadId, 'circles'),
      ),
    );
    expect(codeOf(extract(new RemoteItem(thread(), 'circles')))).toBe(
      'ERR_ASYNCTB_UNWRAP_LOOP',
    );
  });

  it('P12 of the own thread needs nobody else', () => {
    async function local() {
      await new Promise<void>(() => {});
    }
    const promise = local();
    register(unwrapRemote.register('local', () => promise));
    expect(namesOf(extract(new RemoteItem(0, 'local')))).toEqual(['local']);
    expect(extract(new RemoteItem(0, 'none'))).toMatchObject({
      frames: [],
      error: null,
    });
  });

  it('P12 of a thread that has exited says that', async () => {
    await startServer();
    const worker = thread();
    await worker.terminate();
    expect(codeOf(extract(new RemoteItem(worker, 'calls/served')))).toBe(
      'ERR_ASYNCTB_THREAD_EXITED',
    );
  });

  it('P12 of a thread that ends meanwhile is answered, or says so', async () => {
    const peer = await startServer();
    const waits = caller(peer, 'waits');
    await arrived(waits, 'waits');
    const ended = thread().terminate();
    const codes = new Set<unknown>();
    for (let i = 0; i < 30; i++) codes.add(codeOf(extract(waits)));
    await ended;
    expect(codeOf(extract(waits))).toBe('ERR_ASYNCTB_THREAD_EXITED');
    for (const code of codes) {
      expect([
        undefined,
        'ERR_ASYNCTB_THREAD_EXITED',
        'ERR_ASYNCTB_NOT_REGISTERED',
        'ERR_ASYNCTB_TIMED_OUT',
      ]).toContain(code);
    }
  });

  it('P12 is answered where only asynctb/register was loaded', async () => {
    const { Worker } = await import('node:worker_threads');
    const worker = new Worker(
      "require('node:worker_threads').parentPort.on('message', () => {}).postMessage(1)",
      { eval: true, execArgv: ['-r', REGISTER] },
    );
    workers.push(worker);
    await once(worker, 'message');
    const stack = extract(new RemoteItem(worker, 'anything', { a: 1 }));
    expect(stack.error).toBeNull();
    expect(stack.leaves.map(String)).toEqual([
      `anything {"a":1} of thread ${worker.threadId}, where nothing is known of it`,
    ]);
  });

  it('P12 can be asked for by two threads of each other at once', async () => {
    const peer = await startServer();
    register(unwrapRemote.register('here', () => Promise.resolve()));
    const answers = Array.from({ length: 20 }, () =>
      caller(peer, 'extracts', 'here'),
    );
    for (let i = 0; i < 20; i++) {
      const stack = extract(new RemoteItem(thread(), 'calls/served', 'none'));
      expect(stack.error).toBeNull();
    }
    for (const answer of await Promise.all(answers)) {
      expect(answer).toEqual({ names: [], code: null });
    }
  });

  it('P12 wrong arguments throw at once', () => {
    for (const make of [
      () => new RemoteItem('0', 'name'),
      () => new RemoteItem({}, 'name'),
      () => new RemoteItem(0, 1 as never),
      () => new RemoteItem(0, 'name', () => {}),
      () => unwrapRemote.register(1 as never, () => {}),
      () => unwrapRemote.register('name', 1 as never),
      () => findAwaiters.register(1 as never, () => {}),
      () => findAwaiters.register(codeOf, 1 as never),
    ]) {
      expect(make).toThrow(
        expect.objectContaining({ code: 'ERR_ASYNCTB_INVALID_ARG' }),
      );
    }
  });

  it('P12 a detail is what JSON makes of it', () => {
    const detail = { at: new Date(0), left: undefined, list: [() => {}, 1] };
    expect(new RemoteItem(0, 'name', detail).detail).toBe(
      '{"at":"1970-01-01T00:00:00.000Z","list":[null,1]}',
    );
    const circle: Record<string, unknown> = {};
    circle.self = circle;
    expect(() => new RemoteItem(0, 'name', circle)).toThrow(TypeError);
  });

  it('P12 hooks can be taken back', async () => {
    const peer = await startServer();
    const waits = caller(peer, 'waits');
    const stack = await arrived(waits, 'waits');
    expect(stack).toHaveLength(3);
    const undo = unwrapItem.register(Promise, () => undefined);
    expect(namesOf(extract(waits))).toEqual(['caller']);
    undo();
    expect(extract(waits)).toHaveLength(3);
  });
});
