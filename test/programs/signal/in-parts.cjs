// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

// Waits at 800 places, or as many as the argument says, with text of several bytes a character. Answers
// messages: a number is how many bytes of text are made at once from then on; 'ping'; 'exit' with code 7.

const lines = [];
const count = Number(process.argv[2] ?? 800);
for (let i = 0; i < count; i++) {
  lines.push(
    `void (async function place${i}() { await park('žluťoučký 🐎 ${i}'); })();`,
  );
}
const pending = (globalThis.pending = []);
const park = () => ({ then: (resolve) => void pending.push(resolve) });
new Function('park', lines.join('\n'))(park);

const addon = Object.keys(require.cache).find((path) =>
  /asynctb[^/]*\.node$/.test(path),
);

process.on('message', (message) => {
  if (message === 'exit') process.exit(7);
  if (Number(message) > 0) require(addon).mostTextAtOnce(Number(message));
  process.send('pong');
});
console.log('ready');
