// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0
'use strict';

/** Many suspended stacks of WebAssembly, looked at from outside and from another one that runs. */

const { dump, extract } = require('asynctb');
const { deferred, parked } = require('./deferred.cjs');
const { assemble, call } = require('./wasm-module.cjs');

const gate = deferred();
let onImport = null;

const { run } = new WebAssembly.Instance(
  new WebAssembly.Module(
    assemble({
      imports: [['m', 'wait']],
      functions: [[call(0), call(0)], [call(1)]],
      exports: [['run', 2]],
    }),
  ),
  {
    m: {
      wait: new WebAssembly.Suspending(() =>
        onImport === null ? wait() : onImport(),
      ),
    },
  },
).exports;
const promising = WebAssembly.promising(run);

async function wait() {
  await gate.promise;
}

async function task() {
  await promising();
}

const errors = [];
function tasks() {
  const [{ groups, error }] = dump().threads;
  errors.push(error?.message ?? null);
  return groups
    .map(({ count, stack }) => [
      count,
      stack.frames.map(({ functionName }) => functionName).join('>'),
    ])
    .filter(([, names]) => names.includes('>'));
}

async function main() {
  const first = task();
  let all = [first];
  while (all.length < 500) all.push(task());
  await parked();
  const many = tasks();

  let running, inside;
  onImport = () => {
    running ??= tasks();
    inside ??= extract(first).frames.map(({ functionName }) => functionName);
  };
  await task();
  onImport = null;

  all = null;
  gc();
  await parked();
  gc();
  const after = tasks();
  gate.resolve();
  await first;
  console.log(JSON.stringify({ many, running, inside, after, errors }));
}

main();
