// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

/** Threads as targets of `extract`, in each state that a thread can be in. */

import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import {
  capabilities,
  extract,
  extractMany,
  extractOutermost,
  unwrapItem,
} from 'asynctb';
import { afterAll, describe, expect, it } from 'vitest';
import { runForJson } from '../support/child';
import { runFormatters } from '../support/forms';
import { namesOf, registering } from '../support/hooks';
import { startWorker, workers } from '../support/threads';

const register = registering();

const SPIN = '(function spin() { for (;;); })();';
const WAIT =
  '(function waits() { Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0); })();';
const IDLE = `(async function parked() {
  await new Promise((resolve) => parentPort.once('message', resolve));
})();`;

/** A worker that has just said that it is ready, may not have got to where it stays. */
function settled(worker: Worker, last: string) {
  let stack = extract(worker);
  while (namesOf(stack).at(-1) !== last) stack = extract(worker);
  return stack;
}

function codeOf(stack: { error: Error | null }): unknown {
  return (stack.error as { code?: unknown } | null)?.code;
}

describe('P11 a thread as a target', () => {
  it('P11 a busy worker: its running stack', async () => {
    const worker = await startWorker(SPIN);
    const stack = settled(worker, 'spin');
    expect(stack.root).toBe(worker);
    expect(stack).toMatchObject({ leaves: [], error: null });
    expect(stack.frames.at(-1)).toMatchObject({
      state: 'running',
      function: null,
    });
    expect(stack.frames.at(-1)?.lineText).toContain('for (;;);');
    expect(() => runFormatters(stack)).not.toThrow();
  });

  it('P11 a worker in Atomics.wait: its running stack', async () => {
    const worker = await startWorker(WAIT);
    expect(settled(worker, 'waits')).toMatchObject({ leaves: [], error: null });
  });

  it('P11 an idle worker: no frames, and a leaf that says so', async () => {
    const worker = await startWorker(IDLE);
    let stack = extract(worker);
    while (stack.length > 0) stack = extract(worker);
    expect(stack.error).toBeNull();
    expect(stack.leaves.map(String)).toEqual([
      `thread ${worker.threadId} "helper": idle, 1 suspended task`,
    ]);
    expect(String(stack)).toContain('idle, 1 suspended task');
    expect(() => runFormatters(stack)).not.toThrow();
  });

  it('P11 by its id, and as an object of a subclass', async () => {
    let asked = 0;
    class Named extends Worker {}
    Object.defineProperty(Named.prototype, 'threadId', {
      get() {
        asked++;
        return Reflect.get(Worker.prototype, 'threadId', this);
      },
    });
    const worker = await startWorker(SPIN);
    settled(worker, 'spin');
    const byId = extract(worker.threadId);
    expect(byId.root).toBe(worker.threadId);
    expect(namesOf(byId).at(-1)).toBe('spin');
    const named = new Named(SPIN, { eval: true, execArgv: [] });
    workers.push(named);
    await once(named, 'online');
    asked = 0;
    expect(codeOf(extract(named))).toBe('ERR_ASYNCTB_NOT_REGISTERED');
    expect(asked).toBe(0);
  });

  it('P11 the own thread: what runs, down to the caller', () => {
    function caller() {
      return extract(0, { maxFrames: 2 });
    }
    const stack = caller();
    expect(namesOf(stack).at(-1)).toBe('caller');
    expect(stack).toHaveLength(2);
  });

  it('P11 a worker that has not started: nothing but that', async () => {
    const worker = new Worker(SPIN, { eval: true, execArgv: [] });
    workers.push(worker);
    const stack = extract(worker);
    expect(stack).toMatchObject({ frames: [], leaves: [worker] });
    expect(codeOf(stack)).toBe('ERR_ASYNCTB_THREAD_NOT_STARTED');
    expect(() => runFormatters(stack)).not.toThrow();
    await once(worker, 'online');
    expect(codeOf(extract(worker))).toBe('ERR_ASYNCTB_NOT_REGISTERED');
  });

  it('P11 a worker that has exited: nothing but that, by its id too', async () => {
    const worker = await startWorker(IDLE);
    const { threadId } = worker;
    await worker.terminate();
    for (const target of [worker, threadId]) {
      const stack = extract(target);
      expect(stack).toMatchObject({ frames: [], leaves: [] });
      expect(codeOf(stack)).toBe('ERR_ASYNCTB_THREAD_EXITED');
    }
  });

  it('P11 a worker that is terminated meanwhile: an answer, or that', async () => {
    for (const body of [SPIN, WAIT, IDLE]) {
      const worker = await startWorker(body);
      const ended = worker.terminate();
      const codes = new Set<unknown>();
      for (let i = 0; i < 50; i++) codes.add(codeOf(extract(worker)) ?? null);
      await ended;
      expect(codeOf(extract(worker))).toBe('ERR_ASYNCTB_THREAD_EXITED');
      codes.delete('ERR_ASYNCTB_THREAD_EXITED');
      codes.delete(null);
      expect([...codes]).toEqual([]);
    }
  });

  it('P11 a worker that nobody registered: an error that says what to do', async () => {
    const worker = await startWorker(IDLE, false);
    const stack = extract(worker);
    expect(stack).toMatchObject({ frames: [], leaves: [worker] });
    expect(codeOf(stack)).toBe('ERR_ASYNCTB_NOT_REGISTERED');
    expect(stack.error?.message).toContain('registerThread()');
  });

  it('P11 a number that is no thread, and what only looks like one, is a leaf', () => {
    const fake = Object.create(Worker.prototype) as Worker;
    for (const target of [
      987_654,
      -1,
      1.5,
      Number.NaN,
      fake,
      new Proxy(fake, {}),
    ]) {
      const stack = extract(target);
      expect(stack).toMatchObject({ frames: [], error: null });
      expect(stack.leaves).toEqual([target]);
    }
  });

  it('P11 what a hook registered for workers says goes first', async () => {
    const worker = await startWorker(SPIN);
    register(unwrapItem.register(Worker, () => 'nothing to see'));
    expect(extract(worker)).toMatchObject({
      frames: [],
      leaves: ['nothing to see'],
    });
  });

  it('P11 options: maxFrames cuts and says so; the outermost frame alone', async () => {
    const worker = await startWorker(SPIN);
    const all = settled(worker, 'spin');
    const cut = extract(worker, { maxFrames: 1 });
    expect(namesOf(cut)).toEqual(namesOf(all).slice(0, 1));
    expect(codeOf(cut)).toBe('ERR_ASYNCTB_MAX_FRAMES');
    expect(extractOutermost(worker).lineNumber).toBe(all.frames[0]?.lineNumber);
  });

  it('P11 several answer in parallel, each once, whoever else is there', async () => {
    const busy = await startWorker(SPIN);
    const idle = await startWorker(IDLE);
    const mute = await startWorker(IDLE, false);
    settled(busy, 'spin');
    const gate = new Promise<void>(() => {});
    const local = (async () => {
      await gate;
    })();
    const stacks = extractMany([busy, local, idle, mute, busy.threadId, 7.5]);
    expect(namesOf(stacks[0] as never).at(-1)).toBe('spin');
    expect(stacks[1]).toHaveLength(1);
    expect(stacks[2]?.leaves.map(String)).toEqual([
      expect.stringContaining('idle'),
    ]);
    expect(codeOf(stacks[3] as never)).toBe('ERR_ASYNCTB_NOT_REGISTERED');
    expect(namesOf(stacks[4] as never)).toEqual(namesOf(stacks[0] as never));
    expect(stacks[5]?.leaves).toEqual([7.5]);
  });
});

