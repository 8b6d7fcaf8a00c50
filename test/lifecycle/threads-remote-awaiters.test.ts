// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

/** Who waits for an item of another thread: the hooks there have their say, and so has failure. */

import type { Worker } from 'node:worker_threads';
import { type CallGraph, callGraph, extract, RemoteItem } from 'asynctb';
import { describe, expect, it } from 'vitest';
import { runFormatters } from '../support/forms';
import { namesOf } from '../support/hooks';
import { startWorker } from '../support/threads';

/** Two functions that wait there, one for the other, and hooks on both. */
const HOOKS = `
parentPort.on('message', () => {});
const gate = new Promise(() => {});
async function holder() { await gate; }
async function outer() { await holder(); }
const task = outer();
asynctb.unwrapRemote.register('gate', () => gate);
asynctb.unwrapRemote.register('fails', () => { throw new RangeError('wrong over there'); });
asynctb.customize(outer, { hide: true });
asynctb.elaborateFrame.register(holder, () => { throw new Error('holder is beyond words'); });
`;

/** Upward, as long as one waits. */
function upward(graph: CallGraph): CallGraph[] {
  const nodes: CallGraph[] = [];
  let [at] = graph.awaitedBy;
  while (at !== undefined) {
    nodes.push(at);
    [at] = at.awaitedBy;
  }
  return nodes;
}

function codeOf({ stack }: CallGraph): unknown {
  return (stack.error as { code?: unknown } | null)?.code;
}

async function gateOf(name = 'gate', body = HOOKS) {
  const worker = await startWorker(body);
  return { worker, item: new RemoteItem(worker, name) };
}

describe('P12 who waits for an item of another thread', () => {
  it('P12 hooks there are asked, and what one throws is told here', async () => {
    const { item } = await gateOf();
    const graph = callGraph(item);
    const [holder, outer] = upward(graph).map(({ stack }) => stack);
    expect(namesOf(holder as never)).toEqual(['holder']);
    expect(namesOf(outer as never)).toEqual(['outer']);
    expect(holder?.frames[0]?.hide).toBe(false);
    expect(outer?.frames[0]?.hide).toBe(true);
    expect(graph.stack.error?.message).toBe('holder is beyond words');
    expect(() => graph.format()).not.toThrow();
  });

  it('P12 the option awaiters shows them above what is inside', async () => {
    const { item } = await gateOf();
    const stack = extract(item, { awaiters: true });
    expect(namesOf(stack)).toEqual(['outer', 'holder']);
    expect(() => runFormatters(stack)).not.toThrow();
  });

  it('P12 of one that nothing is known of there, nobody', async () => {
    const { item } = await gateOf('none');
    const graph = callGraph(item);
    expect(graph.awaitedBy).toEqual([]);
    expect(graph.stack.error).toBeNull();
  });

  it('P12 of one whose hook throws there, nobody, and the error', async () => {
    const { item } = await gateOf('fails');
    const graph = callGraph(item);
    expect(graph.awaitedBy).toEqual([]);
    expect(graph.stack.error?.message).toContain(
      'RangeError: wrong over there',
    );
  });

  it('P12 of a thread that has exited, nobody, and the error', async () => {
    const { worker, item } = await gateOf();
    await worker.terminate();
    const graph = callGraph(item);
    expect(graph.awaitedBy).toEqual([]);
    expect(codeOf(graph)).toBe('ERR_ASYNCTB_THREAD_EXITED');
  });

  it('P12 of a thread whose loop stands still, nobody, and the error', async () => {
    const flag = new Int32Array(new SharedArrayBuffer(4));
    const { worker, item } = await gateOf(
      'gate',
      `${HOOKS}parentPort.once('message', (flag) => {
        Atomics.store(flag, 0, 1);
        Atomics.notify(flag, 0);
        for (;;);
      });`,
    );
    (worker satisfies Worker).postMessage(flag);
    Atomics.wait(flag, 0, 0);
    const graph = callGraph(item);
    expect(graph.awaitedBy).toEqual([]);
    expect(codeOf(graph)).toBe('ERR_ASYNCTB_TIMED_OUT');
  });
});
