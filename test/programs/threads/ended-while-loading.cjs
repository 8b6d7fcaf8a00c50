// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0
'use strict';

// A worker is terminated in the middle of loading the addon, whose file the first argument names: at
// the moment at which the addon exports what the second argument names.

const {
  isMainThread,
  parentPort,
  Worker,
  workerData,
} = require('node:worker_threads');

if (isMainThread) {
  const worker = new Worker(__filename, { workerData: process.argv.slice(2) });
  worker.on('message', () => void worker.terminate());
  worker.on('exit', (code) => console.log(`worker ended with ${code}`));
} else {
  const [file, place] = workerData;
  const addon = { exports: {} };
  const waitForTheEnd = () => {
    parentPort.postMessage('terminate me');
    for (;;);
  };
  Object.defineProperty(addon.exports, place, {
    get: waitForTheEnd,
    set: waitForTheEnd,
  });
  process.dlopen(addon, file);
}
