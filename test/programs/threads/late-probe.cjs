// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0
'use strict';

// The main thread registers itself upon 'register', and upon 'block' opens a FIFO, the first
// argument, that nobody writes to. A worker prints what a dump says of it then.

const { once } = require('node:events');
const { openSync, writeSync } = require('node:fs');
const {
  isMainThread,
  parentPort,
  Worker,
  workerData,
} = require('node:worker_threads');
const { capabilities, dump, registerThread } = require('asynctb');

async function main(fifo) {
  capabilities();
  const flag = new Int32Array(new SharedArrayBuffer(4));
  const worker = new Worker(__filename, { workerData: { flag } });
  await once(worker, 'message');
  process.on('message', (message) => {
    if (message === 'register') registerThread();
    process.send(message);
    if (message !== 'block') return;
    Atomics.store(flag, 0, 1);
    Atomics.notify(flag, 0);
    openSync(fifo, 'r');
  });
  console.log('ready');
}

if (isMainThread) {
  void main(process.argv[2]);
} else {
  const answer = () => dump({ threads: [0] }).threads[0];
  parentPort.postMessage('ready');
  Atomics.wait(workerData.flag, 0, 0);
  let thread = answer();
  while (thread.activity !== 'blocked-in-native') thread = answer();
  writeSync(1, `${thread.status} ${thread.activity}\n`);
}
