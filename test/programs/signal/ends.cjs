// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

// Sends itself the signal and then ends, in the way that the first argument names.

const { writeSync } = require('node:fs');

async function park() {
  await new Promise((resolve) => pending.push(resolve));
}

// Held by the program to its end: otherwise the task could be collected before it is looked at.
const pending = (globalThis.pending = []);
void park();
process.disconnect();
process.kill(process.pid, 'SIGUSR2');
writeSync(1, 'signalled\n');

const end = process.argv[2];
if (end === 'exit') process.exit(7);
else if (end === 'dry') process.exitCode = 7;
else if (end === 'throw') throw new Error('thrown on purpose');
else if (end === 'reject') void Promise.reject(new Error('on purpose'));
else if (end === 'reallyExit') process.reallyExit(7);
