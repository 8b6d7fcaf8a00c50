// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

// A worker that has an environment of its own, with nothing in it, keeps its loop from turning.

const { isMainThread, Worker } = require('node:worker_threads');

if (isMainThread) {
  // With an environment of its own, Node 18 preloads nothing in a worker that is not told to.
  new Worker(__filename, { env: {}, execArgv: process.execArgv });
  process.on('message', () => process.exit(7));
} else {
  for (;;);
}
