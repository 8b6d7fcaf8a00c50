// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0
'use strict';

/** Functions that call `look` while they are on the stack, and are told apart by what they hold. */

function outermost(look) {
  return middle(look);
}

function middle(look) {
  return innermost(look);
}

function innermost(look) {
  return look();
}

/** Closures of one source: `depth` of them, each called by the one before. */
function closures(depth, look) {
  const made = [];
  const make = (index) => {
    const closure = () => (index + 1 < depth ? made[index + 1]() : look());
    return closure;
  };
  for (let index = 0; index < depth; index++) made.push(make(index));
  made[0]();
  return made;
}

class Machine {
  static running = null;
  run(look) {
    return [look].map((each) => this.step(each))[0];
  }
  step(look) {
    return look();
  }
}

function sloppy(look) {
  return look();
}

function variables(first, look) {
  const second = [first];
  const kept = () => second;
  let found;
  if (first > 0) {
    const inBlock = { second };
    found = look(inBlock, kept);
    const later = found;
    return later;
  }
  return undefined;
}

function withArguments(look) {
  return look(arguments);
}

function withGetter(look) {
  let read = 0;
  const object = {
    get trap() {
      read++;
      return read;
    },
  };
  look(object);
  return read;
}

function holds(make, look) {
  const kept = make();
  return look(kept);
}

function hidesByLocal(look) {
  const __tracebackhide__ = true;
  return look(__tracebackhide__);
}

function mentionsLocal(look) {
  const other = () => {
    const __tracebackhide__ = true;
    return __tracebackhide__;
  };
  return look(other);
}

function hidesBySymbol(look) {
  return look();
}
hidesBySymbol[Symbol.for('asynctb.hide')] = true;

function* generator(look) {
  const held = 'in the generator';
  yield innermost(look, held);
}

function* generatorHolds(held, look) {
  yield look(held);
}

async function task(look) {
  const before = await null;
  return [before, innermost(look)];
}

module.exports = {
  closures,
  generator,
  generatorHolds,
  hidesByLocal,
  hidesBySymbol,
  holds,
  innermost,
  Machine,
  mentionsLocal,
  middle,
  outermost,
  sloppy,
  task,
  variables,
  withArguments,
  withGetter,
};
