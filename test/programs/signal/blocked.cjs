// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

// Blocks in native code, until somebody writes to the FIFO that the first argument names; then
// serves.

const { readFileSync, writeSync } = require('node:fs');

process.on('message', (message) => {
  if (message === 'ping') process.send('pong');
  else if (message === 'exit') process.exit(7);
});

async function park() {
  await new Promise((resolve) => pending.push(resolve));
}

const pending = [];
void park();
writeSync(1, 'ready\n');
readFileSync(process.argv[2]);
