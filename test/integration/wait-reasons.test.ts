// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

import { EventEmitter, once } from 'node:events';
import { PassThrough } from 'node:stream';
import { finished } from 'node:stream/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { Mutex } from 'async-mutex';
import { describe, expect, it } from 'vitest';
import { explainLeaf, extract, unwrapItem } from '../../lib/index';

/** What is waited for is not collected. */
const held: unknown[] = [];
function hold<Value>(value: Value): Value {
  held.push(value);
  return value;
}

async function awaits(promise: Promise<unknown>): Promise<unknown> {
  return await promise;
}

describe('why a stack does not go on', () => {
  it('is a value, in live stacks', async () => {
    const stopped = new AbortController();
    const late = sleep(90_000, null, { signal: stopped.signal });
    late.catch(() => undefined);
    const mutex = new Mutex();
    const release = await mutex.acquire();
    const emitter = hold(new EventEmitter());
    const stream = hold(new PassThrough());
    const locked = mutex.acquire();
    const waits: [Promise<unknown>, string, RegExp][] = [
      [late, 'timer', /^a timer of 90,000 ms$/],
      [once(emitter, 'ready'), 'event', /^event "ready" of EventEmitter$/],
      [finished(stream), 'stream', /^the end of PassThrough$/],
      [locked, 'lock', /^a lock: Mutex, next in line/],
    ];
    const targets = waits.map(([promise]) => hold(awaits(promise)));
    // What `once` returns adopts what it waits for in a microtask.
    await new Promise(setImmediate);
    for (const [index, [, kind, text]] of waits.entries()) {
      const stack = extract(targets[index]);
      expect(stack.wait).toMatchObject({ kind, sure: true, of: 1 });
      expect(stack.wait?.text).toMatch(text);
      expect(stack.toJSON().wait).toEqual(stack.wait);
    }
    targets[0]?.catch(() => undefined);
    stopped.abort();
    release();
  });

  it('is null where nobody knows', () => {
    const stack = extract(hold(awaits(hold(new Promise(() => undefined)))));
    expect(stack.leaves).toHaveLength(1);
    expect(stack.wait).toBeNull();
    expect(stack.toJSON().wait).toBeNull();
  });

  it('is what a hook says of it', () => {
    const leaf = hold({});
    const unregister = unwrapItem.register(
      (item) => item === leaf,
      () => explainLeaf(leaf, { kind: 'pool', text: 'a client', sure: false }),
    );
    const stack = extract(leaf);
    unregister();
    expect(stack.wait).toMatchObject({
      kind: 'pool',
      text: 'a client',
      sure: false,
    });
    expect(stack.toString()).toContain('(a client)');
  });

  it('has no secrets in JSON', () => {
    const leaf = hold({});
    const unregister = unwrapItem.register(
      (item) => item === leaf,
      () => explainLeaf(leaf, 'redis://:hunter2secret@cache'),
    );
    const { wait } = extract(leaf).toJSON();
    unregister();
    expect(wait?.text).toMatch(/^redis:/);
    expect(wait?.text).not.toContain('hunter2secret');
  });
});
