// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0
'use strict';

/**
 * Prints which libraries were loaded by asynctb, and what it says of a promise before and after a
 * library has brought glue.
 */

const Module = require('node:module');

const LIBRARIES =
  /effection|piscina|p-limit|p-queue|bluebird|async-mutex|[\\/]co[\\/]|^co$|vitest/;
const loaded = [];
const load = Module._load;
Module._load = function (request, ...rest) {
  // A file of asynctb's own may be called like the library that it is about.
  const isOwn = request.startsWith('./');
  if (!isOwn && LIBRARIES.test(request)) loaded.push(request);
  return Reflect.apply(load, this, [request, ...rest]);
};

const { extract } = require('../../../dist/index.js');

const held = [];
const promise = new Promise((resolve) => held.push(resolve));
const last = () => extract(promise).format().split('\n').at(-1).slice(2);
const before = last();
(globalThis[Symbol.for('asynctb.install')] ??= []).push(
  ({ explainLeaf, unwrapItem }) => {
    unwrapItem.register(
      (item) => item === promise,
      () => explainLeaf(promise, 'a slot of PQueueLike'),
    );
  },
);
console.log(JSON.stringify({ loaded, before, after: last() }));
