// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

'use strict';

// In two threads, tasks at one place: nothing can settle what two of them wait for, and a timer ends the third.

const { isMainThread, Worker } = require('node:worker_threads');
if (process.argv[2] === 'spin') require('asynctb').registerThread();

const lost = new Promise(() => {});
globalThis.kept = () => lost;

async function waits(promise) {
  await promise;
}

void waits(lost);
void waits(lost);
void waits(new Promise((resolve) => setTimeout(resolve, 1e6)));

if (isMainThread) {
  const worker = new Worker(__filename, { argv: process.argv.slice(2) });
  worker.on('message', () => console.log('ready'));
} else {
  require('node:worker_threads').parentPort.postMessage('ready');
  // Makes garbage for as long as it lives.
  if (process.argv[2] === 'spin') {
    setImmediate(() => {
      for (let last = []; ; last = [last.length, { last: [] }]);
    });
  }
}
