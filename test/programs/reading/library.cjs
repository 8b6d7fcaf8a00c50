// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

// Waits in an installed package, once for the program and once for the package itself.

const { mkdtempSync, mkdirSync, rmSync, writeFileSync } = require('node:fs');
const { tmpdir } = require('node:os');
const { join } = require('node:path');

const root = mkdtempSync(join(tmpdir(), 'asynctb-'));
const folder = join(root, 'node_modules', 'pool');
mkdirSync(folder, { recursive: true });
const file = join(folder, 'index.js');
writeFileSync(
  file,
  'const held = []; exports.hold = async () => { await new Promise((r) => held.push(r)); };',
);
const { hold } = require(file);
rmSync(root, { recursive: true });

async function query() {
  await hold();
}

query();
hold();
process.on('message', () => process.send('pong'));
