// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

/** Many who wait for one promise, or a chain of many `then`, and ways to look at them. */
const { readFileSync, writeFileSync } = require('node:fs');
const { asynctb, lowlevel, milliseconds, serve } = require('./serve.cjs');

let open;
const gate = new Promise((resolve) => {
  open = resolve;
});
const kept = (globalThis.kept = [gate, open]);
let last = gate;

async function waits(promise) {
  await promise;
}

/** Megabytes, from a field of /proc/self/status. */
function memory(field) {
  const text = readFileSync('/proc/self/status', 'latin1');
  return Number(new RegExp(`${field}:\\s+(\\d+) kB`).exec(text)[1]) / 1024;
}

function timed(work) {
  const start = process.hrtime.bigint();
  work();
  return milliseconds(start);
}

serve({
  async awaiters(count) {
    for (let i = 0; i < count; i++) kept.push(waits(gate));
    await null;
    globalThis.gc();
    globalThis.gc();
    return count;
  },
  async chain(count) {
    for (let i = 0; i < count; i++) last = last.then((value) => value);
    kept.push(waits(last));
    await null;
    globalThis.gc();
    globalThis.gc();
    return count;
  },
  dump: () => timed(() => asynctb().dump()),
  extract: () => timed(() => asynctb().extract(last)),
  walk: () => timed(() => lowlevel().walkHeap()),
  callGraph: () => timed(() => asynctb().callGraph(gate)),
  /** What a call graph needs at its peak beyond what the process had before, in MB. */
  callGraphPeak() {
    // 5 resets VmHWM, the highest resident size so far, to the present one.
    writeFileSync('/proc/self/clear_refs', '5');
    const before = memory('VmRSS');
    asynctb().callGraph(gate);
    return memory('VmHWM') - before;
  },
});
