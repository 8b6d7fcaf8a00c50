// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0
'use strict';

// The main thread ends, in the way that the first argument names, while it and the workers are
// being captured: one worker does nothing but to dump all others.

const {
  isMainThread,
  parentPort,
  Worker,
  workerData,
} = require('node:worker_threads');
const { dump, dumpAsync, registerThread } = require('asynctb');

const ends = {
  exit: () => process.exit(7),
  'exit with a question open'() {
    void dumpAsync();
    process.exit(7);
  },
  throw() {
    throw new Error('thrown on purpose');
  },
  abandon: (workers) => workers.forEach((worker) => worker.unref()),
  terminate: (workers) => workers.forEach((worker) => void worker.terminate()),
};

function main(end) {
  registerThread();
  const workers = ['allocates', 'asks', 'asks'].map(
    (kind) => new Worker(__filename, { workerData: kind }),
  );
  let asking = 0;
  for (const worker of workers) {
    worker.on('message', () => {
      if (++asking === 2) ends[end](workers);
    });
  }
}

function work(kind) {
  registerThread();
  if (kind === 'allocates')
    for (let kept = []; ; kept.push({})) if (kept.length > 1e4) kept = [];
  for (let asked = 0; ; asked++) {
    dump({ timeoutMs: 100 }).toString();
    if (asked === 0) parentPort.postMessage('asks');
  }
}

if (isMainThread) main(process.argv[2]);
else work(workerData);
