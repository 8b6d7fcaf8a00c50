// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0
'use strict';

const vm = require('node:vm');
const { deferred, parked } = require('./deferred.cjs');

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

class Task extends Promise {}

class TaskOfOther extends Promise {
  static get [Symbol.species]() {
    return Promise;
  }
}

const realm = vm.runInContext(
  `(() => {
    class Foreign extends Promise {}
    async function foreign(gate) {
      return (await gate) + '!';
    }
    return { Promise, Foreign, foreign };
  })()`,
  vm.createContext(),
  { filename: 'realm.js' },
);

const of = (name, start, expected, result, finish = (target) => target) => ({
  name,
  park: async () => {
    const gate = deferred();
    const target = start(gate.promise);
    await parked();
    return { target, gate, finish: () => finish(target) };
  },
  expected,
  result,
});

exports.callbacks = [
  of(
    'then(callback) is a callback frame at the function',
    (gate) => leaf(gate).then(onFulfilled),
    `
callback onFulfilled @fulfilled${leafBlock}`,
    'then opened!',
  ),
  of(
    'then(undefined, callback) shows the one for failure',
    (gate) => leaf(gate).then(undefined, onRejected),
    `
callback onRejected @rejected${leafBlock}`,
    'opened!',
  ),
  of(
    'then(callback, callback) shows the one for success',
    (gate) => leaf(gate).then(onFulfilled, onRejected),
    `
callback onFulfilled @fulfilled${leafBlock}`,
    'then opened!',
  ),
  of(
    'catch(callback)',
    (gate) => leaf(gate).catch(onRejected),
    `
callback onRejected @rejected${leafBlock}`,
    'opened!',
  ),
  of(
    'finally(callback)',
    (gate) => leaf(gate).finally(onFinally),
    `
callback onFinally @finally${leafBlock}`,
    'opened!',
  ),
  of(
    'then() without callbacks is transparent',
    (gate) => leaf(gate).then().then(null, undefined),
    leafBlock,
    'opened!',
  ),
  of(
    'then, catch and finally in a row, outermost last one first',
    (gate) => leaf(gate).then(onFulfilled).catch(onRejected).finally(onFinally),
    `
callback onFinally @finally
callback onRejected @rejected
callback onFulfilled @fulfilled${leafBlock}`,
    'then opened!',
  ),
  of(
    'a bound callback stands for its target',
    (gate) => leaf(gate).then(onFulfilled.bind(null)),
    `
callback onFulfilled @fulfilled${leafBlock}`,
    'then opened!',
  ),
  of(
    'an await of a then',
    (gate) => awaits(leaf(gate).then(onFulfilled)),
    `
async-function awaits @awaits
callback onFulfilled @fulfilled${leafBlock}`,
    'then opened!!',
  ),
  of(
    'a callback that is an async function and has not been called',
    (gate) => leaf(gate).then(asyncCallback),
    `
callback asyncCallback @async-callback${leafBlock}`,
    'nullopened!',
  ),
  of(
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
  of(
    'a built-in function as callback is nothing of the program',
    (gate) => leaf(gate).then(String),
    leafBlock,
    'opened!',
  ),
];

exports.adoption = [
  of(
    'return promise in an async function that has finished is transparent',
    returnsPromise,
    leafBlock,
    'opened!',
  ),
  of('return promise before any await', returnsAtOnce, leafBlock, 'opened!'),
  of(
    'return await is not',
    returnsAwaited,
    `
async-function returnsAwaited @returns-awaited${leafBlock}`,
    'opened!',
  ),
  of(
    'return promise twice',
    (gate) => awaits(throughTwo(gate)),
    `
async-function awaits @awaits${leafBlock}`,
    'opened!!',
  ),
  of(
    'resolve(promise)',
    (gate) => new Promise((resolve) => resolve(leaf(gate))),
    leafBlock,
    'opened!',
  ),
  of(
    'resolve(promise), later',
    (gate) =>
      new Promise((resolve) => {
        setImmediate(() => resolve(leaf(gate)));
      }),
    leafBlock,
    'opened!',
  ),
  of(
    'a callback that has returned a promise',
    (gate) => Promise.resolve().then(() => leaf(gate)),
    leafBlock,
    'opened!',
  ),
  of(
    'a finally callback that has returned a promise',
    (gate) => Promise.resolve('kept').finally(() => leaf(gate)),
    leafBlock,
    'kept',
  ),
  of(
    'a thenable that hands the functions on',
    (gate) => awaits(new Thenable(leaf(gate))),
    `
async-function awaits @awaits${leafBlock}`,
    'opened!!',
  ),
  of(
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
  of(
    'then(resolve, reject) of an executor',
    (gate) =>
      new Promise((resolve, reject) => {
        leaf(gate).then(resolve, reject);
      }),
    leafBlock,
    'opened!',
  ),
  of(
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

exports.others = [
  of(
    'a subclass of Promise',
    (gate) => Task.resolve(leaf(gate)).then(onFulfilled),
    `
callback onFulfilled @fulfilled${leafBlock}`,
    'then opened!',
  ),
  of(
    'an await of a subclass of Promise',
    (gate) => awaits(Task.resolve(leaf(gate))),
    `
async-function awaits @awaits${leafBlock}`,
    'opened!!',
  ),
  of(
    'then of a subclass with another species',
    (gate) => TaskOfOther.resolve(leaf(gate)).then(onFulfilled),
    `
callback onFulfilled @fulfilled${leafBlock}`,
    'then opened!',
  ),
  of(
    'all() of a subclass',
    (gate) => Task.all([1, leaf(gate)]),
    `
Promise.all (1 of 2)
  [1]
    async-function leaf @leaf
    leaf promise`,
    [1, 'opened!'],
  ),
  of(
    'an async function of another realm',
    (gate) => realm.foreign(leaf(gate)),
    `
async-function foreign realm.js:4:15${leafBlock}`,
    'opened!!',
  ),
  of(
    'an await of a promise of another realm',
    (gate) => awaits(realm.foreign(leaf(gate))),
    `
async-function awaits @awaits
async-function foreign realm.js:4:15${leafBlock}`,
    'opened!!!',
  ),
  of(
    'then of another realm',
    (gate) => realm.Promise.prototype.then.call(leaf(gate), onFulfilled),
    `
callback onFulfilled @fulfilled${leafBlock}`,
    'then opened!',
  ),
  of(
    'resolve of another realm adopts',
    (gate) => realm.Promise.resolve(leaf(gate)).then(onFulfilled),
    `
callback onFulfilled @fulfilled${leafBlock}`,
    'then opened!',
  ),
  of(
    'a combinator of another realm',
    (gate) => realm.Promise.all([leaf(gate), 2]),
    `
Promise.all (1 of 2)
  [0]
    async-function leaf @leaf
    leaf promise`,
    ['opened!', 2],
    // An array of the other realm is not equal to one of this.
    (target) => target.then((values) => [...values]),
  ),
  of(
    'a subclass of another realm',
    (gate) => realm.Foreign.resolve(leaf(gate)).then(onFulfilled),
    `
callback onFulfilled @fulfilled${leafBlock}`,
    'then opened!',
  ),
  of(
    'P5 a pending promise by itself',
    (gate) => gate,
    'leaf promise',
    'opened',
  ),
  of(
    'P8 a settled promise has nothing to show',
    () => Promise.resolve('done'),
    '(no frames)',
    'done',
  ),
];
