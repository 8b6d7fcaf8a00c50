// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0
'use strict';

/**
 * Run with --expose-gc: looks at tasks that nobody else holds, and prints which of them are still
 * there after a garbage collection.
 */

const { callGraph, capabilities, dump, extract, extractMany } =
  require('asynctb');
const { promiseReactions } = require('asynctb/lowlevel');

// Not in a closure of what is looked at: whoever keeps a frame keeps its function.
async function asyncFunction(gate, value) {
  await gate;
  return value;
}

function* makeGenerator(value) {
  yield value;
}

async function* makeAsyncGenerator(gate, value) {
  yield await gate;
  return value;
}

function park() {
  const payload = { large: new Array(1_000).fill(0) };
  let resolve;
  const gate = new Promise((settle) => {
    resolve = settle;
  });
  const task = asyncFunction(gate, payload);
  const generator = makeGenerator(payload);
  generator.next();
  const asyncGenerator = makeAsyncGenerator(gate, payload);
  const request = asyncGenerator.next();
  return { payload, gate, resolve, task, generator, asyncGenerator, request };
}

/** What is held by the result of `act` once everything else of `park` is gone. */
function heldBy(act) {
  const parked = park();
  const kept = act(parked);
  const refs = Object.entries(parked).map(([name, value]) => [
    name,
    new WeakRef(value),
  ]);
  return { kept, refs };
}

/** Weak references keep what they were made for until the current job is over. */
const nextJob = () => new Promise((resolve) => setImmediate(resolve));

const looks = {
  nothing: () => null,
  extract: ({ task }) => void extract(task, { locals: true }),
  'extract of a generator': ({ generator }) =>
    void extract(generator, { locals: true }),
  'extract of an async generator': ({ asyncGenerator }) =>
    void extract(asyncGenerator, { locals: true }),
  extractMany: ({ task, generator, request }) =>
    void extractMany([task, generator, request], { locals: true }),
  'format and JSON': ({ task }) => {
    const stack = extract(task, { locals: true });
    return [stack.format({ locals: true }), stack.toJSON({ locals: true })];
  },
  callGraph: ({ gate }) => void callGraph(gate, { locals: true }),
  promiseReactions: ({ gate }) => {
    if (capabilities().native.available) promiseReactions(gate);
  },
  // Whoever keeps a frame keeps its function and receiver, but not the task that it is of.
  'a frame': ({ task }) => extract(task).frames[0],
  'a dump': () => dump({ locals: true }),
  'a dump and its stacks': () => {
    const result = dump({ locals: true });
    for (const { groups } of result.threads) {
      for (const group of groups) String(group.stack);
    }
    return result;
  },
};

async function main() {
  capabilities();
  const held = {};
  const before = {};
  for (const [name, look] of Object.entries(looks)) {
    const { kept, refs } = heldBy(look);
    before[name] = refs.filter(([, ref]) => ref.deref() !== undefined).length;
    await nextJob();
    globalThis.gc();
    await nextJob();
    globalThis.gc();
    held[name] = refs
      .filter(([, ref]) => ref.deref() !== undefined)
      .map(([kind]) => kind);
    if (kept === undefined && name === '') throw new Error('cannot be');
  }
  console.log(JSON.stringify({ held, before }));
}

main();
