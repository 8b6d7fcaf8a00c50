// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0
'use strict';

/**
 * A program that changes what the language offers, after asynctb was loaded and before it is asked.
 * `globals.cjs <case>` prints JSON: what each public call said, or threw.
 */

const asynctb = require('asynctb');
const lowlevel = require('asynctb/lowlevel');

const CASES = {
  plain() {},
  frozenError() {
    Object.freeze(Error);
  },
  sealedError() {
    Object.seal(Error);
  },
  lockedLimit() {
    Object.defineProperty(Error, 'stackTraceLimit', {
      value: 3,
      writable: false,
      configurable: false,
    });
  },
  throwingHook() {
    Object.defineProperty(Error, 'prepareStackTrace', {
      configurable: true,
      get() {
        throw new RangeError('hook');
      },
      set() {},
    });
  },
  argv() {
    process.argv = 5;
  },
  argvProxy() {
    process.argv = new Proxy([], {
      get() {
        throw new Error('a trap ran');
      },
    });
  },
  versions() {
    Object.defineProperty(process, 'versions', { value: undefined });
  },
  process() {
    globalThis.process = undefined;
  },
  polluted() {
    Object.assign(Object.prototype, {
      timeoutMs: 'evil',
      threads: 'evil',
      locals: 'evil',
      maxFrames: 1,
      maxTasks: 'evil',
      resources: 'evil',
      awaiters: 'evil',
      format: 'evil',
      cwd: 5,
      asciiOnly: 'evil',
      name: 'evil',
      makeSite: 'evil',
      inputs: 'evil',
      hide: 'evil',
      toJSON() {
        throw new Error('toJSON ran');
      },
    });
  },
  pollutedDescriptors() {
    Object.assign(Object.prototype, { get: 5, set: 5, value: 'evil' });
    Object.prototype.writable = false;
  },
  noWeakRef() {
    globalThis.WeakRef = globalThis.FinalizationRegistry = undefined;
  },
  noGlobals() {
    for (const name of [
      'Array',
      'Map',
      'Set',
      'WeakMap',
      'WeakSet',
      'Error',
      'TypeError',
      'Object',
      'Reflect',
      'String',
      'Number',
      'Math',
      'JSON',
      'Symbol',
      'RegExp',
      'Date',
      'Promise',
      'Int32Array',
      'structuredClone',
      'URL',
    ]) {
      delete globalThis[name];
    }
  },
  frozenPrototypes() {
    for (const type of [Object, Array, Map, Set, Function, Promise, RegExp]) {
      Object.freeze(type.prototype);
      Object.freeze(type);
    }
  },
};

const DOORS = {
  extract: () => asynctb.extract(promise).toString(),
  locals: () =>
    asynctb.extract(promise, { locals: true }).format({ locals: true }),
  many() {
    const stacks = asynctb.extractMany([promise, generator]);
    return `${stacks[0].format()}\n${stacks[1].format()}`;
  },
  outermost: () => asynctb.extractOutermost(promise).toString(),
  since: () => asynctb.extractSince(null).formatFlat(),
  callGraph: () => asynctb.callGraph(gate).format(),
  awaiters: () => asynctb.extract(gate, { awaiters: true }).format(),
  dump: () => asynctb.dump().toString(),
  json() {
    const chunks = asynctb.dump({ locals: true }).chunks({ format: 'json' });
    let text = '';
    for (let each = chunks.next(); !each.done; each = chunks.next())
      text += each.value;
    return text;
  },
  lowlevel: () => `${lowlevel.promiseReactions(gate).length}`,
};

const which = process.argv[2];
const stringify = JSON.stringify;
const write = process.stdout.write.bind(process.stdout);
const gate = new Promise((resolve) => {
  globalThis.open = resolve;
});
async function task(cart) {
  await gate;
  return cart;
}
function* steps() {
  yield 1;
}
const generator = steps();
generator.next();
const promise = task({ items: ['a', new Map([[1, new Set([2])]])] });

// The loader of Node 18, which loads the addon at the first call, does not work then.
if (which === 'pollutedDescriptors') asynctb.capabilities();

setImmediate(function ask() {
  CASES[which]();
  const said = { __proto__: null };
  for (const name in DOORS) {
    if (!hasOwn(DOORS, name)) continue;
    try {
      said[name] = DOORS[name]();
    } catch (error) {
      said[name] =
        `threw ${typeof error === 'object' ? error?.message : error}`;
    }
  }
  let text = '';
  for (const name in said) {
    text += `${text === '' ? '' : ','}${stringify(name)}:${stringify(said[name])}`;
  }
  write(`{${text}}\n`);
});

const hasOwn = Object.hasOwn;
