// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0
'use strict';

/**
 * Calls what the addon offers to glue with values that it is never given by the library. In a child
 * process: reading the inside of something that is no object ends in a segmentation fault.
 */

const addon = require(process.argv[2]);
addon.capabilities();

const hole = new Array(5);
const sample = {};
const values = [
  undefined,
  null,
  0,
  -1,
  1e300,
  NaN,
  true,
  '',
  'x',
  Symbol(),
  10n,
  sample,
  [],
  hole,
  [1, 2, 3, 4, 5],
  [sample, sample, sample, sample, sample],
  () => {},
  Math.max,
  (() => {}).bind(null),
  class {},
  new Proxy({}, {}),
  new Proxy(() => {}, {}),
  Promise.resolve(),
  new ArrayBuffer(8),
  new Uint8Array(8),
  new DataView(new ArrayBuffer(8)),
  new Date(),
  new Map(),
  new WeakRef({}),
  /x/,
  new Error('x'),
  (function* () {})(),
  process,
  globalThis,
  new MessageChannel().port1.unref() ?? {},
];

for (const name of [
  'unbind',
  'closure',
  'closureScopes',
  'boundThis',
  'stackEntries',
]) {
  addon[name]();
  for (const value of values) addon[name](value);
}
for (const first of values) {
  for (const second of values) {
    addon.fieldsLike(first, second);
  }
}
addon.fieldsLike();
const few = values.filter((value) => typeof value !== 'string');
for (const first of few) {
  for (const second of few) addon.holders(first, second, 2);
}
for (const levels of values) {
  addon.holders(
    [sample],
    [sample, [], hole, ...new Array(7).fill(sample)],
    levels,
  );
}
addon.holders();
console.log('answered');
