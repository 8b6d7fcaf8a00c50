// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Waits for what variables of a module hold, beside functions and classes that only share its scope, and
// prints by which names and functions that is said to be held.

import { createRequire } from 'node:module';

const first = [];
const second = new Map();

// It never uses them, nor do its constructor, its field or its method.
class Bystander {
  field = 1;
  constructor(value) {
    this.value = value;
  }
  method() {
    return this.value + this.field;
  }
}

async function ofFirst() {
  await new Promise((resolve) => first.push(resolve));
}

async function ofSecond() {
  await new Promise((resolve) => second.set('key', resolve));
}

const again = () => [ofFirst(), ofSecond()];
globalThis.kept = [new Bystander(1), again, again()];
await null;
const { dump } = createRequire(import.meta.url)('asynctb');
const found = {};
for (const { stack } of dump().threads[0].groups)
  for (const { functionName } of stack.frames)
    if (functionName.startsWith('of')) found[functionName] = stack.wait?.text;
console.log(JSON.stringify(found));
process.exit();
