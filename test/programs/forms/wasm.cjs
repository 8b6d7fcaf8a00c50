// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0
'use strict';

/** Parks an async function behind WebAssembly that an asynchronous import has suspended. */

const { callGraph, dump, extract } = require('asynctb');
const { describeStack } = require('./describe-stack.cjs');
const { deferred, parked } = require('./deferred.cjs');

// (module (import "m" "w" (func)) (func (export "r") call 0))
const binary = Uint8Array.of(
  ...[0, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
  ...[1, 4, 1, 0x60, 0, 0],
  ...[2, 7, 1, 1, 0x6d, 1, 0x77, 0, 0],
  ...[3, 2, 1, 0],
  ...[7, 5, 1, 1, 0x72, 0, 1],
  ...[10, 6, 1, 4, 0, 0x10, 0, 0x0b],
);
const gate = deferred();

async function wait() {
  /*@wasm-import*/await gate.promise;
}

const instance = new WebAssembly.Instance(new WebAssembly.Module(binary), {
  m: { w: new WebAssembly.Suspending(wait) },
});
const run = WebAssembly.promising(instance.exports.r);

async function caller() {
  /*@wasm-caller*/await run();
}

// (module (import "m" "w" (func)) (export "r" (func 0)))
const importAlone = Uint8Array.of(
  ...[0, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
  ...[1, 4, 1, 0x60, 0, 0],
  ...[2, 7, 1, 1, 0x6d, 1, 0x77, 0, 0],
  ...[7, 5, 1, 1, 0x72, 0, 0],
);
const again = new WebAssembly.Instance(new WebAssembly.Module(importAlone), {
  m: { w: new WebAssembly.Suspending(wait) },
});
const runDirectly = WebAssembly.promising(again.exports.r);

async function direct() {
  /*@wasm-direct*/await runDirectly();
}

async function main() {
  const first = caller();
  const second = caller();
  await parked();
  const stack = extract(first);
  const groups = dump().threads[0].groups;
  const awaitedBy = callGraph(gate.promise).awaitedBy;
  const third = direct();
  await parked();
  const importOnly = extract(third);
  console.log(
    JSON.stringify({
      block: describeStack(stack),
      text: stack.toString(),
      holdsFunctions: stack.frames.map((frame) => frame.function !== null),
      groups: groups.map(
        ({ count, stack }) => `${count}: ${describeStack(stack, false)}`,
      ),
      awaitedBy: awaitedBy.map((waiting) =>
        waiting.awaitedBy.map((node) => describeStack(node.stack)),
      ),
      importOnly: {
        block: describeStack(importOnly),
        error: importOnly.error?.message ?? null,
      },
    }),
  );
  void [second, third];
}

main();
