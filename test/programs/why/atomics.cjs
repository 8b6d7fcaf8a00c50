// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

'use strict';

// Waits by Atomics.waitAsync, and what is said of them, as JSON. With the argument 'signal' it only
// waits.

const [, , door] = process.argv;
const cells = new Int32Array(new SharedArrayBuffer(16));
const own = (globalThis.own = new Set());

const waits = {
  async notified() {
    await Atomics.waitAsync(cells, 0, 0).value;
  },
  async limited() {
    const { value } = Atomics.waitAsync(cells, 1, 0, 1_000_000);
    await value;
  },
  async raced() {
    const other = new Promise((resolve) => own.add(resolve));
    await Promise.race([Atomics.waitAsync(cells, 1, 0).value, other]);
  },
  // Nobody waits for it by Atomics, though a set has the promise.
  async ofSet() {
    const promise = new Promise(() => {});
    own.add(promise);
    await promise;
  },
  async over() {
    const { value } = Atomics.waitAsync(cells, 2, 0);
    Atomics.notify(cells, 2);
    await value;
    await new Promise((resolve) => own.add(resolve));
  },
};

globalThis.running = Object.values(waits).map((wait) => wait());
const textOf = ({ wait, frames }) =>
  wait?.text ?? frames.at(-1)?.branches?.map(textOf).join(' | ') ?? '-';

setTimeout(() => {
  if (door === 'signal') {
    console.log('ready');
    process.on('message', () => process.exit());
    return;
  }
  const { dump } = require('asynctb');
  const found = {};
  for (const { stack } of dump().threads[0].groups)
    found[stack.frames[0].functionName] = textOf(stack);
  console.log(JSON.stringify(found));
  process.exit();
}, 50);
