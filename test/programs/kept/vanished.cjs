// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Tasks of several forms, in this thread and in a worker, that wait for what nobody will settle. Each message has
// all garbage collected.
'use strict';

const { setFlagsFromString } = require('node:v8');
const { createContext, runInContext, runInNewContext } = require('node:vm');
const { Worker, isMainThread, parentPort } = require('node:worker_threads');

setFlagsFromString('--expose-gc');
const gc = runInNewContext('gc');

const never = () => new Promise(() => {});
const other = createContext({});

async function byAwait() {
  await never();
}
async function byReturn() {
  await inner();
  async function inner() {
    return never();
  }
}
async function byRace() {
  await Promise.race([never(), never()]);
}
async function byAll() {
  await Promise.all([never(), 1]);
}
async function byThen() {
  await never().then((value) => value);
}
async function byPending() {
  await Promise.resolve().then(() => never());
}
async function byGenerator() {
  async function* values() {
    yield await never();
  }
  for await (const value of values()) void value;
}
async function byContext() {
  await runInContext('new Promise(() => {})', other);
}
class Derived extends Promise {}
async function bySubclass() {
  await new Derived(() => {});
}

const ALL = {
  byAwait,
  byReturn,
  byRace,
  byAll,
  byThen,
  byPending,
  byGenerator,
  byContext,
  bySubclass,
};
for (const start of Object.values(ALL)) start();
const settled = [];
async function ended() {
  await new Promise((resolve) => setImmediate(resolve));
  const value = { big: 1 };
  settled.push(new WeakRef(value));
  return value;
}
ended();

function collect() {
  gc();
  gc();
  return settled.every((each) => each.deref() === undefined);
}

if (isMainThread) {
  const worker = new Worker(__filename);
  let last = () => {};
  worker.on('message', (message) => last(message));
  worker.once('online', () => console.log('ready'));
  process.on('message', () => {
    last = (ofWorker) => {
      console.log(`settled ones have gone: ${collect()}, ${ofWorker}`);
      process.send('collected');
    };
    worker.postMessage('collect');
  });
} else {
  parentPort.on('message', () => parentPort.postMessage(collect()));
}
