// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0
'use strict';

/** What asynctb says of targets that it can read only in part, or not at all. */

const asynctb = require('asynctb');
const { deferred, parked } = require('./deferred.cjs');

const { callGraph, capabilities, dump, extract, extractSince } = asynctb;
const gate = deferred();

let found = null;
function* running() {
  found = extract(generators.running);
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
for (const generator of Object.values(generators)) generator.next();

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
  const task = (async () => gate.promise)();
  const result = Object.fromEntries(
    Object.entries(generators).map(([name, generator]) => [
      name,
      summary(name === 'running' ? found : extract(generator)),
    ]),
  );
  result.cut = summary(extract(generators.delegates, { maxFrames: 0 }));
  result.settled = summary(extract(Promise.resolve(1)));
  result.pending = summary(extract(task));
  result.other = summary(extract(1));
  result.graph = summary(callGraph().stack);
  result.graphOfPromise = summary(callGraph(task).stack);
  result.dump = dump().threads[0].error?.message ?? null;
  result.since = attempt(() => summary(extractSince(main)));
  result.native = capabilities().native;
  console.log(JSON.stringify(result));
}

main();
