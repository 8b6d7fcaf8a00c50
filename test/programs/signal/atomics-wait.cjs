// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

// Waits in Atomics.wait forever.

const { writeSync } = require('node:fs');

async function park() {
  await new Promise((resolve) => pending.push(resolve));
}

const pending = [];
void park();
const cell = new Int32Array(new SharedArrayBuffer(4));
writeSync(1, 'ready\n');
Atomics.wait(cell, 0, 0);
