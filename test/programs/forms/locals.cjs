// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0
'use strict';

const vm = require('node:vm');
const { deferred, parked } = require('./deferred.cjs');

const outside = 'of the module';

function* parameters(a, b = a + 1, { c, ...rest } = {}, ...others) {
  yield [a, b, c, rest, others];
}

function* declarations() {
  var hoisted = 1;
  let mutable = 2;
  const constant = 3;
  mutable += 1;
  yield hoisted + mutable + constant;
  let later = 4;
  return later;
}

function* blocks() {
  const name = 'outer';
  {
    const name = 'inner';
    for (const item of ['first']) {
      let name = `innermost ${item}`;
      yield name;
    }
    void name;
  }
  return name;
}

function* caught() {
  try {
    throw 'thrown';
  } catch (error) {
    const noted = true;
    yield [error, noted];
  }
}

/** What a closure captures lives in a context instead of a register. */
function* captured() {
  let count = 1;
  const increment = () => ++count;
  increment();
  yield increment;
  return outside;
}

function* functions() {
  function declared() {}
  class Local {}
  yield [declared, Local];
}

function* usesArguments() {
  yield arguments.length;
}

/** Runs the generator until it stands at its yield. */
function started(generator) {
  generator.next();
  return generator;
}

class Account {
  balance = 5;
  #pin = 1234;
  async *transfers(gate) {
    const self = this;
    yield self.#pin + (await gate);
  }
  async pay(amount, gate) {
    const before = this.balance;
    await gate;
    this.balance = before - amount;
    return this.balance;
  }
  async typeOfThis(gate) {
    await gate;
    return typeof this;
  }
  later(gate) {
    return (async () => {
      await gate;
      return this.balance;
    })();
  }
}

const sloppy = vm.runInThisContext(
  `(function* sloppy() {
    with ({ fromWith: 1 }) {
      let inWith = 2;
      yield fromWith + inWith;
    }
  })`,
  { filename: 'sloppy.js' },
);

const sloppyEval = vm.runInThisContext(
  `(function* sloppyEval() {
    eval('var fromEval = 3');
    let own = 4;
    yield own;
  })`,
  { filename: 'sloppy-eval.js' },
);

exports.generators = {
  parameters: () => started(parameters(1, undefined, { c: 3, d: 4 }, 5, 6)),
  notStarted: () => parameters(1),
  declarations: () => started(declarations()),
  blocks: () => started(blocks()),
  caught: () => started(caught()),
  captured: () => started(captured()),
  functions: () => started(functions()),
  usesArguments: () => started(usesArguments(1, 2)),
  sloppy: () => started(sloppy()),
  sloppyEval: () => started(sloppyEval()),
};

exports.account = async () => {
  const gate = deferred();
  const account = new Account();
  const transfers = account.transfers(gate.promise);
  void transfers.next();
  const result = {
    account,
    gate,
    transfers,
    pay: account.pay(2, gate.promise),
    later: account.later(gate.promise),
    detached: account.typeOfThis.call('a string', gate.promise),
  };
  await parked();
  return result;
};

exports.Account = Account;

/** Every variable between a start and a use. */
exports.shadowing = async (gate) => {
  const x = 'function';
  const results = [];
  for (const x of ['loop']) {
    results.push(x);
    await (async (x) => {
      {
        let x = 'block';
        try {
          throw 'catch';
        } catch (x) {
          results.push(x);
          await gate;
        }
        results.push(x);
      }
      results.push(x);
    })('parameter');
  }
  results.push(x);
  return results;
};
