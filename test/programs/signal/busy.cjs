// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

// Allocates in a loop that never lets the event loop turn, until the file of the first argument
// is there; then ends with code 5.

const { existsSync, writeSync } = require('node:fs');

async function parked() {
  await new Promise((resolve) => pending.push(resolve));
}

function spin(file) {
  let kept = [];
  for (let i = 0; ; i++) {
    kept.push({ i, text: `item ${i}` });
    if (kept.length < 10_000) continue;
    kept = [];
    if (existsSync(file)) return;
  }
}

const pending = [];
void parked();
writeSync(1, 'ready\n');
spin(process.argv[2]);
process.exit(5);
