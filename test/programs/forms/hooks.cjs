// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0
'use strict';

/** Programs for hooks to be put on: chains whose functions have names, and things that wrap them. */

function* innermost() {
  /*@innermost*/yield 1;
}

function* middle() {
  /*@middle*/yield* innermost();
}

function* outermost() {
  /*@outermost*/yield* middle();
}

function* other() {
  /*@other*/yield* otherInner();
}

function* otherInner() {
  /*@other-inner*/yield 1;
}

const started = (make) => {
  const generator = make();
  generator.next();
  return generator;
};

async function leafTask(gate) {
  /*@leaf-task*/await gate;
}

async function task(gate) {
  /*@task*/await leafTask(gate);
}

async function joins(gates) {
  /*@joins*/await Promise.all(gates.map(/*@each-task*/task));
}

/** What is not known to anybody but its hook. */
class Box {
  constructor(content) {
    this.content = content;
  }
}

class SpecialBox extends Box {}

/** A library's own object, with glue of its own. */
class Glued {
  constructor(content) {
    this.content = content;
  }
  [Symbol.for('asynctb.unwrap')]() {
    return this.content;
  }
}

class GluedYields {
  constructor(...contents) {
    this.contents = contents;
  }
  *[Symbol.for('asynctb.unwrap')]() {
    yield* this.contents;
  }
}

/** Stands at `yield*` of something that is no generator. */
function* delegatesTo(iterator) {
  /*@delegates-to*/yield* iterator;
}

/** Iterates by itself, and is known to nobody else. */
class Steps {
  constructor(content) {
    this.content = content;
  }
  [Symbol.iterator]() {
    return this;
  }
  next() {
    return { value: 1, done: false };
  }
}

/** All the ways in which a function can be written, each standing at its only yield or await. */
class Ways {
  *method() {
    yield 1;
  }
  static *staticMethod() {
    yield 1;
  }
  *#secret() {
    yield 1;
  }
  get accessor() {
    return this.#secret();
  }
  static secretOf() {
    return Ways.prototype.method;
  }
  startPrivate() {
    return started(() => this.#secret());
  }
  privateFunction() {
    return this.#secret;
  }
  async asyncMethod(gate) {
    await gate;
  }
  async *asyncGeneratorMethod(gate) {
    yield await gate;
  }
}

const closures = () =>
  function* closure() {
    yield 1;
  };

const arrow = async (gate) => {
  await gate;
};

function* hidesByLocal() {
  const __tracebackhide__ = true;
  yield* innermost();
}

/** The name is there, but no variable of its own. */
function* mentionsLocal() {
  const inner = () => {
    const __tracebackhide__ = true;
    return __tracebackhide__;
  };
  yield inner;
}

async function hidesByLocalAsync(gate) {
  const __tracebackhide__ = true;
  await leafTask(gate);
}

function* hidesBySymbol() {
  yield* innermost();
}
hidesBySymbol[Symbol.for('asynctb.hide')] = true;

function* hidesNot() {
  yield 1;
}
hidesNot[Symbol.for('asynctb.hide')] = false;

const first = (look) => /*@first*/second(look);
const second = (look) => /*@second*/third(look);
const third = (look) => /*@third*/look();

module.exports = {
  arrow,
  Box,
  closures,
  delegatesTo,
  first,
  Glued,
  GluedYields,
  hidesByLocal,
  hidesByLocalAsync,
  hidesBySymbol,
  hidesNot,
  innermost,
  joins,
  leafTask,
  mentionsLocal,
  middle,
  other,
  otherInner,
  outermost,
  second,
  SpecialBox,
  started,
  Steps,
  task,
  third,
  Ways,
};
