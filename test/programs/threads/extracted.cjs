// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0
'use strict';

// A worker blocks in native code, reading the FIFO that the first argument names; the main thread
// extracts it until it is seen there or cannot be seen, prints that, and lets the worker go on.

const { readFileSync, writeFileSync } = require('node:fs');
const { isMainThread, parentPort, Worker } = require('node:worker_threads');
const { workerData } = require('node:worker_threads');
const { capabilities, extract, registerThread } = require('asynctb');

function blocks() {
  readFileSync(workerData);
}

function main(fifo) {
  const worker = new Worker(__filename, { workerData: fifo });
  worker.once('message', () => {
    let stack;
    do stack = extract(worker);
    while (stack.error === null && stack.leaves.length === 0);
    console.log(
      JSON.stringify({
        names: stack.frames.map((frame) => frame.functionName),
        leaves: stack.leaves.map((leaf) =>
          leaf === worker ? 'itself' : String(leaf),
        ),
        error: stack.error,
        code: stack.error?.code ?? null,
        message: stack.error?.message ?? null,
      }),
    );
    writeFileSync(fifo, 'go on');
  });
}

if (isMainThread) {
  main(process.argv[2]);
} else {
  if (capabilities().native.available) registerThread({ name: 'reader' });
  parentPort.postMessage('ready');
  blocks();
}
