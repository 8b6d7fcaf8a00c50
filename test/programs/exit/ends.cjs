// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

// Ends in the way of its first argument. With a second one, `main` waits forever by then; or, if that is
// `library`, only a function of an installed package does.

const { EventEmitter, once } = require('node:events');
const { mkdtempSync, mkdirSync, rmSync, writeFileSync } = require('node:fs');
const { tmpdir } = require('node:os');
const { join } = require('node:path');

const [way, waits] = process.argv.slice(2);
// Held: at the end, a collection takes what nothing leads to.
const archives = (globalThis.archives = []);

async function makeArchive() {
  const archive = new EventEmitter();
  archives.push(archive);
  await once(archive, 'end');
}

async function main() {
  await makeArchive();
}

function library() {
  const root = mkdtempSync(join(tmpdir(), 'asynctb-'));
  const folder = join(root, 'node_modules', 'pool');
  mkdirSync(folder, { recursive: true });
  const held = join(folder, 'index.js');
  writeFileSync(
    held,
    'const held = []; exports.hold = async () => { await new Promise((r) => held.push(r)); };',
  );
  require(held).hold();
  rmSync(root, { recursive: true });
}

if (waits === 'library') library();
else if (waits !== undefined) main();

const ends = {
  natural: () => {},
  code: () => {
    process.exitCode = 3;
  },
  exit: () => setImmediate(() => process.exit(4)),
  'exit-in-task': async () => {
    await null;
    process.exit(5);
  },
  throw: () => {
    throw new Error('thrown');
  },
  reject: () => void Promise.reject(new Error('rejected')),
};
process.disconnect();
ends[way]();
