// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0
'use strict';

/**
 * Parks several async functions behind nested WebAssembly of two modules, and prints its frames as
 * asynctb sees them, beside those that V8 listed in the import just before it suspended them.
 */

const { isMainThread, parentPort, Worker } = require('node:worker_threads');
const {
  callGraph,
  capabilities,
  dump,
  extract,
  registerThread,
} = require('asynctb');
const { promiseReactions } = require('asynctb/lowlevel');
const { describeStack, runFormatters } = require('./describe-stack.cjs');
const { deferred, parked } = require('./deferred.cjs');
const { NOP, assemble, call } = require('./wasm-module.cjs');

const gates = [];
/** What each import has returned. */
const wanting = [];
/** Of each suspension: V8's own list, outermost first. */
const listed = [];

/** Each call waits for a gate of its own; `warm`: for none. */
let warm = false;
function wait() {
  if (warm) return undefined;
  const { stack } = new Error();
  listed.push(
    [...stack.matchAll(/(wasm:.*):wasm-function\[\d+\]:0x([\da-f]+)/g)]
      .map(([, url, offset]) => `${url} ${offset}`)
      .reverse(),
  );
  gates.push(deferred());
  wanting.push(wanted(gates.length - 1));
  return wanting.at(-1);
}

async function wanted(index) {
  /*@wasm-frames-import*/await gates[index].promise;
}

const instantiate = (parts, imports) =>
  new WebAssembly.Instance(new WebAssembly.Module(assemble(parts)), imports);

// It has a name section, and waits at two places.
const inner = instantiate(
  {
    imports: [['m', 'wait']],
    functions: [
      [NOP, call(0), NOP, NOP, call(0)],
      [NOP, NOP, NOP, call(1)],
    ],
    exports: [['within', 2]],
    names: [
      [1, 'deepest'],
      [2, 'middle'],
    ],
  },
  { m: { wait: new WebAssembly.Suspending(wait) } },
);
// It has none, so that V8 names what is exported after that.
const outer = instantiate(
  {
    imports: [['m', 'within']],
    functions: [[NOP, call(0)], [call(1)], [NOP, NOP, call(1)]],
    exports: [
      ['once', 2],
      ['again', 3],
    ],
  },
  { m: inner.exports },
);
const once = WebAssembly.promising(outer.exports.once);
const again = WebAssembly.promising(outer.exports.again);

async function callOnce() {
  /*@wasm-frames-once*/await once();
}
async function callAgain() {
  /*@wasm-frames-again*/await again();
}

const wasmOf = (frames) =>
  frames
    .filter(({ kind }) => kind === 'wasm')
    .map(
      ({ scriptName, columnNumber }) =>
        `${scriptName} ${(columnNumber - 1).toString(16)}`,
    );
const namesOf = (frames) => frames.map(({ functionName }) => functionName);

async function warmUp() {
  warm = true;
  for (let i = 0; i < 5_000; i++) await again();
  await parked();
  warm = false;
}

async function inWorker() {
  registerThread();
  const task = callAgain();
  await parked();
  parentPort.postMessage(listed);
  // Until it is terminated.
  parentPort.on('message', () => task);
}

async function main() {
  if (process.argv.includes('warm')) await warmUp();
  const tasks = [callOnce(), callAgain(), callAgain()];
  await parked();
  // The second one goes on to the next place.
  gates[1].resolve();
  await parked();
  const order = [0, 3, 2];
  const stacks = tasks.map((task) => extract(task));
  for (const stack of stacks) runFormatters(stack);
  const { groups, error } = dump().threads[0];
  const upward = callGraph(gates[3].promise).awaitedBy[0].awaitedBy[0];
  const withAwaiters = extract(gates[3].promise, { awaiters: true });
  const promiseReaction = promiseReactions(wanting[3]).map(
    ({ frame }) => frame.functionName,
  );
  const cut = extract(tasks[0], { maxFrames: 2 });

  const worker = new Worker(__filename, { argv: process.argv.slice(2) });
  const [inThread] = await new Promise((resolve) =>
    worker.once('message', resolve),
  );
  const [thread] = dump().threads.filter(
    ({ threadId }) => threadId === worker.threadId,
  );
  const fromThread = thread.groups.map(({ stack }) => wasmOf(stack.frames));
  await worker.terminate();

  gates.forEach(({ resolve }) => resolve());
  await parked();
  // What is through its first call waits a second time.
  gates.forEach(({ resolve }) => resolve());
  await Promise.all(tasks);
  console.log(
    JSON.stringify({
      listed: order.map((index) => listed[index]),
      extracted: stacks.map(({ frames }) => wasmOf(frames)),
      blocks: stacks.map((stack) => describeStack(stack)),
      names: stacks.map(({ frames }) => namesOf(frames)),
      errors: [
        ...stacks.map(({ error: each }) => each?.message ?? null),
        error?.message ?? null,
      ],
      dumped: groups
        .filter(({ stack }) => wasmOf(stack.frames).length > 0)
        .map(({ count, stack }) => ({
          count,
          wasm: wasmOf(stack.frames),
          names: namesOf(stack.frames),
        })),
      upward: {
        names: namesOf(upward.stack.frames),
        above: namesOf(upward.awaitedBy[0].stack.frames),
      },
      awaiters: namesOf(withAwaiters.frames),
      cut: { names: namesOf(cut.frames), code: cut.error?.code },
      reaction: promiseReaction,
      capability: capabilities().wasmStacks,
      inThread,
      fromThread,
    }),
  );
}

if (isMainThread) main();
else inWorker();
