// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Prints what async_hooks, promise hooks and AsyncLocalStorage see of some promises. With an argument, it drops
// more promises than are kept, and prints a dump's error.
'use strict';

const { AsyncLocalStorage, createHook } = require('node:async_hooks');
const { promiseHooks } = require('node:v8');

if (process.argv[2] === 'many') {
  for (let i = 0; i < 100_010; i++) new Promise(() => {});
  console.log(require('asynctb').dump().threads[0].error?.message ?? 'none');
  process.exit();
}

const counts = {};
const begun = new Set();
const count = (name) => () => {
  counts[name] = (counts[name] ?? 0) + 1;
};
const store = new AsyncLocalStorage();
const hook = createHook({
  init(id, type) {
    begun.add(id);
    count(`init ${type}`)();
  },
  // Of promises that were made before, there may be one more.
  promiseResolve: (id) => begun.has(id) && count('promiseResolve')(),
});
async function leaf() {
  await null;
  return store.getStore();
}
async function main() {
  const before = await store.run(1, () => leaf());
  hook.enable();
  const hooked = await store.run(2, () => leaf());
  hook.disable();
  const stop = promiseHooks.createHook({
    init: count('init'),
    settled: count('settled'),
  });
  const seen = await store.run(3, () => leaf());
  stop();
  const all = await Promise.all([1, 2, 3].map((n) => store.run(n, leaf)));
  const failed = await Promise.reject(new Error('no')).catch((e) => e.message);
  console.log(JSON.stringify({ before, hooked, seen, all, failed, counts }));
}
main();
