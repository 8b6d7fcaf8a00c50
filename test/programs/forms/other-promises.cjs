// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0
'use strict';

const vm = require('node:vm');
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

exports.others = [
  waiting(
    'a subclass of Promise',
    (gate) => Task.resolve(leaf(gate)).then(onFulfilled),
    `
callback onFulfilled @fulfilled${leafBlock}`,
    'then opened!',
  ),
  waiting(
    'an await of a subclass of Promise',
    (gate) => awaits(Task.resolve(leaf(gate))),
    `
async-function awaits @awaits${leafBlock}`,
    'opened!!',
  ),
  waiting(
    'then of a subclass with another species',
    (gate) => TaskOfOther.resolve(leaf(gate)).then(onFulfilled),
    `
callback onFulfilled @fulfilled${leafBlock}`,
    'then opened!',
  ),
  waiting(
    'all() of a subclass',
    (gate) => Task.all([1, leaf(gate)]),
    `
Promise.all (1 of 2)
  [1]
    async-function leaf @leaf
    leaf promise`,
    [1, 'opened!'],
  ),
  waiting(
    'an async function of another realm',
    (gate) => realm.foreign(leaf(gate)),
    `
async-function foreign realm.js:4:15${leafBlock}`,
    'opened!!',
  ),
  waiting(
    'an await of a promise of another realm',
    (gate) => awaits(realm.foreign(leaf(gate))),
    `
async-function awaits @awaits
async-function foreign realm.js:4:15${leafBlock}`,
    'opened!!!',
  ),
  waiting(
    'then of another realm',
    (gate) => realm.Promise.prototype.then.call(leaf(gate), onFulfilled),
    `
callback onFulfilled @fulfilled${leafBlock}`,
    'then opened!',
  ),
  waiting(
    'resolve of another realm adopts',
    (gate) => realm.Promise.resolve(leaf(gate)).then(onFulfilled),
    `
callback onFulfilled @fulfilled${leafBlock}`,
    'then opened!',
  ),
  waiting(
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
  waiting(
    'a subclass of another realm',
    (gate) => realm.Foreign.resolve(leaf(gate)).then(onFulfilled),
    `
callback onFulfilled @fulfilled${leafBlock}`,
    'then opened!',
  ),
  waiting(
    'P5 a pending promise by itself',
    (gate) => gate,
    'leaf promise',
    'opened',
  ),
  waiting(
    'P8 a settled promise has nothing to show',
    () => Promise.resolve('done'),
    '(no frames)',
    'done',
  ),
];
