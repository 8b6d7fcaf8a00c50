// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

import { channel } from 'node:diagnostics_channel';
import { once } from 'node:events';
import { dump, dumpAsync, registerThread, watchdog } from 'asynctb';
import { describe, expect, it } from 'vitest';
import { startWorker } from '../support/threads';

const workerChannel = channel('worker_threads');

const IDLE = "parentPort.on('message', () => {});";
const BUSY = '(function spin() { for (;;); })();';

function codeOf(action: () => unknown): unknown {
  try {
    action();
  } catch (error) {
    return (error as { code?: unknown }).code;
  }
  return undefined;
}

describe('dump() of several threads', () => {
  it('has the caller and all others, by id, under their names', async () => {
    const worker = await startWorker(BUSY);
    const { threads } = dump();
    expect(threads.map(({ name }) => name)).toEqual(['the test', 'helper']);
    expect(threads[1]).toMatchObject({
      threadId: worker.threadId,
      status: 'ok',
    });
  });

  it('P11 of a thread that has exited says so, and knows its name', async () => {
    const worker = await startWorker(IDLE);
    const id = worker.threadId;
    await worker.terminate();
    expect(dump({ threads: [id] }).threads).toMatchObject([
      { threadId: id, name: 'helper', status: 'exited', running: null },
    ]);
    expect(dump().threads.map(({ threadId }) => threadId)).not.toContain(id);
  });

  it('of a worker that never loaded asynctb says so, with its id', async ({
    skip,
  }) => {
    let isPublished = false;
    workerChannel.subscribe(() => {
      isPublished = true;
    });
    const worker = await startWorker(IDLE, false);
    if (!isPublished) skip('this Node tells nobody of workers that start');
    for (const options of [{}, { threads: [worker.threadId] }]) {
      const thread = dump(options).threads.find(
        ({ threadId }) => threadId === worker.threadId,
      );
      expect(thread?.status).toBe('not-registered');
      expect(thread?.activity).toBeNull();
      expect(thread?.toJSON()).toMatchObject({ activity: null });
      expect(thread?.error).toMatchObject({
        code: 'ERR_ASYNCTB_NOT_REGISTERED',
      });
      expect(dump(options).toString()).toContain('not registered');
    }
  });

  it('throws at once for an id that nobody has, and for a bad timeout', async () => {
    expect(codeOf(() => dump({ threads: [987_654] }))).toBe(
      'ERR_ASYNCTB_OUT_OF_RANGE',
    );
    for (const timeoutMs of [0, -1, Number.NaN]) {
      expect(codeOf(() => dump({ timeoutMs }))).toBe(
        'ERR_ASYNCTB_OUT_OF_RANGE',
      );
      await expect(dumpAsync({ timeoutMs })).rejects.toMatchObject({
        code: 'ERR_ASYNCTB_OUT_OF_RANGE',
      });
    }
    expect(codeOf(() => dump({ threads: [1.5] }))).toBe(
      'ERR_ASYNCTB_INVALID_ARG',
    );
    expect(codeOf(() => registerThread({ name: 1 as never }))).toBe(
      'ERR_ASYNCTB_INVALID_ARG',
    );
    expect(codeOf(() => watchdog({ thresholdMs: 0 }))).toBe(
      'ERR_ASYNCTB_OUT_OF_RANGE',
    );
    for (const options of [{}, { thresholdMs: 1_000, onBlocked: 5 }]) {
      expect(codeOf(() => watchdog(options as never))).toBe(
        'ERR_ASYNCTB_INVALID_ARG',
      );
    }
  });

  it('of a worker has no watchdog before the main thread has one', async () => {
    const worker = await startWorker(`
      parentPort.on('message', () => {
        try {
          asynctb.watchdog({ thresholdMs: 1_000 });
          parentPort.postMessage('watched');
        } catch ({ code }) {
          parentPort.postMessage(code);
        }
      });`);
    worker.postMessage('');
    expect(await once(worker, 'message')).toEqual(['ERR_ASYNCTB_UNSUPPORTED']);
  });

  it('of two threads that dump each other gives both an answer', async () => {
    const worker = await startWorker(`
      let answers = 0;
      (function ask() {
        const [main] = asynctb.dump({ threads: [0] }).threads;
        parentPort.postMessage(main === undefined ? 'none' : main.status);
        setImmediate(ask);
      })();`);
    const statuses: unknown[] = [];
    worker.on('message', (status) => statuses.push(status));
    while (statuses.length < 20) {
      expect(dump({ threads: [worker.threadId] }).threads).toMatchObject([
        { status: 'ok' },
      ]);
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(new Set(statuses)).not.toContain('timed-out');
  });
});

describe('dumpAsync()', () => {
  it('lets the own loop go on while another thread answers', async () => {
    const worker = await startWorker(BUSY);
    let turns = 0;
    let isDone = false;
    const count = (): void => {
      turns++;
      if (!isDone) setImmediate(count);
    };
    setImmediate(count);
    const { threads } = await dumpAsync({ threads: [worker.threadId] });
    isDone = true;
    expect(threads).toMatchObject([{ status: 'ok', activity: 'running' }]);
    expect(threads[0]?.running?.frames.at(-1)?.functionName).toBe('spin');
    expect(turns).toBeGreaterThan(0);
  });

  it('is forgotten with the thread that asked', async () => {
    const worker = await startWorker(
      'asynctb.dumpAsync({ timeoutMs: 60_000 }); parentPort.postMessage(1);' +
        IDLE,
    );
    expect(await worker.terminate()).toBe(1);
  });
});
