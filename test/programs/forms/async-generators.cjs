// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0
'use strict';

const { deferred, parked } = require('./deferred.cjs');

function* plain(limit) {
  const first = /*@plain-1*/yield limit;
  yield first + 1;
}

async function* produce /*@produce*/(gate) {
  /*@produce-yield*/yield 'first';
  const got = /*@produce-await*/await gate;
  /*@produce-second*/yield got;
}

async function* delegateAsync(gate) {
  /*@delegate-async*/yield* produce(gate);
}

async function* delegateTwice(gate) {
  /*@delegate-twice*/yield* delegateAsync(gate);
}

async function* delegateToSync() {
  /*@delegate-to-sync*/yield* plain(1);
}

async function* delegateToPromises(gate) {
  /*@delegate-to-promises*/yield* [gate];
}

async function* yieldsPromise(gate) {
  /*@yields-promise*/yield gate;
}

async function* returnsPromise(gate) {
  /*@returns-promise*/return gate;
}

async function* catches(gate) {
  try {
    yield 1;
  } catch {
    yield /*@catches-await*/await gate;
  } finally {
    /*@finally*/await gate;
  }
}

const at = (steps) => async (gate, target) => {
  for (let i = 0; i < steps; i++) await target.next();
};

const asyncOf = (make, prepare, expected, finish) => ({
  park: async () => {
    const gate = deferred();
    const target = make(gate.promise);
    await prepare(gate.promise, target);
    return { target, gate, finish: async () => finish(target) };
  },
  expected,
});

exports.async = [
  {
    name: 'P4 an async generator that has not started',
    ...asyncOf(
      produce,
      at(0),
      'async-generator produce @produce not-started',
      (target) => target.next(),
    ),
    result: { done: false, value: 'first' },
  },
  {
    name: 'P5 an idle async generator stands at its yield',
    ...asyncOf(produce, at(1), 'async-generator produce @produce-yield', (t) =>
      t.next(),
    ),
    result: { done: false, value: 'opened' },
  },
  {
    name: 'P8 a finished async generator has no frames',
    ...asyncOf(
      () => produce('no gate'),
      at(4),
      '(no frames)',
      (target) => target.next(),
    ),
    result: { done: true, value: undefined },
  },
  {
    name: 'P3 an async generator that awaits',
    ...asyncOf(
      produce,
      async (gate, target) => {
        await target.next();
        void target.next();
      },
      `
async-generator produce @produce-await
leaf promise`,
      (target) => target.next(),
    ),
    result: { done: true, value: undefined },
  },
  {
    name: 'P1 yield* of an idle async generator',
    ...asyncOf(
      delegateTwice,
      at(1),
      `
async-generator delegateTwice @delegate-twice
async-generator delegateAsync @delegate-async
async-generator produce @produce-yield`,
      (target) => target.next(),
    ),
    result: { done: false, value: 'opened' },
  },
  {
    name: 'P1 yield* of an async generator that awaits',
    ...asyncOf(
      delegateTwice,
      async (gate, target) => {
        await target.next();
        void target.next();
        await parked();
      },
      `
async-generator delegateTwice @delegate-twice
async-generator delegateAsync @delegate-async
async-generator produce @produce-await
leaf promise`,
      (target) => target.next(),
    ),
    result: { done: true, value: undefined },
  },
  {
    name: 'P1 yield* of a sync generator inside of an async one',
    ...asyncOf(
      delegateToSync,
      at(1),
      `
async-generator delegateToSync @delegate-to-sync
generator plain @plain-1`,
      (target) => target.next('x'),
    ),
    result: { done: false, value: 'x1' },
  },
  {
    name: 'P1 yield* over promises',
    ...asyncOf(
      delegateToPromises,
      async (gate, target) => {
        void target.next();
        await parked();
      },
      `
async-generator delegateToPromises @delegate-to-promises
leaf promise`,
      (target) => target.next(),
    ),
    result: { done: true, value: undefined },
  },
  {
    name: 'P5 a yield of a promise waits for it',
    ...asyncOf(
      yieldsPromise,
      async (gate, target) => {
        void target.next();
        await parked();
      },
      `
async-generator yieldsPromise @yields-promise
leaf promise`,
      (target) => target.next(),
    ),
    result: { done: true, value: undefined },
  },
  {
    name: 'P5 so does a return',
    ...asyncOf(
      returnsPromise,
      async (gate, target) => {
        void target.next();
        await parked();
      },
      `
async-generator returnsPromise @returns-promise
leaf promise`,
      (target) => target.next(),
    ),
    result: { done: true, value: undefined },
  },
];

const request = (name, make, prepare, ask, expected, result) => ({
  name,
  park: async () => {
    const gate = deferred();
    const generator = make(gate.promise);
    await prepare(gate.promise, generator);
    const target = ask(generator, gate.promise);
    await parked();
    return { target, gate, keep: generator, finish: () => target };
  },
  expected,
  result,
});

exports.requests = [
  request(
    'P3 the promise of next()',
    produce,
    at(1),
    (generator) => generator.next(),
    `
async-generator produce @produce-await
leaf promise`,
    { done: false, value: 'opened' },
  ),
  request(
    'P3 the promise of a next() that has to queue',
    produce,
    async (gate, generator) => {
      await generator.next();
      void generator.next();
    },
    (generator) => generator.next(),
    `
async-generator produce @produce-await
leaf promise`,
    { done: true, value: undefined },
  ),
  request(
    'P3 the promise of throw()',
    catches,
    at(1),
    (generator) => generator.throw(new Error('on purpose')),
    `
async-generator catches @catches-await
leaf promise`,
    { done: false, value: 'opened' },
  ),
  request(
    'P3 the promise of return(), while a finally block awaits',
    catches,
    at(1),
    (generator) => generator.return('early'),
    `
async-generator catches @finally
leaf promise`,
    { done: true, value: 'early' },
  ),
  request(
    'P3 the promise of return(promise) of a finished async generator',
    produce,
    (gate, generator) => generator.return('over'),
    (generator, gate) => generator.return(gate),
    'leaf promise',
    { done: true, value: 'opened' },
  ),
  request(
    'P3 the promise of return(promise) of an idle one',
    yieldsPromise.bind(null, 'now'),
    at(1),
    (generator, gate) => generator.return(gate),
    `
async-generator yieldsPromise @yields-promise
leaf promise`,
    { done: true, value: 'opened' },
  ),
  request(
    'P3 the promise of next() through yield*',
    delegateTwice,
    at(1),
    (generator) => generator.next(),
    `
async-generator delegateTwice @delegate-twice
async-generator delegateAsync @delegate-async
async-generator produce @produce-await
leaf promise`,
    { done: false, value: 'opened' },
  ),
];
