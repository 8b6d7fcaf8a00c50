// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

// A worker in a busy loop, until the message 'terminate' comes.

const { isMainThread, parentPort, Worker } = require('node:worker_threads');

async function parkInWorker() {
  await new Promise((resolve) => pending.push(resolve));
}

function spinInWorker() {
  for (;;) Math.random();
}

const pending = [];

if (isMainThread) {
  const worker = new Worker(__filename);
  worker.on('message', (message) => console.log(message));
  worker.on('exit', () => console.log('worker gone'));
  process.on('message', (message) => {
    if (message === 'terminate') void worker.terminate();
    else if (message === 'exit') process.exit(7);
  });
} else {
  void parkInWorker();
  parentPort.postMessage('worker ready');
  spinInWorker();
}
