// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0
'use strict';

// As many workers as the first argument says, every second one blocked in reading the FIFO that the
// second argument names, if there is one. Prints for some dumps what the workers answered, and how
// many captures went on at the same time at most.

const { readFileSync } = require('node:fs');
const { once } = require('node:events');
const {
  isMainThread,
  parentPort,
  Worker,
  workerData,
} = require('node:worker_threads');
const { dump, dumpAsync, registerThread } = require('asynctb');

const DUMPS = 9;

function mostAtATime(threads) {
  const steps = threads
    .filter(({ activity }) => activity !== 'blocked-in-native')
    .flatMap(({ stats: { waitMs, pauseMs } }) => [
      [waitMs, 1],
      [waitMs + pauseMs, -1],
    ])
    .sort(([a], [b]) => a - b);
  let now = 0;
  let most = 0;
  for (const [, step] of steps) most = Math.max(most, (now += step));
  return most;
}

async function main(count, fifo) {
  registerThread();
  const workers = [];
  for (let i = 0; i < count; i++) {
    const worker = new Worker(__filename, {
      workerData: i % 2 === 0 ? undefined : fifo,
    });
    await once(worker, 'message');
    workers.push(worker);
  }
  const options = {
    threads: workers.map(({ threadId }) => threadId),
    timeoutMs: 30_000,
  };
  const blocked = fifo === undefined ? 0 : count >> 1;
  const isBlocked = ({ activity }) => activity === 'blocked-in-native';
  // Until those that are about to block do.
  while (dump(options).threads.filter(isBlocked).length < blocked);
  const answers = {};
  const most = [];
  for (let i = 0; i < DUMPS; i++) {
    const { threads } = await (i % 2 === 0 ? dump : dumpAsync)(options);
    for (const { status, activity } of threads) {
      const answer = `${status}, ${activity}`;
      answers[answer] = (answers[answer] ?? 0) + 1;
    }
    most.push(mostAtATime(threads));
  }
  most.sort((a, b) => a - b);
  console.log(
    JSON.stringify({ dumps: DUMPS, answers, median: most[DUMPS >> 1] }),
  );
  // A worker that is blocked in native code cannot be ended.
  process.kill(process.pid, 'SIGKILL');
}

if (isMainThread) {
  void main(Number(process.argv[2]), process.argv[3]);
} else {
  registerThread();
  parentPort.on('message', () => {});
  parentPort.postMessage('soon');
  if (workerData !== undefined) setImmediate(() => readFileSync(workerData));
}
