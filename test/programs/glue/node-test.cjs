// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0
'use strict';

/** Prints its own stack from inside of two nested tests, to stderr: stdout is the runner's. */

const test = require('node:test');
const { extractSince } = require('../../../dist/index.js');

test('outer', async function outer(t) {
  await t.test('inner', async function inner() {
    await null;
    const stack = extractSince(null, { awaiters: true });
    const all = stack.format({ showInternalFrames: true });
    process.stderr.write(`${stack.format()}\n----\n${all}\n`);
  });
});
