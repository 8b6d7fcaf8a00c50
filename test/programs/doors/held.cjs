// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0
'use strict';

/** What tasks hold, for every Node: as TypeScript's compiler writes `using`. */

const { compileFunction } = require('node:vm');
const { deferred, parked } = require('../forms/deferred.cjs');

const noSuchCode = () => {
  throw new Error('code of the program has run');
};

const __addDisposableResource = (env, value, async) => {
  if (value !== null && value !== undefined)
    env.stack.push({ value, dispose() {}, async });
  return value;
};

let scripts = 0;
/** Each in a script of its own: tasks in the same places are one group, which shows what one of them holds. */
const holding = () =>
  compileFunction(
    `return async function holding(value, gate) {
  const env_1 = { stack: [], error: void 0, hasError: false };
  const first = __addDisposableResource(env_1, value, false);
  const second = __addDisposableResource(env_1, new Connection(), true);
  await gate;
  return [first, second];
}`,
    ['__addDisposableResource', 'Connection'],
    { filename: `${__filename}.${++scripts}` },
  )(__addDisposableResource, Connection);

class Connection {}
class Renamed {
  static name = 'another name';
}
class Tagged {
  get [Symbol.toStringTag]() {
    return noSuchCode();
  }
}
class Asking {
  get label() {
    return noSuchCode();
  }
}
Object.defineProperty(Asking.prototype, 'constructor', { get: noSuchCode });

function* inner() {
  yield 'inner';
}
function* managing(value) {
  const env_1 = { stack: [], error: void 0, hasError: false };
  const own = __addDisposableResource(env_1, value, false);
  yield* inner();
  return own;
}
function entered(value) {
  const generator = managing(value);
  generator.next();
  return generator;
}
function selfish() {
  const box = {};
  const generator = managing(box);
  box.generator = generator;
  generator.next();
  return box;
}

const forbidden = new Proxy(
  {},
  {
    get: noSuchCode,
    getOwnPropertyDescriptor: noSuchCode,
    getPrototypeOf: noSuchCode,
    ownKeys: noSuchCode,
    has: noSuchCode,
  },
);

/** What is asked for its `stack` runs `Error.prepareStackTrace`. */
const captured = () => {
  const own = { hasError: false };
  Error.captureStackTrace(own);
  return own;
};

const values = {
  'an error': () => new Error('held'),
  'an object with a stack': captured,
  'an object': () => ({}),
  'a class': () => new Connection(),
  'a class with a name of its own': () => new Renamed(),
  'a class with a tag that runs code': () => new Tagged(),
  'a class whose constructor runs code': () => new Asking(),
  'an object without prototype': () => Object.create(null),
  'an object whose prototype is a proxy': () => Object.create(forbidden),
  'a proxy': () => forbidden,
  'a function': () => function dispose() {},
  'a function without a name': () => (() => () => {})(),
  'an array': () => [1, 2, 3],
  'a map': () => new Map(),
  'a generator': () => entered(new Connection()),
  'a generator that has not begun': () => managing(new Connection()),
  'a wrapper of a generator': () => ({ generator: entered(new Map()) }),
  'a generator that holds one': () => entered(entered(new Set())),
  'a generator that holds itself': selfish,
};

/** Nodes with V8's own stacks. */
const stacks = {
  'a stack': () => {
    const stack = new DisposableStack();
    stack.use({ [Symbol.dispose]() {} });
    stack.adopt('text', function close() {});
    stack.adopt(7, () => {});
    stack.adopt(Symbol('held'), () => {});
    stack.defer(function later() {});
    return stack;
  },
  'a stack in a stack': () => {
    const stack = new AsyncDisposableStack();
    stack.use(stacks['a stack']());
    return stack;
  },
  'an empty stack': () => new DisposableStack(),
};

const formOf = (name, value) => ({
  name: `holding ${name}`,
  async park() {
    const gate = deferred();
    const target = holding()(value(), gate.promise);
    await parked();
    return { target, gate };
  },
});

/** Equal places, and what each holds is its own. */
const alike = {
  name: 'two tasks in the same places',
  async park() {
    const gate = deferred();
    const same = holding();
    const target = Promise.all([
      same(new Connection(), gate.promise),
      same(new Map(), gate.promise),
    ]);
    const whole = (async () => {
      await target;
    })();
    await parked();
    return { target: whole, gate };
  },
};

/** What compilers have made of functions that hold something: `{ name, exports }`. */
exports.compiledForms = ({ name, module }) => {
  const { Held, slow } = require('../resources/held.cjs');
  const { nested, left, loop, ...exits } = module;
  const active = Object.entries({ nested, left, loop }).filter(
    ([, fn]) => fn !== undefined,
  );
  const form = (title, start) => ({
    name: `${name}: ${title}`,
    async park() {
      const gate = deferred();
      const target = start(gate.promise);
      await parked();
      return { target, gate };
    },
  });
  return [
    ...active.map(([title, fn]) =>
      form(title, (gate) => fn((label) => new Held(label), gate)),
    ),
    ...Object.entries(exits)
      .filter(([title]) => title !== 'generator')
      .map(([title, fn]) =>
        form(title, (gate) =>
          fn({
            quick: (label) => new Held(label),
            slow: (label) => slow(label, gate),
          }),
        ),
      ),
  ];
};

exports.heldForms = () => {
  const own =
    typeof DisposableStack === 'function' ? { ...values, ...stacks } : values;
  const forms = Object.entries(own).map(([name, value]) => formOf(name, value));
  const all = [...forms, alike, ...usingForms()];
  Error.prepareStackTrace = noSuchCode;
  return all;
};

/** Where V8 knows the syntax. */
function usingForms() {
  let using;
  try {
    using = require('../resources/using.cjs');
  } catch (error) {
    if (error.name !== 'SyntaxError') throw error;
    return [];
  }
  return Object.values(using).flat();
}
