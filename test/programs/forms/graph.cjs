// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0
'use strict';

/** Who waits for whom. */

const { deferred, parked } = require('./deferred.cjs');

async function leaf(gate) {
  return /*@leaf*/await gate;
}

async function left(promise) {
  return /*@left*/await promise;
}

async function right(promise) {
  return /*@right*/await promise;
}

async function top(promise) {
  return /*@top*/await promise;
}

function onFulfilled/*@fulfilled*/(value) {
  return value;
}

function onFinally/*@finally*/() {}

async function returnsIt(promise) {
  await null;
  return promise;
}

async function* items(promise) {
  yield /*@items*/await promise;
}

async function loops(promise) {
  for await (const /*@loops*/item of items(promise)) return item;
}

async function* outerItems(generator) {
  /*@outer-items*/yield* generator;
}

/** A promise that is awaited in every way. */
exports.edges = async () => {
  const gate = deferred();
  const keep = [
    leaf(gate.promise),
    gate.promise.then(onFulfilled),
    gate.promise.then(undefined, onFulfilled),
    gate.promise.finally(onFinally),
    left(returnsIt(gate.promise)),
    right(new Promise((resolve) => resolve(gate.promise))),
    top(Promise.all([1, gate.promise])),
    loops(gate.promise),
  ];
  await parked();
  return { gate, target: gate.promise, keep };
};

exports.diamond = async () => {
  const gate = deferred();
  const bottom = leaf(gate.promise);
  const a = left(bottom);
  const b = right(bottom);
  const apex = top(Promise.all([a, b]));
  await parked();
  return { gate, target: bottom, apex, keep: [a, b] };
};

/** Two that wait for each other, and one that waits for the first. */
exports.cycle = async () => {
  let promiseOfB;
  const a = (async function first() {
    await null;
    return /*@first*/await promiseOfB;
  })();
  promiseOfB = (async function second() {
    return /*@second*/await a;
  })();
  const waiting = leaf(a);
  await parked();
  return { a, b: promiseOfB, waiting };
};

exports.self = async () => {
  const target = (async function itself() {
    await null;
    /*@itself*/await target;
  })();
  await parked();
  return { target };
};

exports.chain = async () => {
  const gate = deferred();
  const bottom = leaf(gate.promise);
  const apex = top(left(bottom).then(onFulfilled));
  await parked();
  return { gate, bottom, apex };
};

exports.generators = async () => {
  const gate = deferred();
  const inner = items(gate.promise);
  const outer = outerItems(inner);
  const request = outer.next();
  const queued = outer.next();
  const waiting = left(request);
  await parked();
  return { gate, inner, outer, request, waiting, keep: [queued] };
};

exports.running = async (look) => {
  const seen = [];
  async function inner() {
    seen.push(await null, /*@inner-running*/look());
    return seen;
  }
  async function outer() {
    return /*@outer-waits*/await inner();
  }
  return Promise.all([1, outer()]).then(/*@picks*/([, result]) => result[1]);
};
