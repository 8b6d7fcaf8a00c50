// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0
'use strict';

const { parked } = require('./deferred.cjs');
const { waiting } = require('./waiting.cjs');

async function leaf(gate) {
  return (/*@leaf*/await gate) + '!';
}

async function awaits(promise) {
  return (/*@awaits*/await promise) + '!';
}

const leafBlock = `
async-function leaf @leaf
leaf promise`;

function onFulfilled /*@fulfilled*/(value) {
  return `then ${value}`;
}

function onRejected /*@rejected*/(error) {
  return `caught ${error.message}`;
}

function onFinally /*@finally*/() {}

async function asyncCallback /*@async-callback*/(value) {
  return (/*@async-callback-await*/await gateOfCallback) + value;
}
let gateOfCallback = null;

async function returnsPromise(gate) {
  await null;
  return leaf(gate);
}

async function returnsAtOnce(gate) {
  return leaf(gate);
}

async function returnsAwaited(gate) {
  return /*@returns-awaited*/await leaf(gate);
}

async function throughTwo(gate) {
  return returnsPromise(gate);
}

class Thenable {
  constructor(gate) {
    this.gate = gate;
  }
  then(resolve, reject) {
    this.gate.then(resolve, reject);
  }
}

/** Calls its resolve function in a callback of its own. */
class LazyThenable extends Thenable {
  then(resolve, reject) {
    this.gate.then(
      /*@lazy-thenable*/(value) => {
        resolve(`lazy ${value}`);
      },
      reject,
    );
  }
}

/** Keeps its callbacks, as a query builder would: nothing native points at who waits. */
class StoringThenable {
  static waiting = [];
  then(resolve) {
    StoringThenable.waiting.push(resolve);
  }
}

exports.callbacks = [
  waiting(
    'then(callback) is a callback frame at the function',
    (gate) => leaf(gate).then(onFulfilled),
    `
callback onFulfilled @fulfilled${leafBlock}`,
    'then opened!',
  ),
  waiting(
    'then(undefined, callback) shows the one for failure',
    (gate) => leaf(gate).then(undefined, onRejected),
    `
callback onRejected @rejected${leafBlock}`,
    'opened!',
  ),
  waiting(
    'then(callback, callback) shows the one for success',
    (gate) => leaf(gate).then(onFulfilled, onRejected),
    `
callback onFulfilled @fulfilled${leafBlock}`,
    'then opened!',
  ),
  waiting(
    'catch(callback)',
    (gate) => leaf(gate).catch(onRejected),
    `
callback onRejected @rejected${leafBlock}`,
    'opened!',
  ),
  waiting(
    'finally(callback)',
    (gate) => leaf(gate).finally(onFinally),
    `
callback onFinally @finally${leafBlock}`,
    'opened!',
  ),
  waiting(
    'then() without callbacks is transparent',
    (gate) => leaf(gate).then().then(null, undefined),
    leafBlock,
    'opened!',
  ),
  waiting(
    'then, catch and finally in a row, outermost last one first',
    (gate) => leaf(gate).then(onFulfilled).catch(onRejected).finally(onFinally),
    `
callback onFinally @finally
callback onRejected @rejected
callback onFulfilled @fulfilled${leafBlock}`,
    'then opened!',
  ),
  waiting(
    'a bound callback stands for its target',
    (gate) => leaf(gate).then(onFulfilled.bind(null)),
    `
callback onFulfilled @fulfilled${leafBlock}`,
    'then opened!',
  ),
  waiting(
    'an await of a then',
    (gate) => awaits(leaf(gate).then(onFulfilled)),
    `
async-function awaits @awaits
callback onFulfilled @fulfilled${leafBlock}`,
    'then opened!!',
  ),
  waiting(
    'a callback that is an async function and has not been called',
    (gate) => leaf(gate).then(asyncCallback),
    `
callback asyncCallback @async-callback${leafBlock}`,
    'nullopened!',
  ),
  waiting(
    'a callback that is an async function and waits itself',
    (gate) => {
      gateOfCallback = gate;
      return Promise.resolve('x').then(asyncCallback);
    },
    `
async-function asyncCallback @async-callback-await
leaf promise`,
    'openedx',
  ),
  waiting(
    'a built-in function as callback is nothing of the program',
    (gate) => leaf(gate).then(String),
    leafBlock,
    'opened!',
  ),
];

exports.adoption = [
  waiting(
    'return promise in an async function that has finished is transparent',
    returnsPromise,
    leafBlock,
    'opened!',
  ),
  waiting('return promise before any await', returnsAtOnce, leafBlock, 'opened!'),
  waiting(
    'return await is not',
    returnsAwaited,
    `
async-function returnsAwaited @returns-awaited${leafBlock}`,
    'opened!',
  ),
  waiting(
    'return promise twice',
    (gate) => awaits(throughTwo(gate)),
    `
async-function awaits @awaits${leafBlock}`,
    'opened!!',
  ),
  waiting(
    'resolve(promise)',
    (gate) => new Promise((resolve) => resolve(leaf(gate))),
    leafBlock,
    'opened!',
  ),
  waiting(
    'resolve(promise), later',
    (gate) =>
      new Promise((resolve) => {
        setImmediate(() => resolve(leaf(gate)));
      }),
    leafBlock,
    'opened!',
  ),
  waiting(
    'a callback that has returned a promise',
    (gate) => Promise.resolve().then(() => leaf(gate)),
    leafBlock,
    'opened!',
  ),
  waiting(
    'a finally callback that has returned a promise',
    (gate) => Promise.resolve('kept').finally(() => leaf(gate)),
    leafBlock,
    'kept',
  ),
  waiting(
    'a thenable that hands the functions on',
    (gate) => awaits(new Thenable(leaf(gate))),
    `
async-function awaits @awaits${leafBlock}`,
    'opened!!',
  ),
  waiting(
    'a thenable that resolves in a callback of its own',
    (gate) => awaits(new LazyThenable(leaf(gate))),
    `
async-function awaits @awaits
callback <anonymous> @lazy-thenable${leafBlock}`,
    'lazy opened!!',
  ),
  {
    name: 'a thenable that only stores the functions is where it ends',
    park: async () => {
      const target = awaits(new StoringThenable());
      await parked();
      const [resolve] = StoringThenable.waiting.splice(0);
      return {
        target,
        keep: resolve,
        finish: () => {
          resolve('stored');
          return target;
        },
      };
    },
    expected: `
async-function awaits @awaits
leaf promise`,
    result: 'stored!',
  },
  waiting(
    'then(resolve, reject) of an executor',
    (gate) =>
      new Promise((resolve, reject) => {
        leaf(gate).then(resolve, reject);
      }),
    leafBlock,
    'opened!',
  ),
  waiting(
    'then(value => resolve(…), reject) of an executor',
    (gate) =>
      new Promise((resolve, reject) => {
        leaf(gate).then(
          /*@promisified*/(value) => {
            resolve(`promisified ${value}`);
          },
          reject,
        );
      }),
    `
callback <anonymous> @promisified${leafBlock}`,
    'promisified opened!',
  ),
];
