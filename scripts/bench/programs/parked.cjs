// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

/** Chains of three async functions that wait for ever, and ways to look at them. */
const { readFileSync, rmSync, writeFileSync } = require('node:fs');
const { tmpdir } = require('node:os');
const path = require('node:path');
const v8 = require('node:v8');
const { asynctb, lowlevel, print, serve, timed } = require('./serve.cjs');

const resolvers = [];

async function inner() {
  await new Promise((resolve) => resolvers.push(resolve));
}

async function middle() {
  await inner();
}

async function outer() {
  await middle();
}

/** Megabytes, from a field of /proc/self/status. */
function memory(field) {
  const text = readFileSync('/proc/self/status', 'latin1');
  return Number(new RegExp(`${field}:\\s+(\\d+) kB`).exec(text)[1]) / 1024;
}

/** What `work` needs at its peak beyond what the process had before, in MB. */
function peak(work) {
  // 5 resets VmHWM, the highest resident size so far, to the present one.
  writeFileSync('/proc/self/clear_refs', '5');
  const before = memory('VmRSS');
  work();
  return memory('VmHWM') - before;
}

serve({
  async park(chains) {
    for (let i = 0; i < chains; i++) void outer();
    // The chains move to the old generation, where those of a real program are.
    await null;
    globalThis.gc();
    globalThis.gc();
    return chains;
  },
  collect() {
    globalThis.gc();
    return 0;
  },
  dump: () => timed(() => asynctb().dump()),
  dumpAndPrint: () => timed(() => print(asynctb().dump())),
  walk: () => timed(() => lowlevel().walkHeap()),
  queryObjects: () => timed(() => v8.queryObjects(Promise)),
  heapSnapshot() {
    const file = path.join(
      tmpdir(),
      `asynctb-bench-${process.pid}.heapsnapshot`,
    );
    try {
      return timed(() => v8.writeHeapSnapshot(file));
    } finally {
      rmSync(file, { force: true });
    }
  },
  tasks: () => asynctb().dump().threads[0].taskCount,
  dumpPeak: () => peak(() => asynctb().dump()),
  printPeak: () => peak(() => print(asynctb().dump())),
  queryObjectsPeak: () => peak(() => v8.queryObjects(Promise)),
});
