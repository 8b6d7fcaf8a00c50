// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

/** Tasks at twenty places, each of which waits for something of its own, and dumps with and without why. */
const { EventEmitter, once } = require('node:events');
const { asynctb, lowlevel, print, serve, timed } = require('./serve.cjs');

const PLACES = 20;
const kept = [];
const ballast = [];

class Queue {
  waiting = [];
  take() {
    return new Promise((resolve, reject) =>
      this.waiting.push({ resolve, reject }),
    );
  }
}

/** A function of its own for each place. */
function makePlace(index) {
  const make = new Function(
    'wait',
    `return async function place${index}() { await wait(); };`,
  );
  const queue = new Queue();
  const emitter = new EventEmitter().setMaxListeners(0);
  kept.push(queue, emitter);
  const waits = [
    () => queue.take(),
    () => once(emitter, 'ready'),
    () => new Promise((resolve) => setTimeout(resolve, 3_600_000).unref()),
    () => new Promise((resolve) => kept.push(resolve)),
  ];
  return make(waits[index % waits.length]);
}

const pauseOf = (options) => asynctb().dump(options).threads[0].stats.pauseMs;

serve({
  async park(tasks, megabytes = 0) {
    // Objects with a few fields, as most of a real heap are.
    const perMegabyte = 10_000;
    for (let i = 0; i < megabytes; i++)
      ballast.push(
        Array.from({ length: perMegabyte }, (_, id) => ({
          id,
          next: ballast,
          name: 'x',
          of: [id],
        })),
      );
    const places = Array.from({ length: PLACES }, (_, index) =>
      makePlace(index),
    );
    for (let i = 0; i < tasks; i++) void places[i % PLACES]();
    await null;
    globalThis.gc();
    globalThis.gc();
    return tasks;
  },
  tasks: () => asynctb().dump().threads[0].taskCount,
  reasons: () =>
    asynctb()
      .dump()
      .threads[0].groups.filter(({ stack }) => stack.wait !== null).length,
  why: () => pauseOf({}),
  without: () => pauseOf({ explain: false }),
  stuck: () => pauseOf({ explain: false, stuck: true }),
  walk: () => timed(() => lowlevel().walkHeap()),
  printWhy: () => {
    const dump = asynctb().dump();
    return timed(() => print(dump));
  },
  printWithout: () => {
    const dump = asynctb().dump({ explain: false });
    return timed(() => print(dump));
  },
});
