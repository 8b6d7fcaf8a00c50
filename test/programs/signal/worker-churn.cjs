// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

// Starts workers and ends them in every way, until the message 'stop' comes.

const { isMainThread, Worker, workerData } = require('node:worker_threads');

let stopping = false;
let running = 0;

function start(round) {
  const worker = new Worker(__filename, { workerData: round % 4 });
  running++;
  if (round % 4 === 0) worker.on('online', () => void worker.terminate());
  worker.on('error', () => {});
  worker.on('exit', () => {
    running--;
    if (!stopping) start(round + 1);
    else if (running === 0) process.exit(7);
  });
}

if (isMainThread) {
  for (let i = 0; i < 4; i++) start(i);
  process.on('message', () => {
    stopping = true;
  });
  console.log('ready');
} else if (workerData === 0) {
  for (;;) Math.random();
} else if (workerData === 1) {
  process.exit(3);
} else if (workerData === 2) {
  throw new Error('thrown on purpose');
}
