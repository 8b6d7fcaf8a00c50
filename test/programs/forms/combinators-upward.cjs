// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0
'use strict';

/**
 * Ways to wait for several promises: each names the task, one of the promises that it waits for, and
 * what stands between.
 */

const settlers = [];

function pending(Type = Promise) {
  return new Type((resolve) => settlers.push(resolve));
}

class Pledge extends Promise {}

/** A query as libraries have them: awaiting it subscribes to a promise. */
function thenable(promise) {
  return {
    then(resolve, reject) {
      return promise.then(resolve, reject);
    },
  };
}

const ways = {
  'a race': [async (p) => await Promise.race([p, pending()]), 'Promise.race'],
  'a race of one': [
    async (p) => await Promise.race([p]),
    'Promise.race',
  ],
  'a race of one, in several lines': [
    async (p) => {
      const first = await /* of */ Promise // one
        .race([
          p,
        ]);
      return first;
    },
    'Promise.race',
  ],
  'a race that was kept': [
    async (p) => {
      const race = Promise.race([pending(), p]);
      return await race;
    },
    'Promise.race',
  ],
  'a race that a callback waits for': [
    async (p) => await Promise.race([p, pending()]).then(/*@then*/ (x) => x),
    'callback, Promise.race',
  ],
  "a race of a subclass's promises": [
    async (p) => await Pledge.race([p, pending(Pledge)]),
    'Promise.race',
    Pledge,
  ],
  'a race of a subclass': [
    async (p) => await Pledge.race([pending(), p]),
    'Promise.race',
  ],
  'a race of one of a subclass': [
    async (p) => await Pledge.race([p]),
    'Promise.race',
  ],
  // Its promise is handed on to the one that is awaited, as by a race of one.
  "what `finally` makes of a subclass's race": [
    async (p) => await Pledge.race([p, pending(Pledge)]).finally(/*@then*/ (x) => x),
    'callback, Promise.race',
  ],
  "what `then` makes of a subclass's race, in several lines": [
    async (p) =>
      await Pledge.race([
        p, // )
        pending(Pledge, ')', `)${')'})`, /\)/),
      ])
        // then
        .then(/*@then*/ (x) => x),
    'callback, Promise.race',
  ],
  'a race with a thenable': [
    async (p) => await Promise.race([thenable(p), pending()]),
    'Promise.race',
  ],
  'a race in a race': [
    async (p) => await Promise.race([Promise.race([p, pending()]), pending()]),
    'Promise.race, Promise.race',
  ],
  'a race of one in all': [
    async (p) => await Promise.all([1, Promise.race([pending(), p])]),
    'Promise.all, Promise.race',
  ],
  'all in a race': [
    async (p) => await Promise.race([Promise.all([p, 1]), pending()]),
    'Promise.race, Promise.all',
  ],
  'a race with the same promise twice': [
    async (p) => await Promise.race([p, p]),
    'Promise.race',
  ],
  all: [async (p) => await Promise.all([p]), 'Promise.all'],
  'all of a subclass': [
    async (p) => await Pledge.all([p, 1]),
    'Promise.all',
  ],
  allSettled: [
    async (p) => await Promise.allSettled([1, p]),
    'Promise.allSettled',
  ],
  any: [
    async (p) => await Promise.any([Promise.reject(new Error('no')), p]),
    'Promise.any',
  ],
  'any with a thenable': [
    async (p) => await Promise.any([thenable(p)]),
    'Promise.any',
  ],
  'functions of new Promise given to several': [
    async (p) =>
      await new Promise((resolve, reject) => {
        p.then(resolve, reject);
        pending().then(resolve, reject);
      }),
    'new Promise',
  ],
  // What follows combines nothing.
  'functions of new Promise given to one': [
    async (p) => await new Promise((...both) => p.then(...both)),
    '',
  ],
  'a thenable': [async (p) => await thenable(p), ''],
  'a thenable that a function called race returns': [
    async (p) => {
      const race = thenable;
      return await race(p);
    },
    '',
  ],
  'a promise returned': [async (p) => await (async () => p)(), ''],
  'a subclass': [async (p) => await p, '', Pledge],
  'a promise resolved with another': [
    async (p) => await new Promise((resolve) => resolve(p)),
    '',
  ],
};

if (Array.fromAsync !== undefined) {
  ways['Array.fromAsync'] = [
    async (p) => await Array.fromAsync([p, 1]),
    'Array.fromAsync',
  ];
  ways['Array.fromAsync of an array-like'] = [
    async (p) => await Array.fromAsync({ length: 1, 0: p }),
    'Array.fromAsync',
  ];
  ways['Array.fromAsync of a generator'] = [
    async (p) =>
      await Array.fromAsync(
        (async function* generate() {
          yield await p;
        })(),
      ),
    'Array.fromAsync, generate',
  ];
  ways['Array.fromAsync that maps'] = [
    async (p) => await Array.fromAsync([1], () => p),
    'Array.fromAsync',
  ];
}

/** Everything parked, and `release` to let it go. */
exports.park = () => {
  const parked = Object.entries(ways).map(
    ([name, [wait, between, Type = Promise]]) => {
      const input = pending(Type);
      const task = (async function task() {
        await wait(input);
      })();
      return { name, input, task, between };
    },
  );
  return { parked, release: () => settlers.forEach((settle) => settle()) };
};
