// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

// Ends with code 7 while it waits at 4,000 places, and tells when.

const lines = [];
for (let i = 0; i < 4000; i++) {
  lines.push(`void (async function place${i}() { await park(); })();`);
}
const pending = [];
const park = () => ({ then: (resolve) => void pending.push(resolve) });
new Function('park', lines.join('\n'))(park);

process.disconnect();
setImmediate(() => {
  process.stdout.write(`ends at ${Date.now()}\n`, () => process.exit(7));
});
