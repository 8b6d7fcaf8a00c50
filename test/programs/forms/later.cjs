// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0
'use strict';

/**
 * Uses what importing asynctb has left for later, after the program has replaced the functions by which
 * Node loads modules and reads files; prints which of them were called.
 */
const fs = require('node:fs');
const Module = require('node:module');
const asynctb = require('asynctb');

const called = [];

function note(holder, holderName) {
  for (const name of Object.keys(holder)) {
    const original = holder[name];
    if (typeof original !== 'function' || /^[A-Z]/.test(name)) continue;
    holder[name] = function (...args) {
      called.push(`${holderName}${name}`);
      return Reflect.apply(original, this, args);
    };
  }
}

async function waits() {
  await new Promise((resolve) => setTimeout(resolve, 100_000).unref());
}

const promise = waits();
asynctb.capabilities();
note(fs, 'fs.');
note(Module, 'Module.');
note(Module.prototype, 'module.');

const stack = asynctb.extract(promise, { awaiters: true });
const dump = asynctb.dump();
const printed = [
  stack.format(),
  stack.formatFlat(),
  JSON.stringify(stack),
  String(asynctb.callGraph(promise)),
  String(asynctb.extractSince(null)),
  dump.toString(),
  JSON.stringify(dump),
];
console.log(
  JSON.stringify({ called, complete: printed.every((text) => text !== '') }),
);
