// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0
'use strict';

// Functions that hold something without `using`, while they wait for a gate.

class Lock {
  constructor(name) {
    this.name = name;
    this.owner = null;
  }
  async take(owner) {
    this.owner = owner;
    return this;
  }
}

exports.Lock = Lock;

exports.two = async function two(gate) {
  const first = await new Lock('first').take('two');
  let second = await new Lock('second').take('two');
  const again = first;
  await gate;
  return [first, second, again];
};

exports.shared = async function shared(gate) {
  const lock = await new Lock('shared').take('shared');
  const release = () => lock.name;
  await gate;
  return release;
};

exports.unpacked = async function unpacked(gate) {
  const { lock } = { lock: new Lock('unpacked') };
  await gate;
  return lock;
};

exports.borrows = async function borrows(gate, lock) {
  await gate;
  return lock;
};

exports.later = async function later(gate) {
  await gate;
  const lock = new Lock('later');
  return lock;
};

exports.blocks = async function blocks(gate) {
  {
    const left = new Lock('left');
    await left;
  }
  {
    const inside = new Lock('inside');
    await gate;
    return inside;
  }
};

exports.wrapped = async function wrapped(gate) {
  const lock = new Proxy(new Lock('wrapped'), {
    getPrototypeOf() {
      throw new Error('a trap ran');
    },
  });
  await gate;
  return lock;
};

/** What TypeScript makes of `using`, between two plain variables. */
exports.mixed = async function mixed(gate) {
  const env_1 = { stack: [], error: void 0, hasError: false };
  try {
    const before = new Lock('before');
    const used = __addDisposableResource(env_1, new Lock('used'), false);
    const after = new Lock('after');
    await gate;
    return [before, used, after];
  } finally {
    env_1.stack.length = 0;
  }
};

function __addDisposableResource(env, value, async) {
  env.stack.push({ value, dispose() {}, async });
  return value;
}

exports.generator = function* generator() {
  const lock = new Lock('generator');
  yield lock;
};
