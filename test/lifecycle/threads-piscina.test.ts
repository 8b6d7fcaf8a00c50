// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

/** Piscina: from who waits for a task into the thread that runs it, and back. */

import { channel } from 'node:diagnostics_channel';
import { fileURLToPath } from 'node:url';
import { extract, registerThread, RemoteItem, type Stack } from 'asynctb';
import Piscina from 'piscina';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { namesOf } from '../support/hooks';

const pools: Piscina[] = [];

function startPool(concurrentTasksPerWorker = 1): Piscina {
  const pool = new Piscina({
    filename: fileURLToPath(
      new URL('../programs/threads/pool-task.cjs', import.meta.url),
    ),
    minThreads: 1,
    maxThreads: 1,
    concurrentTasksPerWorker,
    execArgv: [],
  });
  pools.push(pool);
  return pool;
}

async function caller(pool: Piscina, name: string): Promise<unknown> {
  return await (pool.run(name) as Promise<unknown>);
}

/** A null for the number: the only task of the thread. */
function itemOf(pool: Piscina, taskId: number | null): RemoteItem {
  return new RemoteItem(pool.threads[0], 'piscina/served', taskId);
}

async function arrived(target: unknown, last: string): Promise<Stack> {
  let stack = extract(target);
  while (namesOf(stack).at(-1) !== last) {
    await new Promise((resolve) => setImmediate(resolve));
    stack = extract(target);
  }
  return stack;
}

/** A test's own functions end by being terminated, which rejects what waits for them. */
function park(promise: Promise<unknown>): Promise<unknown> {
  promise.catch(() => {});
  return promise;
}

beforeAll(() => registerThread());
afterEach(async () => {
  await Promise.all(pools.splice(0).map((pool) => pool.destroy()));
});

describe('P12 a pool of threads', () => {
  it('P12 who waits for a task continues into its thread', async () => {
    const waits = park(caller(startPool(), 'waits'));
    const stack = await arrived(waits, 'waits');
    const [first, ...inside] = stack.frames;
    expect(first?.functionName).toBe('caller');
    expect(inside[0]?.scriptName).toMatch(/piscina.*worker\.[jt]s$/);
    expect(stack.error).toBeNull();
  });

  it('P12 of one that is busy, with what runs there', async () => {
    const stack = await arrived(park(caller(startPool(), 'spins')), 'spins');
    expect(stack.frames.at(-1)?.state).toBe('running');
  });

  it('P12 of several tasks of a thread with the right one', async () => {
    const pool = startPool(2);
    const waits = park(caller(pool, 'waits'));
    await arrived(waits, 'waits');
    const alone = extract(itemOf(pool, null));
    expect(namesOf(alone).at(-1)).toBe('waits');
    const elsewhere = park(caller(pool, 'waitsElsewhere'));
    await arrived(elsewhere, 'waitsElsewhere');
    expect(namesOf(extract(waits)).at(-1)).toBe('waits');
    const oneOfTwo = extract(itemOf(pool, null));
    expect(oneOfTwo.frames).toEqual([]);
    expect(String(oneOfTwo.leaves[0])).toContain('nothing is known of it');
  });

  it('P12 from a task back to who waits for it', async ({ skip }) => {
    let isPublished = false;
    channel('worker_threads').subscribe(() => {
      isPublished = true;
    });
    const pool = startPool();
    if (!isPublished) skip('this Node tells nobody of workers that start');
    const found = (await caller(pool, 'awaitedBy')) as string[];
    expect(found[0]).toBe('awaitedBy');
    expect(found).toContain('caller');
  });
});
