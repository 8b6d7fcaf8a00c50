// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0
'use strict';

/**
 * Replaces Promise.prototype.then as its argument says, as monitoring agents do, and prints the
 * stacks of functions that wait through it, downward and upward.
 */

const { AsyncResource } = require('node:async_hooks');
const { callGraph, dump, extract } = require('asynctb');
const { describeStack } = require('./describe-stack.cjs');

const [how] = process.argv.slice(2);
const original = Promise.prototype.then;

/** One literal for both callbacks. */
function patchClosures() {
  const before = Promise.prototype.then;
  Promise.prototype.then = function then(onFulfilled, onRejected) {
    const wrap = (f) =>
      typeof f === 'function'
        ? function wrapped(value) {
            return f.call(this, value);
          }
        : f;
    return before.call(this, wrap(onFulfilled), wrap(onRejected));
  };
}

const patches = {
  plain() {},
  closures: patchClosures,
  twice() {
    patchClosures();
    patchClosures();
  },
  // Both callbacks are variables of one scope.
  scope() {
    Promise.prototype.then = function then(onFulfilled, onRejected) {
      return original.call(
        this,
        onFulfilled && ((value) => onFulfilled(value)),
        onRejected && ((reason) => onRejected(reason)),
      );
    };
  },
  bound() {
    function run(f, value) {
      return f(value);
    }
    const wrap = (f) => (typeof f === 'function' ? run.bind(null, f) : f);
    Promise.prototype.then = function then(onFulfilled, onRejected) {
      return original.call(this, wrap(onFulfilled), wrap(onRejected));
    };
  },
  // As a context manager does it: the context, the function, and what it runs in.
  manager() {
    const manager = { with: (_context, f) => f() };
    const bind = (context, target) => {
      const contextWrapper = function (...args) {
        return manager.with(context, () => target.apply(this, args));
      };
      Object.defineProperty(contextWrapper, 'length', { value: target.length });
      return contextWrapper;
    };
    const wrap = (f) => (typeof f === 'function' ? bind({ span: 1 }, f) : f);
    Promise.prototype.then = function then(onFulfilled, onRejected) {
      return original.call(this, wrap(onFulfilled), wrap(onRejected));
    };
  },
  resource() {
    const wrap = (f) => (typeof f === 'function' ? AsyncResource.bind(f) : f);
    Promise.prototype.then = function then(onFulfilled, onRejected) {
      return original.call(this, wrap(onFulfilled), wrap(onRejected));
    };
  },
  through() {
    Promise.prototype.then = function then(...callbacks) {
      return original.apply(this, callbacks);
    };
  },
};
patches[how]();

const hold = [];
async function load() {
  /*@load*/await new Promise((resolve) => hold.push(resolve));
}
async function viaAll() {
  /*@all*/await Promise.all([load(), load()]);
}
async function viaSettled() {
  /*@settled*/await Promise.allSettled([load(), 7]);
}
async function viaAny() {
  /*@any*/await Promise.any([load(), Promise.reject(new Error('no'))]);
}
async function viaRace() {
  /*@race*/await Promise.race([load(), load()]);
}
async function viaRaceOfOne() {
  /*@race-of-one*/await Promise.race([load()]);
}
async function viaFinally() {
  /*@finally*/await load().finally(function tidy() {});
}
async function viaThen() {
  /*@then*/await load().then(function pick(x) {
    return x;
  });
}
async function viaCatch() {
  /*@catch*/await load().catch(function mend() {});
}
async function viaReturn() {
  return load();
}
async function outer() {
  /*@outer*/await viaReturn();
}
async function viaResolve() {
  /*@resolve*/await new Promise((resolve) => resolve(load()));
}
async function nested() {
  /*@nested*/await Promise.all([Promise.race([load(), load()]), viaReturn()]);
}

// A callback that has `resolve` in its scope settles something, or does not: nobody can tell.
let release;
async function bystander() {
  /*@bystander*/await new Promise((resolve, reject) => {
    release = resolve;
    load().then(
      () => {
        if (Math.random() > 1) resolve();
      },
      () => reject(),
    );
  });
}

const tasks = {
  viaAll,
  viaSettled,
  viaAny,
  viaRace,
  viaRaceOfOne,
  viaFinally,
  viaThen,
  viaCatch,
  outer,
  viaResolve,
  nested,
  bystander,
};
const parked = Object.entries(tasks).map(([name, run]) => [name, run()]);

function up(graph, indent = '') {
  const own = describeStack(graph.stack).split('\n').at(-1);
  return [indent + own].concat(
    ...graph.awaitedBy.map((above) => up(above, `${indent}  `)),
  );
}

function innermost(stack) {
  const last = stack.frames.at(-1);
  return last.branches.length > 0
    ? innermost(last.branches[0])
    : (stack.leaves[0] ?? null);
}

setImmediate(() => {
  const result = {};
  for (const [name, task] of parked) {
    const stack = extract(task);
    const leaf = innermost(stack);
    result[name] = [describeStack(stack), up(callGraph(leaf)).join('\n')];
  }
  const { groups, taskCount } = dump().threads[0];
  result.dump = groups
    .map(({ count, stack }) => `${count}: ${describeStack(stack, false)}`)
    .sort();
  result.taskCount = taskCount;
  console.log(JSON.stringify(result));
  for (const settle of hold) settle();
  release();
});
