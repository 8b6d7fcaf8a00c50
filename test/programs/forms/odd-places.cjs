// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0
'use strict';

/** Tasks whose source, name or position says little, and values that cannot be printed. */

const vm = require('node:vm');
const { deferred, parked } = require('./deferred.cjs');

const never = new Promise(() => {});

const thrower = () => {
  throw new Error('it was printed');
};

const unprintable = Object.defineProperties(
  {},
  Object.fromEntries(
    ['constructor', 'name', 'toString', 'toJSON', 'message'].map((name) => [
      name,
      { get: thrower },
    ]),
  ),
);
const hostile = new Proxy(
  {},
  {
    get: thrower,
    has: thrower,
    ownKeys: thrower,
    getPrototypeOf: thrower,
    getOwnPropertyDescriptor: thrower,
  },
);

const inVm = (text, options) => vm.runInThisContext(text, options);

const starts = {
  eval: (gate) => (0, eval)('(async (gate) => { await gate; })')(gate),
  'eval with a name': (gate) =>
    (0, eval)('(async (gate) => { await gate; })\n//# sourceURL=named.js')(
      gate,
    ),
  Function: (gate) =>
    new Function('gate', 'return (async () => { await gate; })()')(gate),
  anonymous: (gate) =>
    (() => async () => {
      await gate;
    })()(),
  'a script without a name': (gate) =>
    inVm('(async (gate) => { await gate; })')(gate),
  'a script with an empty name': (gate) =>
    inVm('(async (gate) => { await gate; })', { filename: '' })(gate),
  'a script that is no file': (gate) =>
    inVm('(async (gate) => { await gate; })', {
      filename: '/nowhere/at/all.js',
    })(gate),
  'negative offsets': (gate) =>
    inVm('(async (gate) => { await gate; })', {
      filename: 'offset.js',
      lineOffset: -10,
      columnOffset: -100,
    })(gate),
  'large offsets': (gate) =>
    inVm('(async (gate) => { await gate; })', {
      filename: 'offset.js',
      lineOffset: 2 ** 30,
      columnOffset: 2 ** 30,
    })(gate),
  'a computed name': (gate) =>
    ({
      async ['\u001b[31m\n\u202e']() {
        await gate;
      },
    })['\u001b[31m\n\u202e'](),
  'locals that throw when printed': async (gate) => {
    const locals = [unprintable, hostile];
    const [one, two] = locals;
    await gate;
    return [one, two];
  },
};

exports.oddPlaces = async () => {
  const gate = deferred();
  const tasks = Object.entries(starts).map(([name, start]) => [
    name,
    start(gate.promise),
  ]);
  await parked();
  return tasks;
};

exports.leaves = { unprintable, hostile, never };
