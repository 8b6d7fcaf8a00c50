// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

/** For tests of several threads: workers that end with their test. */

import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { registerThread } from 'asynctb';
import { afterEach, beforeAll } from 'vitest';

const entry = new URL('../../dist/index.js', import.meta.url).pathname;

/** Those of the test that runs. */
export const workers: Worker[] = [];

beforeAll(() => registerThread({ name: 'the test' }));

afterEach(async () => {
  await Promise.all(workers.splice(0).map((worker) => worker.terminate()));
});

/** Starts a worker, which has `asynctb` if it is registered, and waits until its body runs. */
export async function startWorker(
  body: string,
  registered = true,
): Promise<Worker> {
  const worker = new Worker(
    `const { parentPort, threadId } = require('node:worker_threads');
     ${registered ? `const asynctb = require(${JSON.stringify(entry)}); asynctb.registerThread({ name: 'helper' });` : ''}
     parentPort.postMessage('ready');
     ${body}`,
    { eval: true, execArgv: [] },
  );
  workers.push(worker);
  await once(worker, 'message');
  return worker;
}
