// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0
'use strict';

// Dumps workers while they start, run, block, run out of memory and are terminated, as many times
// as the first argument says; then prints how often a thread had which status, how the one worker
// answers that has stayed all the while, and how much the process has grown over the last half.

const { once } = require('node:events');
const {
  isMainThread,
  parentPort,
  Worker,
  workerData,
} = require('node:worker_threads');
const { dump, dumpAsync, registerThread } = require('asynctb');

const KINDS = [
  'busy',
  'idle',
  'allocating',
  'atomics',
  'exits',
  'memory',
  'asks',
];

function work(kind) {
  registerThread();
  if (kind === 'stays') {
    parentPort.on('message', () => {});
    return parentPort.postMessage('registered');
  }
  return setImmediate(() => {
    switch (kind) {
      case 'busy':
        for (;;);
      case 'idle':
        return setInterval(() => {}, 1);
      case 'allocating':
        for (let kept = []; ; kept.push({})) if (kept.length > 1e4) kept = [];
      case 'atomics':
        return Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
      case 'exits':
        return process.exit();
      case 'memory':
        for (const kept = []; ;) kept.push(new Array(1e5).fill({}));
      case 'asks':
        for (;;) dump({ timeoutMs: 50 });
    }
  });
}

async function main(total) {
  registerThread();
  const statuses = {};
  let captures = 0;
  let half = 0;
  const stays = new Worker(__filename, { workerData: 'stays' });
  await once(stays, 'message');
  const workers = new Set();
  const start = () => {
    const kind = KINDS[captures % KINDS.length];
    const worker = new Worker(__filename, {
      workerData: kind,
      resourceLimits: kind === 'memory' ? { maxOldGenerationSizeMb: 24 } : {},
    });
    worker.on('error', () => {});
    worker.on('exit', () => workers.delete(worker));
    workers.add(worker);
  };
  while (captures < total) {
    while (workers.size < 4) start();
    const result =
      captures % 2 === 0
        ? dump({ timeoutMs: 200 })
        : await dumpAsync({ timeoutMs: 200 });
    for (const { status } of result.threads) {
      statuses[status] = (statuses[status] ?? 0) + 1;
    }
    result.toString();
    captures++;
    if (captures % 5 === 0) {
      const [victim] = workers;
      const ended = victim?.terminate();
      dump({ timeoutMs: 200 });
      await ended;
    }
    if (captures === total >> 1) half = process.memoryUsage.rss();
  }
  const last = await dumpAsync({
    threads: [stays.threadId],
    timeoutMs: 60_000,
  });
  const grown = process.memoryUsage.rss() / half - 1;
  await Promise.all([stays, ...workers].map((worker) => worker.terminate()));
  const stayed = last.threads.map(({ status }) => status);
  console.log(JSON.stringify({ captures, statuses, stayed, grown }));
}

if (isMainThread) void main(Number(process.argv[2]));
else work(workerData);
