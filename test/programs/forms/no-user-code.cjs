// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0
'use strict';

/**
 * Puts objects that note whatever is done to them everywhere where an extraction comes by, and
 * prints what was noted. Its own process, because it also patches what belongs to everybody.
 * Its argument names objects that shall be nobody's `this`.
 */

// Loaded when they are first needed, and Node loads them with objects that inherit.
require('node:inspector');
require('node:worker_threads');
const { callGraph, dump, extract, extractMany, extractOutermost } =
  require('asynctb');
const { promiseReactions, inspectGenerator, functionId } =
  require('asynctb/lowlevel');
const { createCounter } = require('./counting.cjs');
const { deferred, parked } = require('./deferred.cjs');

const notReceivers = (process.argv[2] ?? '').split(',');
const { touched, objects, proxyOf, trapped } = createCounter();
const all = Object.values(objects);

function* generator(argument) {
  const local = argument;
  yield local;
}

async function asyncFunction(argument, gate) {
  const local = argument;
  await gate;
  return local;
}

async function* asyncGenerator(argument, gate) {
  const local = argument;
  yield await gate;
  return local;
}

async function awaits(what) {
  await what;
}

class Service extends Promise {
  static get [Symbol.species]() {
    touched.push('species');
    return Promise;
  }
}

const steps = {};
function step(name, act) {
  const before = touched.length;
  let result;
  try {
    result = act();
  } catch (error) {
    // What is switched off by ASYNCTB_DISABLE says so; anything else is a bug.
    if (error.code !== 'ERR_ASYNCTB_UNSUPPORTED' && error.code !== 'ERR_ASYNCTB_NO_BINARY') {
      throw error;
    }
  }
  steps[name] = touched.slice(before);
  return result;
}

function formatAll(stack) {
  for (const options of [
    {},
    { locals: true, asciiOnly: true },
    { showHiddenFrames: true, showInternalFrames: true, locals: true },
  ]) {
    stack.format(options);
    stack.formatFlat?.({ ...options, showResources: true });
  }
  JSON.stringify(stack);
  JSON.stringify(stack.toJSON({ locals: true }));
  String(stack);
}

async function main() {
  const gate = deferred();
  const targets = [...all];
  const keep = [];
  for (const [name, object] of Object.entries(objects)) {
    const receiver = notReceivers.includes(name) ? undefined : object;
    const started = generator.call(receiver, object);
    started.next();
    targets.push(started, generator.call(receiver, object));
    const asked = asyncGenerator.call(receiver, object, gate.promise);
    const request = asked.next();
    targets.push(asked, request);
    const promise = asyncFunction.call(receiver, object, gate.promise);
    targets.push(promise);
    // Looked up by the language itself, when it is awaited or resolved with.
    keep.push(awaits(object), Promise.resolve(object));
    targets.push(keep.at(-2));
    for (const what of [promise, request]) {
      trapped(what, 'promise');
    }
    trapped(started, 'generator');
    trapped(asked, 'asyncGenerator');
  }
  const base = asyncFunction(objects.proxy, gate.promise);
  const callback = trapped(function callback() {}, 'callback');
  const named = Object.defineProperty(function () {}, 'name', {
    get: () => touched.push('getter of a name'),
  });
  const displayed = Object.assign(() => {}, {
    get displayName() {
      touched.push('displayName');
      return 'x';
    },
  });
  targets.push(
    base.then(callback, callback),
    base.then(named),
    base.finally(named),
    base.then(displayed),
    base.then(proxyOf(() => {})),
    base.then(proxyOf(() => {}).bind(null)),
    Promise.all([base, objects.proxy, objects.plain]),
    Promise.race([base, base]),
    Service.resolve(base).then(callback),
    proxyOf(base),
    proxyOf(generator()),
    Object.create(base),
  );
  await parked();

  // Whatever the library calls by itself must not be looked up where programs can reach.
  const names = ['then', 'code', 'message', 'name', 'stack', 'errors', 'length'];
  const polluted = names.filter((name) => !Object.hasOwn(Object.prototype, name));
  for (const name of polluted) {
    Object.defineProperty(Object.prototype, name, {
      __proto__: null,
      configurable: true,
      get: () => void touched.push(`getter Object.prototype.${name}`),
      set(value) {
        touched.push(`setter Object.prototype.${name}`);
        Object.defineProperty(this, name, {
          __proto__: null,
          value,
          configurable: true,
          enumerable: true,
          writable: true,
        });
      },
    });
  }
  touched.length = 0;

  const options = Object.assign(Object.create(null), {
    locals: true,
    awaiters: true,
  });
  targets.forEach((target, index) => {
    const stack = step(`extract ${index}`, () => extract(target, options));
    step(`format ${index}`, () => formatAll(stack));
    const graph = step(`callGraph ${index}`, () => callGraph(target));
    step(`format callGraph ${index}`, () => formatAll(graph));
    step(`frames ${index}`, () => {
      for (const frame of stack) {
        String(frame);
        void frame.origin;
        JSON.stringify(frame);
      }
    });
  });
  step('extractMany', () => extractMany(targets, options));
  step('extractOutermost', () => extractOutermost(base, options));
  step('promiseReactions', () => promiseReactions(base));
  step('inspectGenerator', () => inspectGenerator(generator(objects.proxy)));
  step('functionId', () => [
    functionId(callback),
    functionId(named),
    functionId(objects.proxyOfFunction),
    functionId(objects.proxyOfClass),
  ]);
  const result = step('dump', () => dump({ locals: true }));
  step('format dump', () => {
    String(result);
    JSON.stringify(result);
    result.toString({ asciiOnly: true, locals: true });
  });
  // That the objects do note what is done to them.
  const before = touched.length;
  for (const object of all) {
    Reflect.get(object, 'constructor');
    Reflect.get(object, 'toString');
  }
  const control = touched.length - before;
  const ran = Object.entries(steps).filter(([, noted]) => noted.length > 0);
  for (const name of polluted) Reflect.deleteProperty(Object.prototype, name);
  console.log(
    JSON.stringify({
      ran,
      targets: targets.length,
      steps: Object.keys(steps).length,
      control,
      tasks: result.threads[0].taskCount,
    }),
  );
  void keep;
}

main();
