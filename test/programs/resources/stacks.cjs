// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0
'use strict';

/**
 * Given `native`, `core-js` or `disposablestack`: what disposable stacks of it hold. For a process
 * of its own, since the polyfills change globals, and for compiled `using`, so that every Node
 * can run it.
 */

const { extract } = require('asynctb');
const { deferred, parked } = require('../forms/deferred.cjs');

const which = process.argv[2];
if (which === 'core-js') {
  // Where V8 has its own, core-js leaves them in place.
  delete globalThis.DisposableStack;
  delete globalThis.AsyncDisposableStack;
  require('core-js/actual/disposable-stack');
  require('core-js/actual/async-disposable-stack');
}
const Sync =
  which === 'disposablestack'
    ? require('disposablestack/DisposableStack/implementation')
    : globalThis.DisposableStack;
const Async =
  which === 'disposablestack'
    ? require('disposablestack/AsyncDisposableStack/implementation')
    : globalThis.AsyncDisposableStack;

const { Held, held } = require('./held.cjs');

// As TypeScript's compiler writes it.
const __addDisposableResource = (env, value, async) => {
  env.stack.push({ value, dispose() {}, async });
  return value;
};

async function holding(stack, gate) {
  const env_1 = { stack: [], error: void 0, hasError: false };
  const cleanup = __addDisposableResource(env_1, stack, false);
  await gate;
  return cleanup;
}

const summarize = (resource) => ({
  description: resource.description,
  label:
    typeof resource.value === 'function'
      ? Object.getOwnPropertyDescriptor(resource.value, 'name')?.value
      : (resource.value?.label ?? String(resource.value)),
  isAsync: resource.isAsync,
  isExiting: resource.isExiting,
  children: resource.children.map(summarize),
});

async function childrenOf(stack) {
  const gate = deferred();
  const target = holding(stack, gate.promise);
  await parked();
  const found = extract(target);
  String(found);
  const [resource] = found.frames[0].resources;
  gate.resolve();
  await target;
  return resource.children.map(summarize);
}

/** Functions that have no name, or none that could be read without running something. */
function fillNameless(stack) {
  stack.adopt('adopted', (() => () => {})());
  stack.defer((() => () => {})());
  stack.defer(
    Object.defineProperty(() => {}, 'name', {
      get() {
        throw new Error('a getter of the program ran');
      },
    }),
  );
  stack.defer(new Proxy(() => {}, {}));
  return stack;
}

function fill(stack) {
  stack.use(held('used'));
  stack.adopt('adopted', function close() {});
  stack.defer(function deferred() {});
  const bound = held('bound');
  stack.defer(bound.toString.bind(bound));
  return stack;
}

class Getters extends Sync {
  get disposed() {
    throw new Error('a getter of the program ran');
  }
}

async function main() {
  const moved = fill(new Sync());
  const to = moved.move();
  const disposed = fill(new Sync());
  disposed.dispose();
  const outer = new Sync();
  outer.use(fill(new Sync()));
  const gate = deferred();
  const leaving = new Async();
  leaving.use(held('first'));
  leaving.use(new Held('second', gate.promise));
  leaving.use(held('third'));
  const left = leaving.disposeAsync();
  await parked();
  const result = {
    sync: await childrenOf(fill(new Sync())),
    async: await childrenOf(fill(new Async())),
    moved: await childrenOf(moved),
    to: await childrenOf(to),
    disposed: await childrenOf(disposed),
    nested: await childrenOf(outer),
    empty: await childrenOf(new Sync()),
    nameless: (await childrenOf(fillNameless(new Sync()))).map(
      ({ description }) => description,
    ),
    getters: await childrenOf(fill(new Getters())),
    proxy: await childrenOf(new Proxy(fill(new Sync()), {})),
    leaving: await childrenOf(leaving),
    disposal: extract(left).frames.map(({ functionName }) => functionName),
  };
  gate.resolve();
  await left;
  console.log(JSON.stringify(result));
}

main();
