// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0
'use strict';

/**
 * Parks each form, extracts it and lets it go on; prints what differs from what is expected.
 * Arguments: `--hooks=…` is what to enable first; `--worker` does it in a worker thread; `--at-once` parks all of them and extracts them
 * with one walk of the heap.
 */

const { AsyncLocalStorage, createHook } = require('node:async_hooks');
const { isDeepStrictEqual } = require('node:util');
const { promiseHooks } = require('node:v8');
const { isMainThread, Worker } = require('node:worker_threads');
const { extract, extractMany } = require('asynctb');
const { allForms } = require('./files.cjs');
const { describeStack, runFormatters } = require('./describe-stack.cjs');

const option = (name, otherwise) =>
  process.argv
    .find((arg) => arg.startsWith(`--${name}=`))
    ?.slice(name.length + 3) ?? otherwise;

const counts = { async_hooks: 0, promise_hooks: 0, store: 0 };
const storage = new AsyncLocalStorage();
const count = (name) => () => void counts[name]++;

const hooks = {
  none: (run) => run(),
  async_hooks: (run) => {
    const note = count('async_hooks');
    createHook({
      init: note,
      before: note,
      after: note,
      promiseResolve: note,
      destroy: note,
    }).enable();
    return run();
  },
  promise_hooks: (run) => {
    const note = count('promise_hooks');
    promiseHooks.createHook({
      init: note,
      before: note,
      after: note,
      settled: note,
    });
    return run();
  },
  AsyncLocalStorage: (run) =>
    storage.run({ request: 1 }, async () => {
      await run();
      if (storage.getStore()?.request === 1) counts.store++;
    }),
};

function allocate() {
  const garbage = [];
  for (let i = 0; i < 2_000; i++) garbage.push({ i, text: `garbage ${i}` });
  return garbage.length;
}

const unequal = [];

async function finish(form, parked) {
  parked.gate?.resolve('opened');
  const result = await parked.finish();
  if (!isDeepStrictEqual(result, form.result)) {
    unequal.push({ form: form.name, result });
  }
}

function compare(form, stack) {
  const block = describeStack(stack) || '(no frames)';
  runFormatters(stack);
  if (block !== form.expected.trim()) {
    unequal.push({ form: form.name, block, expected: form.expected.trim() });
  }
}

const forms = allForms();

async function oneByOne() {
  for (const form of forms) {
    const parked = await form.park();
    allocate();
    compare(form, extract(parked.target, { locals: true }));
    await finish(form, parked);
  }
}

async function atOnce() {
  const parked = [];
  for (const form of forms) parked.push(await form.park());
  const stacks = extractMany(parked.map(({ target }) => target));
  stacks.forEach((stack, index) => compare(forms[index], stack));
  for (const { gate } of parked) gate?.resolve('opened');
  await Promise.all(parked.map(({ finish }) => finish()));
}

const main = process.argv.includes('--at-once') ? atOnce : oneByOne;
const inWorker = process.argv.includes('--worker') && isMainThread;

if (inWorker) {
  new Worker(__filename, { argv: process.argv.slice(2) });
} else {
  hooks[option('hooks', 'none')](main).then(() => {
    console.log(JSON.stringify({ forms: forms.length, unequal, counts }));
  });
}
