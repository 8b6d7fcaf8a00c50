// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0
'use strict';

/** What asynctb says of targets that it can read only in part, or not at all. */

const asynctb = require('asynctb');
const { deferred, parked } = require('./deferred.cjs');

const { callGraph, capabilities, dump, extract, extractMany, extractSince } =
  asynctb;
const gate = deferred();

const task = (async () => gate.promise)();
let found = [];
function* running() {
  // All at once, and before anything else: see scripts/coverage.ts.
  found = extractMany([
    ...Object.values(generators),
    Promise.resolve(1),
    task,
    1,
  ]);
  yield 1;
}
function* inner() {
  yield 1;
}
function* delegates() {
  yield* inner();
}
async function* awaits() {
  await gate.promise;
  yield 1;
}
async function* idle() {
  yield 1;
}
function* unnamed() {
  yield 1;
}

const generators = {
  running: running(),
  delegates: delegates(),
  awaits: awaits(),
  idle: idle(),
  unnamed: Object.defineProperty(unnamed, 'name', { value: 7 })(),
  withError: Object.assign(inner(), { error: new Error('of the program') }),
  withGetter: Object.assign(inner(), {
    list: {
      get length() {
        throw new Error('it was read');
      },
    },
  }),
};
const { running: last, ...others } = generators;
for (const generator of Object.values(others)) generator.next();

const summary = (stack) => ({
  frames: stack.frames.map((f) => `${f.functionName} ${f.state}`),
  leaves: stack.leaves.length,
  error: stack.error === null ? null : stack.error.message,
});

function attempt(act) {
  try {
    return act();
  } catch (error) {
    return { code: error.code, message: error.message };
  }
}

async function main() {
  await parked();
  last.next();
  const names = [...Object.keys(generators), 'settled', 'pending', 'other'];
  const result = Object.fromEntries(
    names.map((name, index) => [name, summary(found[index])]),
  );
  result.cut = summary(extract(generators.delegates, { maxFrames: 0 }));
  result.graph = summary(callGraph().stack);
  result.graphOfPromise = summary(callGraph(task).stack);
  result.dump = dump().threads[0].error?.message ?? null;
  result.since = attempt(() => summary(extractSince(main)));
  result.native = capabilities().native;
  console.log(JSON.stringify(result));
}

main();
