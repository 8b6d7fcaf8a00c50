// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0
'use strict';

/**
 * Run with --expose-gc: keeps what the formatters made of stacks, drops everything else, and
 * prints which objects of the program are still there after a garbage collection.
 */

const { callGraph, dump, extract } = require('asynctb');

class Payload {
  large = new Array(1_000).fill(0);
}

function park() {
  const payload = new Payload();
  const gate = new Promise(() => {});
  // Closures, so that keeping a frame's function would keep the payload.
  const waits = async function waits(local) {
    await gate;
    return [local, payload];
  };
  const numbers = function* numbers(local) {
    yield local;
    return payload;
  };
  const receiver = { payload };
  const task = waits.call(receiver, payload);
  const generator = numbers.call(receiver, payload);
  generator.next();
  return { payload, gate, waits, numbers, receiver, task, generator };
}

const summaries = {
  toJSON: ({ task, generator }) =>
    [task, generator].map((target) =>
      extract(target, { locals: true }).toJSON({ locals: true }),
    ),
  'toJSON of a frame': ({ task }) =>
    extract(task, { locals: true }).frames[0].toJSON({ locals: true }),
  'toJSON of a call graph': ({ gate }) => callGraph(gate).toJSON(),
  'toJSON of a dump': () => dump({ locals: true }).toJSON(),
  'format and formatFlat': ({ task, generator }) =>
    [task, generator].flatMap((target) => {
      const stack = extract(target, { locals: true });
      return [stack.format({ locals: true }), stack.formatFlat()];
    }),
  'a dump': () => dump({ locals: true }),
  // The control: a stack does hold what it shows.
  'a stack': ({ task, generator }) =>
    [task, generator].map((target) => extract(target, { locals: true })),
};

function summarize(make) {
  const parked = park();
  const summary = make(parked);
  const refs = Object.entries(parked).map(([name, value]) => [
    name,
    new WeakRef(value),
  ]);
  return { summary, refs };
}

/** Weak references keep what they were made for until the current job is over. */
const nextJob = () => new Promise((resolve) => setImmediate(resolve));

async function main() {
  const held = {};
  for (const [name, make] of Object.entries(summaries)) {
    const { summary, refs } = summarize(make);
    await nextJob();
    globalThis.gc();
    await nextJob();
    globalThis.gc();
    held[name] = refs
      .filter(([, ref]) => ref.deref() !== undefined)
      .map(([what]) => what);
    if (summary === undefined) throw new Error('made nothing');
    globalThis.lastSummary = summary;
  }
  console.log(JSON.stringify(held));
}

main();
