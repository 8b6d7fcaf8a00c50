// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0
'use strict';

/** Functions that call `look` while they are on the stack. */

function* generator(look) {
  /*@generator-yield*/yield /*@generator*/helper(look);
}

function helper(look) {
  return /*@helper*/look();
}

function* outer(look) {
  yield* /*@outer*/generator(look);
}

async function asyncFunction(look) {
  const first = /*@async-first*/helper(look);
  await null;
  return [first, /*@async-later*/helper(look)];
}

async function awaits(look) {
  return /*@awaits*/await asyncFunction(look);
}

async function* asyncGenerator(look) {
  await null;
  yield /*@async-generator*/helper(look);
}

async function* delegatesAsync(look) {
  /*@delegates-async*/yield* asyncGenerator(look);
}

function recursive(depth, look) {
  return depth === 0 ? /*@bottom*/look() : /*@recursion*/recursive(depth - 1, look);
}

function* nested(inner, look) {
  yield inner === null ? /*@nested-inner*/helper(look) : inner./*@nested-outer*/next().value;
}

const first = (look) => /*@first*/second(look);
const second = (look) => /*@second*/third(look);
const third = (look) => /*@third*/look();
const bound = second.bind(null);

class Machine {
  run(look) {
    return [1]./*@map*/map((step) => this./*@callback*/step(step, look))[0];
  }
  step(_step, look) {
    return /*@step*/look();
  }
}

module.exports = {
  asyncFunction,
  asyncGenerator,
  awaits,
  bound,
  delegatesAsync,
  first,
  generator,
  helper,
  nested,
  outer,
  recursive,
  second,
  third,
  Machine,
};
