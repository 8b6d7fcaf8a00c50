// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0
'use strict';

const { waiting } = require('./waiting.cjs');

async function leaf(gate) {
  return (/*@leaf*/await gate) + '!';
}

async function other(gate) {
  return (/*@other*/await gate) + '?';
}

async function all(gate) {
  return /*@all*/await Promise.all([leaf(gate), 'settled', other(gate)]);
}

async function pool(gate) {
  return Promise.all(
    Array.from({ length: 3 }, async (_, index) => {
      for (;;) {
        /*@pool*/await leaf(gate);
        return index;
      }
    }),
  );
}

function onFulfilled /*@fulfilled*/(value) {
  return value;
}

const branch = (index, name, ...above) =>
  [
    `  [${index}]`,
    ...above.map((line) => `    ${line}`),
    `    async-function ${name} @${name}`,
    '    leaf promise',
  ].join('\n');

const fulfilled = (value) => ({ status: 'fulfilled', value });

exports.combinators = [
  waiting(
    'Promise.all: pending inputs are branches with their index',
    all,
    `
async-function all @all
Promise.all (2 of 3)
${branch(0, 'leaf')}
${branch(2, 'other')}`,
    ['opened!', 'settled', 'opened?'],
  ),
  waiting(
    'Promise.allSettled',
    (gate) => Promise.allSettled([1, leaf(gate), other(gate)]),
    `
Promise.allSettled (2 of 3)
${branch(1, 'leaf')}
${branch(2, 'other')}`,
    [fulfilled(1), fulfilled('opened!'), fulfilled('opened?')],
  ),
  waiting(
    'Promise.any',
    (gate) =>
      Promise.any([Promise.reject(new Error('no')), leaf(gate), other(gate)]),
    `
Promise.any (2 of ?)
${branch(1, 'leaf')}
${branch(2, 'other')}`,
    'opened!',
  ),
  waiting(
    'Promise.race, whose inputs have no index',
    (gate) => Promise.race([leaf(gate), other(gate)]),
    `
Promise.race (2 of ?)
${branch('', 'leaf')}
${branch('', 'other')}`,
    'opened!',
  ),
  waiting(
    'nested',
    (gate) =>
      Promise.all([
        Promise.all([leaf(gate), 2]),
        Promise.race([other(gate), leaf(gate)]),
      ]),
    `
Promise.all (2 of 2)
  [0]
    Promise.all (1 of 2)
      [0]
        async-function leaf @leaf
        leaf promise
  [1]
    Promise.race (2 of ?)
      []
        async-function leaf @leaf
        leaf promise
      []
        async-function other @other
        leaf promise`,
    [['opened!', 2], 'opened?'],
  ),
  waiting(
    'the same promise twice',
    (gate) => {
      const twice = leaf(gate);
      return Promise.all([twice, other(gate), twice]);
    },
    `
Promise.all (3 of 3)
${branch(0, 'leaf')}
${branch(1, 'other')}
${branch(2, 'leaf')}`,
    ['opened!', 'opened?', 'opened!'],
  ),
  waiting(
    'the same promise twice in a race',
    (gate) => {
      const twice = leaf(gate);
      return Promise.race([twice, twice]);
    },
    `
Promise.race (2 of ?)
${branch('', 'leaf')}
${branch('', 'leaf')}`,
    'opened!',
  ),
  waiting(
    'a single input',
    (gate) => Promise.all([leaf(gate)]),
    `
Promise.all (1 of 1)
${branch(0, 'leaf')}`,
    ['opened!'],
  ),
  waiting(
    'inputs through then',
    (gate) => Promise.all([1, 2, 3].map(() => leaf(gate).then(onFulfilled))),
    `
Promise.all (3 of 3)
${branch(0, 'leaf', 'callback onFulfilled @fulfilled')}
${branch(1, 'leaf', 'callback onFulfilled @fulfilled')}
${branch(2, 'leaf', 'callback onFulfilled @fulfilled')}`,
    ['opened!', 'opened!', 'opened!'],
  ),
  waiting(
    'thenables among the inputs',
    (gate) =>
      Promise.all([
        1,
        { then: (resolve, reject) => leaf(gate).then(resolve, reject) },
      ]),
    `
Promise.all (1 of 2)
${branch(1, 'leaf')}`,
    [1, 'opened!'],
  ),
  waiting(
    'a pool of workers',
    pool,
    `
Promise.all (3 of 3)
${branch(0, 'leaf', 'async-function <anonymous> @pool')}
${branch(1, 'leaf', 'async-function <anonymous> @pool')}
${branch(2, 'leaf', 'async-function <anonymous> @pool')}`,
    [0, 1, 2],
  ),
  waiting(
    'a combinator under then',
    (gate) => Promise.all([leaf(gate)]).then(onFulfilled),
    `
callback onFulfilled @fulfilled
Promise.all (1 of 1)
${branch(0, 'leaf')}`,
    ['opened!'],
  ),
  waiting(
    'P8 an empty Promise.all is settled',
    () => Promise.all([]),
    '(no frames)',
    [],
  ),
  waiting(
    'P8 so is one whose inputs have all settled',
    () => Promise.all([1, Promise.resolve(2)]),
    '(no frames)',
    [1, 2],
  ),
  {
    name: 'an empty Promise.race waits for nothing, forever',
    park: async () => ({ target: Promise.race([]), finish: async () => 0 }),
    expected: 'leaf promise',
    result: 0,
  },
];
