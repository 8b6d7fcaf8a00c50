// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0
'use strict';

/** Prints how many frames come out of chains as deep as its first argument says. */

const { extract, callGraph } = require('asynctb');
const { deferred, parked } = require('./deferred.cjs');

const depth = Number(process.argv[2]);

async function awaits(promise) {
  await promise;
}

async function adopts(promise) {
  await null;
  return promise;
}

function* delegates(inner) {
  if (inner !== null) yield* inner;
  else yield 'innermost';
}

async function* delegatesAsync(inner, gate) {
  if (inner !== null) yield* inner;
  else yield await gate;
}

function chain(first, link) {
  let last = first;
  for (let i = 0; i < depth; i++) last = link(last);
  return last;
}

const gate = deferred();
const targets = {
  await: chain(gate.promise, awaits),
  adopt: chain(gate.promise, adopts),
  then: chain(gate.promise, (promise) => promise.then(() => {})),
  resolve: chain(
    gate.promise,
    (promise) => new Promise((resolve) => resolve(promise)),
  ),
  all: chain(gate.promise, (promise) => Promise.all([promise])),
  race: chain(gate.promise, (promise) => Promise.race([promise])),
  'yield*': chain(delegates(null), delegates),
  'async yield*': chain(delegatesAsync(null, gate.promise), (inner) =>
    delegatesAsync(inner),
  ),
};
targets['yield*'].next();
targets['async yield*'].next();

/** Frames of the longest way down. */
function longest(stack) {
  let count = 0;
  for (let next = stack; next !== undefined; ) {
    count += next.length;
    next = next.frames.at(-1)?.branches[0];
  }
  return count;
}

/** The error at the end of the longest way down. */
function cutOf(stack) {
  const below = stack.frames.at(-1)?.branches[0];
  return below === undefined ? (stack.error?.code ?? null) : cutOf(below);
}

parked().then(() => {
  const result = {};
  for (const [name, target] of Object.entries(targets)) {
    const stack = extract(target, { maxFrames: Infinity });
    // Once each: they are long.
    for (const text of [stack.format(), stack.formatFlat(), JSON.stringify(stack)]) {
      if (text.length < 10) throw new Error('nothing was printed');
    }
    result[name] = {
      frames: longest(stack),
      leaves: name === 'yield*' ? 'none' : String(stack.leaves.length),
      error: stack.error?.code ?? null,
      cut: cutOf(extract(target, { maxFrames: 10 })),
    };
  }
  const graph = callGraph(gate.promise, { maxFrames: Infinity });
  let up = 0;
  const awaiting = graph.awaitedBy.find(
    (node) => node.stack.frames[0]?.functionName === 'awaits',
  );
  for (let node = awaiting; node !== undefined; node = node.awaitedBy[0]) up++;
  String(graph);
  result.callGraph = up;
  console.log(JSON.stringify(result));
});
