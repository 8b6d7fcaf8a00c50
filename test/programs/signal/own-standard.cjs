// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

// Closes the descriptors whose digits the first argument has, and opens a file of its own for each, if
// the second argument names a folder. Loads what the third one names afterwards.

const { closeSync, openSync, writeSync } = require('node:fs');
const { join } = require('node:path');

const [, , digits, folder, module_] = process.argv;

async function park() {
  await new Promise((resolve) => held.push(resolve));
}
const held = [];
void park();

process.on('message', (message) => {
  if (message === 'exit') process.exit(7);
  else if (message === 'dry') process.disconnect();
  else process.send('pong');
});
console.log('begins');
for (const digit of digits) closeSync(Number(digit));
if (folder) {
  for (const digit of digits) {
    const fd = openSync(join(folder, digit), 'a');
    writeSync(fd, `${fd}\n`);
  }
}
if (module_) require(module_);
process.send('ready');
