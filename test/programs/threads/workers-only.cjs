// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0
'use strict';

// Only workers load asynctb, one after the other. Prints after each whether the addon is still
// mapped, and which signals are handled.

const { once } = require('node:events');
const { readFileSync } = require('node:fs');
const { isMainThread, Worker } = require('node:worker_threads');

async function main() {
  for (let i = 0; i < 3; i++) {
    await once(new Worker(__filename), 'exit');
    const status = readFileSync('/proc/self/status', 'utf8');
    const isMapped = /asynctb[^/]*\.node/.test(
      readFileSync('/proc/self/maps', 'utf8'),
    );
    console.log(isMapped, /SigCgt:\s*(\S+)/.exec(status)[1]);
  }
}

if (isMainThread) void main();
else require('asynctb').registerThread();
