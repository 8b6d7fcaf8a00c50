// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0
'use strict';

/**
 * How often an extraction walks the heap, for its frames and for glue: of one end, of several, of glue that
 * climbs, and without an end for glue. Once in a small heap and once in a large one.
 */
const { EventEmitter, on, once } = require('node:events');
const path = require('node:path');
const { extractMany } = require('asynctb');

const root = path.join(__dirname, '../../..');
/** The addon as the library has it: loading it again gives the same object. */
const addon = require(
  path.join(root, `build/Release/asynctb.abi${process.versions.modules}.node`),
);
const { extract, holders } = addon;

let forFrames = 0;
let forGlue = 0;
addon.extract = (...args) => (forFrames++, extract(...args));
addon.holders = (...args) => (forGlue++, holders(...args));

function count(targets) {
  forFrames = forGlue = 0;
  const text = extractMany(targets).join('\n');
  return { walks: [forFrames, forGlue], text };
}

const emitter = new EventEmitter();

async function waitsForLine() {
  for await (const _ of on(emitter, 'line')) break;
}
async function waitsForTimer() {
  await new Promise((resolve) => {
    setTimeout(() => resolve(1), 100_000).unref();
  });
}
async function waitsForEvent(name) {
  await once(emitter, name);
}
async function settled() {}

const targets = {
  events: ['a', 'b', 'c', 'd'].map(waitsForEvent),
  timer: [waitsForTimer()],
  climbing: [waitsForLine()],
  none: [settled()],
};

function countAll() {
  const result = {};
  for (const [name, each] of Object.entries(targets))
    result[name] = count(each);
  return result;
}

setImmediate(() => {
  const small = countAll();
  globalThis.much = Array.from({ length: 400_000 }, (_, i) => ({ i }));
  const large = countAll();
  console.log(JSON.stringify({ small, large }));
});
