// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

/**
 * Imports the module that its first argument names, through `load` when there is a second one,
 * and prints what its promise waits for each time that a gate of those in `GATES` has been
 * reached.
 */

import { createRequire } from 'node:module';
import { load } from './loader.mjs';

const require = createRequire(import.meta.url);
const { extract } = require('asynctb');
const { describeStack, runFormatters } = require('../describe-stack.cjs');

const [name, throughLoad] = process.argv.slice(2);
const target =
  throughLoad === undefined ? import(`./${name}.mjs`) : load(`./${name}.mjs`);
const blocks = [];

for (const group of process.env.GATES.split(';')) {
  const names = group.split(',');
  while (!names.every((each) => globalThis.gates?.[each])) {
    await new Promise(setImmediate);
  }
  await new Promise(setImmediate);
  const stack = extract(target);
  runFormatters(stack);
  blocks.push(describeStack(stack));
  for (const each of names) globalThis.gates[each](each);
}

const namespace = await target;
console.log(
  JSON.stringify({ blocks, exports: Object.keys(namespace), values: namespace }),
);
