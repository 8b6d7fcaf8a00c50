// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0
'use strict';

/**
 * Dumps itself several times, by several doors, and prints what each has said of its tasks: five wait at
 * one place, one is told to move on in between, one comes back to where it was, and one ends.
 */

const { isMainThread, Worker, parentPort } = require('node:worker_threads');
const asynctb = require('asynctb');

const hold = new Map();
const held = (name) => new Promise((resolve) => hold.set(name, resolve));
async function waits(name) {
  await held(name);
}
async function moves() {
  await held('moves');
  await held('moved');
}
async function loops() {
  for (;;) await held('loops');
}
async function ends() {
  await held('ends');
}

function startAll() {
  for (let i = 0; i < 5; i++) void waits(`waits ${i}`);
  void moves();
  void loops();
  void ends();
}

const tasksOf = (thread) =>
  thread.groups
    .filter(({ stack }) => !stack.frames[0].internal)
    .map(({ count, stack, tasks }) => ({
      name: stack.frames[0].functionName,
      count,
      tasks: tasks.map(({ id, seenMs }) => ({ id, seenMs })),
    }));
const threadOf = (dump, id) =>
  dump.threads.find(({ threadId }) => threadId === id);

async function passes(milliseconds) {
  const begin = performance.now();
  while (performance.now() - begin < milliseconds)
    await new Promise((resolve) => setImmediate(resolve));
}

async function main() {
  startAll();
  const worker = new Worker(__filename);
  await new Promise((resolve) => worker.once('message', resolve));
  const other = worker.threadId;
  const both = (dump) => ({
    own: tasksOf(threadOf(dump, 0)),
    other: tasksOf(threadOf(dump, other)),
    changes: threadOf(dump, 0).changes,
    changesOfOther: threadOf(dump, other).changes,
    line: /^since the last dump.*/m.exec(String(dump))?.[0],
  });
  const first = both(asynctb.dump());
  for (const name of ['moves', 'loops', 'ends']) hold.get(name)();
  await passes(30);
  globalThis.gc();
  const second = both(await asynctb.dumpAsync());
  await passes(30);
  const third = both(asynctb.dump());
  console.log(JSON.stringify({ first, second, third }));
  if (process.argv[2] === 'stay') {
    process.on('message', (message) => process.send(message));
    return;
  }
  process.exit();
}

if (isMainThread) {
  void main();
} else {
  asynctb.registerThread();
  startAll();
  parentPort.on('message', () => {});
  parentPort.postMessage('ready');
}
