// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0
'use strict';

/**
 * Functions that wait for what has been collected, beside some whose promise has settled and that
 * only wait for their turn. Prints what a dump says of each, by name.
 */

const v8 = require('node:v8');
const vm = require('node:vm');
const { callGraph, dump, extract } = require('asynctb');

v8.setFlagsFromString('--expose-gc');
const gc = vm.runInNewContext('gc');

const held = [];
const settlers = [];
const settled = () => new Promise((resolve) => settlers.push(resolve));
const never = () => new Promise(() => {});

async function* subscribe() {
  for (;;) yield await never();
}

async function goneInGenerator() {
  const events = subscribe();
  held.push(events);
  for await (const event of events) held.push(event);
}

async function* goneItself() {
  await never();
}

async function readyFunction() {
  await settled();
}

async function* readyGenerator() {
  await settled();
  yield 1;
}

async function readyThen() {
  await settled().then((value) => value);
}

async function readyRejected() {
  await new Promise((resolve, reject) => settlers.push(reject)).catch(() => {});
}

async function readyReject() {
  try {
    await new Promise((resolve, reject) => settlers.push(reject));
  } catch {}
}

async function pendingFunction() {
  await new Promise((resolve) => held.push(resolve));
}

async function waitsForReady() {
  await readyFunction();
}

/** In a context whose jobs are run only when the program says so. */
const context = vm.createContext({ held }, { microtaskMode: 'afterEvaluate' });
const parkApart = vm.runInContext(
  `(async function readyApart() { await new Promise((resolve) => held.push(resolve)); })`,
  context,
);

/** What the stack of each function ends with, by name. */
function leavesByName(thread) {
  const found = {};
  for (const { stack } of thread.groups) {
    for (const frame of stack.frames) {
      if (!/^(gone|ready|pending|waits)/.test(frame.functionName)) continue;
      found[frame.functionName] = stack.leaves
        .map((leaf) => String(leaf).replace(/(Promise \{ <pending> \}) \(.*\)$/u, '$1'))
        .join();
    }
  }
  return found;
}

const generator = goneItself();
held.push(generator);
generator.next();
goneInGenerator();
goneInGenerator();
readyFunction();
waitsForReady();
const readyOne = readyGenerator();
readyOne.next();
readyThen();
readyRejected();
readyReject();
pendingFunction();
const apart = held.length;
parkApart();
settlers.push(held[apart]);

const result = {};
setImmediate(() => {
  gc();
  setImmediate(() => {
    gc();
    result.before = leavesByName(dump().threads[0]);
    for (const settle of settlers) settle(new Error('settled'));
    result.queued = leavesByName(dump().threads[0]);
    result.extracted = extract(readyOne).leaves.map(String).join();
    setImmediate(() => {
      result.after = leavesByName(dump().threads[0]);
      result.gone = extract(generator).leaves.map(String).join();
      result.waits = [
        extract(generator).wait,
        ...dump()
          .threads[0].groups.filter(({ stack }) =>
            stack.frames.some((frame) => frame.functionName === 'goneItself'),
          )
          .map(({ stack }) => stack.wait),
      ];
      result.graph = callGraph(generator).stack.leaves
        .map((leaf) => String(leaf).replace(/(Promise \{ <pending> \}) \(.*\)$/u, '$1'))
        .join();
      console.log(JSON.stringify(result));
    });
  });
});