describe('P11 a thread that is blocked in native code', () => {
  const scratch = mkdtempSync(join(tmpdir(), 'asynctb-extract-'));
  afterAll(() => rmSync(scratch, { recursive: true }));

  async function blocked(disable: string) {
    const fifo = join(scratch, `fifo-${disable}`);
    execFileSync('mkfifo', [fifo]);
    return runForJson<{
      names: string[];
      leaves: string[];
      code: string | null;
      message: string | null;
    }>('../threads/extracted.cjs', {
      args: [fifo],
      env: { ASYNCTB_DISABLE: disable },
    });
  }

  it.runIf(capabilities().nativeStacks.available)(
    'P11 shows what called it, and that it is blocked',
    async () => {
      const { names, leaves, code } = await blocked('');
      expect(names).toContain('blocks');
      expect(leaves).toEqual(['thread 1 "reader": blocked in native code']);
      expect(code).toBeNull();
    },
  );

  it('P11 and cannot be read has timed out, and is not empty', async () => {
    const { names, leaves, code, message } = await blocked('nativeStacks');
    expect(names).toEqual([]);
    expect(leaves).toEqual(['itself']);
    expect(code).toBe('ERR_ASYNCTB_TIMED_OUT');
    expect(message).toContain('thread 1 "reader"');
  });

  it('P11 without the addon nobody can be asked, which is said', async () => {
    const { names, leaves, code } = await blocked('native');
    expect(names).toEqual([]);
    expect(leaves).toEqual(['itself']);
    expect(code).toBe('ERR_ASYNCTB_UNSUPPORTED');
  });
});
