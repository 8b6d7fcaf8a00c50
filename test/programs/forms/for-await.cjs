// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0
'use strict';

const { once, EventEmitter } = require('node:events');
const { PassThrough, Readable } = require('node:stream');
const { deferred, parked } = require('./deferred.cjs');
const { waiting } = require('./waiting.cjs');

async function leaf(gate) {
  return (/*@leaf*/await gate) + '!';
}

async function* numbers(gate) {
  yield 1;
  yield /*@numbers*/await leaf(gate);
}

async function collect(iterable) {
  const items = [];
  for await (const /*@collect*/item of iterable) {
    items.push(item);
  }
  return items;
}

async function collectInto(iterable) {
  let items = [];
  for await (items /*@assigned*/[items.length] of iterable) void 0;
  return items;
}

async function destructure(iterable) {
  const items = [];
  for await (const { length, [0]: first /*@destructured*/} of iterable) {
    items.push(length, first);
  }
  return items;
}

async function bodyAwaits(gate) {
  let got;
  for await (const item of numbers('passed')) {
    got = (/*@body*/await leaf(gate)) + item;
    break;
  }
  return got;
}

/** Leaving the loop waits for the generator to clean up. */
async function* cleansUp(gate) {
  try {
    yield 1;
  } finally {
    /*@cleanup*/await leaf(gate);
  }
}

async function leaves(gate) {
  for await (const item of cleansUp(gate)) {
    /*@leaves*/return item;
  }
}

async function* mapped(gate) {
  for await (const /*@mapped*/item of numbers(gate)) {
    yield item;
  }
}

class Source {
  constructor(gate) {
    this.gate = gate;
  }
  async *[Symbol.asyncIterator]() {
    yield /*@source*/await leaf(this.gate);
  }
}

/** Its `next` is an async function rather than an async generator's. */
class HandWritten {
  #done = false;
  constructor(gate) {
    this.gate = gate;
  }
  [Symbol.asyncIterator]() {
    return this;
  }
  async next() {
    if (this.#done) return { done: true, value: undefined };
    this.#done = true;
    return { done: false, value: /*@hand-written*/await leaf(this.gate) };
  }
}

const leafBlock = `
async-function leaf @leaf
leaf promise`;

exports.loops = [
  waiting(
    'for await over an async generator',
    (gate) => collect(numbers(gate)),
    `
async-function collect @collect
async-generator numbers @numbers${leafBlock}`,
    [1, 'opened!'],
  ),
  waiting(
    'for await in an async generator',
    (gate) => collect(mapped(gate)),
    `
async-function collect @collect
async-generator mapped @mapped
async-generator numbers @numbers${leafBlock}`,
    [1, 'opened!'],
  ),
  waiting(
    'for await over an object with an async iterator',
    (gate) => collect(new Source(gate)),
    `
async-function collect @collect
async-generator [Symbol.asyncIterator] @source${leafBlock}`,
    ['opened!'],
  ),
  waiting(
    'for await over a hand-written async iterator',
    (gate) => collect(new HandWritten(gate)),
    `
async-function collect @collect
async-function next @hand-written${leafBlock}`,
    ['opened!'],
  ),
  waiting(
    'for await over promises',
    (gate) => collect(['a', leaf(gate)]),
    `
async-function collect @collect${leafBlock}`,
    ['a', 'opened!'],
  ),
  waiting(
    'for await that assigns to a property',
    (gate) => collectInto(numbers(gate)),
    `
async-function collectInto @assigned
async-generator numbers @numbers${leafBlock}`,
    [1, 'opened!'],
  ),
  waiting(
    'for await that destructures',
    (gate) => destructure([leaf(gate)]),
    `
async-function destructure @destructured${leafBlock}`,
    [7, 'o'],
  ),
  waiting(
    'an await inside of the body',
    bodyAwaits,
    `
async-function bodyAwaits @body${leafBlock}`,
    'opened!1',
  ),
  waiting(
    'leaving the loop waits for the generator to clean up',
    leaves,
    `
async-function leaves @leaves
async-generator cleansUp @cleanup${leafBlock}`,
    1,
  ),
];

exports.streams = [
  {
    name: 'for await over a stream that has no data',
    park: async () => {
      const stream = new PassThrough({ encoding: 'utf8' });
      const target = collect(stream);
      await parked();
      return {
        target,
        keep: stream,
        finish: () => {
          stream.end('data');
          return target;
        },
      };
    },
    expected: `
async-function collect @collect
leaf promise`,
    result: ['data'],
  },
  {
    name: 'for await over a stream made of an async generator',
    park: async () => {
      const gate = deferred();
      const stream = Readable.from(numbers(gate.promise));
      const target = collect(stream);
      await parked();
      return { target, gate, keep: stream, finish: () => target };
    },
    expected: `
async-function collect @collect
leaf promise`,
    result: [1, 'opened!'],
  },
  {
    name: 'events.once',
    park: async () => {
      const emitter = new EventEmitter();
      const target = (async () => /*@once*/await once(emitter, 'ready'))();
      await parked();
      return {
        target,
        keep: emitter,
        finish: () => {
          emitter.emit('ready', 1);
          return target;
        },
      };
    },
    expected: `
async-function <anonymous> @once
leaf promise`,
    result: [1],
  },
];
