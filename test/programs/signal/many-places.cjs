// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

// Waits at 4,000 places, with a stderr that is blocking or not.

const { closeSync, openSync } = require('node:fs');

if (process.argv[2] === 'non-blocking') void process.stderr;

const lines = [];
for (let i = 0; i < 4000; i++) {
  lines.push(`void (async function place${i}() { await park(); })();`);
}
const pending = [];
const park = () => ({ then: (resolve) => void pending.push(resolve) });
new Function('park', lines.join('\n'))(park);

process.on('message', (message) => {
  if (message === 'exit') process.exit(7);
  process.send('pong');
});
console.log('ready');
