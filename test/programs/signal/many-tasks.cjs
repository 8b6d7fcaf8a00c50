// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

// 60,000 tasks at 2,001 places, in a process whose memory is going to be limited.

const lines = [];
for (let i = 0; i < 2000; i++) {
  lines.push(`void (async function place${i}() { await park(); })();`);
}
const pending = (globalThis.pending = []);
const park = () => ({ then: (resolve) => void pending.push(resolve) });
new Function('park', lines.join('\n'))(park);

async function query() {
  await new Promise((resolve) => pending.push(resolve));
}
for (let i = 0; i < 58_000; i++) void query();

process.on('message', (message) => {
  if (message === 'exit') process.exit(7);
  process.send('pong');
});
console.log('ready');
