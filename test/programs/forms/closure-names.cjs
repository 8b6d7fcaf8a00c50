// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0
'use strict';

/**
 * Closures of one source that were given names of their own, in all ways that V8 keeps them. Prints what
 * asynctb calls each, and what V8 calls it when it goes on.
 */

const { callGraph, dump, extract, extractMany } = require('asynctb');

const gates = [];
const gate = () => new Promise((resolve) => gates.push(resolve));

/** The name that V8 gives the caller. */
function calledBy() {
  const before = Error.prepareStackTrace;
  Error.prepareStackTrace = (_, sites) => sites;
  const holder = {};
  Error.captureStackTrace(holder, calledBy);
  const [site] = holder.stack;
  Error.prepareStackTrace = before;
  return site.getFunctionName() ?? '';
}

const make = () =>
  async function literal() {
    await gate();
    return calledBy();
  };
const define = (value, fn = make()) =>
  Object.defineProperty(fn, 'name', { value });
const key = 'computed name';
const long = 'abcdefghij'.repeat(500);
let pieces = '';
for (let i = 0; i < 300; i++) pieces += `${i},`;
let lopsided = 'end';
for (let i = 0; i < 300; i++) lopsided = `${i},${lopsided}`;
let reached = 0;

class Routes {
  async method() {
    await gate();
    return calledBy();
  }
  static async ['static ' + key]() {
    await gate();
    return calledBy();
  }
  async #hidden() {
    await gate();
    return calledBy();
  }
  hidden() {
    return this.#hidden();
  }
}
class Fields {
  static handler;
  static {
    this.handler = define('from a static block');
  }
}

/** A name, and the function that has it. */
const ways = {
  'its source': ['literal', make()],
  'one of its own': ['Users.list', define('Users.list')],
  'the same again': ['Users.list', define('Users.list')],
  'another one': ['Orders.pay', define('Orders.pay')],
  'another string with the same text': [
    'Orders.pay',
    define(['Orders', 'pay'].join('.')),
  ],
  'given twice': ['second', define('second', define('first'))],
  empty: ['', define('')],
  'two-byte': ['Zahlung → 支払い 🎉', define('Zahlung → 支払い 🎉')],
  'put together': [pieces, define(pieces)],
  'put together from the other side': [lopsided, define(lopsided)],
  'a part of another': [long.slice(3, 99), define(long.slice(3, 99))],
  long: [long, define(long)],
  hostile: ['\u001b[31mred\u202e', define('\u001b[31mred\u202e')],
  'half a character': ['\ufffd', define('\ud83d')],
  'a number': ['literal', define(7)],
  'a symbol': ['literal', define(Symbol('s'))],
  'an object': ['literal', define({ toString: () => `${++reached}` })],
  nothing: ['literal', define(null)],
  'a getter': [
    'literal',
    Object.defineProperty(make(), 'name', { get: () => `${++reached}` }),
  ],
  deleted: [
    'literal',
    (() => {
      const fn = make();
      delete fn.name;
      return fn;
    })(),
  ],
  frozen: ['frozen', Object.freeze(define('frozen'))],
  'beside many properties': [
    'beside many',
    (() => {
      const fn = make();
      for (let i = 0; i < 500; i++) fn[`property${i}`] = i;
      return define('beside many', fn);
    })(),
  ],
  'many properties alone': [
    'literal',
    (() => {
      const fn = make();
      for (let i = 0; i < 10; i++) fn[`property${i}`] = 'not a name';
      return fn;
    })(),
  ],
  'a prototype': [
    'prototype',
    (() => {
      const fn = define('prototype');
      const child = Object.create(fn);
      for (let i = 0; i < 100; i++) if (child.name !== 'prototype') throw fn;
      return fn;
    })(),
  ],
  'another prototype': [
    'literal',
    Object.setPrototypeOf(make(), { name: 'inherited' }),
  ],
  'a computed key': [
    key,
    {
      [key]: async () => {
        await gate();
        return calledBy();
      },
    }[key],
  ],
  'a symbol as key': [
    '[described]',
    (() => {
      const symbol = Symbol('described');
      const object = {
        [symbol]: async () => {
          await gate();
          return calledBy();
        },
      };
      return object[symbol];
    })(),
  ],
  'a method': ['method', new Routes().method],
  'a computed method': [`static ${key}`, Routes[`static ${key}`]],
  'a private method': ['#hidden', () => new Routes().hidden()],
  'a renamed method': [
    'renamed',
    define('renamed', { ...{ async m() { await gate(); return calledBy(); } } }.m),
  ],
  'from a static block': ['from a static block', Fields.handler],
  bound: ['bound by', define('bound by').bind(null)],
};

const nameOf = (stack) => stack.frames[0].functionName;

/** Every stack of a dump, a name as often as it has tasks. */
function namesOfDump() {
  const names = {};
  for (const { count, stack } of dump().threads[0].groups) {
    const [frame] = stack.frames;
    if (frame.scriptName !== __filename) continue;
    if (frame.kind !== 'async-function') continue;
    names[frame.functionName] = (names[frame.functionName] ?? 0) + count;
  }
  return names;
}

async function main() {
  const entries = Object.entries(ways);
  const tasks = entries.map(([, [, fn]]) => fn());
  const many = extractMany(tasks).map(nameOf);
  const single = tasks.map((task) => nameOf(extract(task)));
  const graph = tasks.map((task) => nameOf(callGraph(task).stack));
  const dumped = namesOfDump();
  const texts = extractMany(tasks).flatMap((stack) => [
    stack.format(),
    stack.formatFlat(),
  ]);

  // Wrappers around each other, and the way up from the innermost.
  const wrap = (name, next) =>
    define(name, async () => {
      await next();
    });
  let innermost;
  const inner = define('withTimeout', async () => {
    await (innermost = gate());
  });
  const outer = wrap('withTransaction', wrap('withRetry', inner))();
  const nested = extract(outer).frames.map((f) => f.functionName);
  const upward = extract(innermost, { awaiters: true }).frames.map(
    (f) => f.functionName,
  );

  // Callbacks: of a bound function, its target; of a proxy, nothing that a trap could say.
  const callbacks = [
    define('callback', () => {}),
    define('target', () => {}).bind(null),
    new Proxy(define('never seen', () => {}), {
      get: () => ++reached,
      getOwnPropertyDescriptor: () => ++reached,
    }),
  ].map((callback) => nameOf(extract(gate().then(callback))));

  const generators = [
    define('generator', function* () {
      yield 1;
    })(),
    define('async generator', async function* () {
      await gate();
      yield 1;
    })(),
  ].map((target) => {
    target.next();
    return nameOf(extract(target));
  });

  for (const open of gates) open();
  const resumed = await Promise.all(tasks);
  console.log(
    JSON.stringify({
      ways: entries.map(([way, [expected]], index) => ({
        way,
        expected,
        single: single[index],
        many: many[index],
        graph: graph[index],
        resumed: resumed[index],
      })),
      dumped,
      nested,
      upward,
      callbacks,
      generators,
      texts,
      reached,
    }),
  );
}

main();
