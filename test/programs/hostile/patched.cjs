// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0
'use strict';

/**
 * Every function of the language is replaced by one that notes that it was called, after asynctb was
 * loaded. Prints as JSON which of them ran, at which public call, and what the calls gave.
 */

// Node's loader, which loads the addon, uses what the program has changed: so it is loaded before.
require('asynctb/register');
const asynctb = require('asynctb');

const { apply, construct, defineProperty, ownKeys } = Reflect;
const { getOwnPropertyDescriptor, getPrototypeOf, create } = Object;
const stringify = JSON.stringify;
const write = process.stdout.write.bind(process.stdout);
const isNative = /\{\s*\[native code\]\s*\}$/;
const sourceOf = Function.prototype.toString;

/** Null: what runs is the program, not asynctb. */
let door = null;
const ran = { __proto__: null };

function note(name) {
  if (door !== null) ran[`${name} in ${door}`] = true;
}

function wrap(fn, name) {
  return new Proxy(fn, {
    apply(target, receiver, args) {
      note(name);
      return apply(target, receiver, args);
    },
    construct(target, args, newTarget) {
      note(`new ${name}`);
      return construct(target, args, newTarget);
    },
  });
}

const seen = new Set([Proxy, Reflect]);
const found = [];

function collect(object, path) {
  const isObject =
    (typeof object === 'object' && object !== null) ||
    typeof object === 'function';
  if (!isObject || seen.has(object)) return;
  seen.add(object);
  for (const key of ownKeys(object)) {
    const own = getOwnPropertyDescriptor(object, key);
    const name = `${path}.${String(key)}`;
    for (const part of ['value', 'get']) {
      const fn = own[part];
      if (typeof fn !== 'function') continue;
      if (key === 'constructor' || !isNative.test(apply(sourceOf, fn, [])))
        continue;
      found.push([object, key, own, part, name]);
    }
    if (own.value !== undefined) collect(own.value, name);
  }
  collect(getPrototypeOf(object), `[[Prototype of ${path}]]`);
}

const INTRINSICS = {
  Array,
  ArrayIterator: [][Symbol.iterator](),
  AsyncGenerator: (async function* () {})(),
  Date,
  Error,
  Function,
  Generator: (function* () {})(),
  Int32Array,
  JSON,
  Map,
  MapIterator: new Map().keys(),
  Math,
  Number,
  Object,
  Promise,
  RegExp,
  RegExpStringIterator: 'a'.matchAll(/a/g),
  Set,
  SetIterator: new Set().values(),
  String,
  StringIterator: ''[Symbol.iterator](),
  Symbol,
  TypeError,
  WeakMap,
  WeakRef,
  WeakSet,
};
for (const name of Object.keys(INTRINSICS)) collect(INTRINSICS[name], name);

const gate = new Promise((resolve) => {
  globalThis.open = resolve;
});
async function inner(cart) {
  await gate;
  return cart;
}
async function task(cart) {
  await Promise.all([inner(cart), gate.then((x) => x)]);
}
async function* rows() {
  yield await gate;
}
const promise = task({
  items: ['a', new Map([[1, new Set([2])]])],
  at: new Date(0),
  pattern: /a/,
  error: new Error('an error of the program'),
});
rows().next();

const options = { locals: true };
const targets = [promise, gate];
const DOORS = {
  __proto__: null,
  extract: () => asynctb.extract(promise, options).format(options),
  extractMany: () => asynctb.extractMany(targets)[0].format(),
  outermost: () => asynctb.extractOutermost(promise).toString(),
  since: () => asynctb.extractSince(null).formatFlat(),
  callGraph: () => asynctb.callGraph(gate).format(),
  awaiters: () => asynctb.extract(gate, { awaiters: true }).format(),
  dump: () => asynctb.dump(options).toString(),
  json: () => asynctb.dump(options).toJSON().threads.length,
};

setImmediate(() => {
  const said = create(null);
  const names = ownKeys(DOORS);
  // Once as it is: what is loaded and proven at the first use is no matter of this.
  if (process.argv[2] === 'warm') for (const name of names) DOORS[name]();
  for (const [object, key, own, part, name] of found) {
    if (own.configurable === false) continue;
    own[part] = wrap(own[part], name);
    defineProperty(object, key, own);
  }
  for (let index = 0; index < names.length; index++) {
    const name = names[index];
    door = name;
    try {
      said[name] = DOORS[name]();
    } catch (error) {
      said[name] = `threw ${error.stack}`;
    }
    door = null;
  }
  write(`${stringify({ replaced: found.length, ran: ownKeys(ran), said })}\n`);
});
