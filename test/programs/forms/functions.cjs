// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0
'use strict';

const { deferred } = require('./deferred.cjs');
const { waiting } = require('./waiting.cjs');

async function leaf(gate) {
  const got = /*@leaf*/await gate;
  return got + '!';
}

async function middle(gate) {
  return (/*@middle*/await leaf(gate)) + '!';
}

async function outer(gate) {
  const got = /*@outer*/await middle(gate);
  return got + '!';
}

async function seq(gate) {
  await leaf('passed');
  await null;
  const values = [await 1, /*@second-in-list*/await leaf(gate)];
  return values.join(' ');
}

async function inTry(gate) {
  try {
    throw new Error('on purpose');
  } catch (error) {
    return error.message + (/*@in-catch*/await leaf(gate));
  } finally {
    await null;
  }
}

async function inFinally(gate) {
  try {
    return 'returned';
  } finally {
    /*@in-finally*/await leaf(gate);
  }
}

async function inLoop(gate) {
  let sum = '';
  for (const item of ['a', gate]) {
    sum += /*@in-loop*/await item;
  }
  return sum;
}

async function inParameters(gate, { a = 1 } = {}, ...others) {
  return [/*@with-parameters*/await leaf(gate), a, others.length].join();
}

const arrow = async (gate) => /*@arrow*/await leaf(gate);
const block = async (gate) => {
  const inner = async () => {
    return /*@arrow-in-arrow*/await leaf(gate);
  };
  return /*@arrow-block*/await inner();
};
const anonymous = (() => async (gate) => {
  return /*@anonymous*/await leaf(gate);
})();

class Service {
  name = 'service';
  #secret = 's';
  field = async (gate) => this.name + (/*@field*/await leaf(gate));
  async method(gate) {
    return /*@method*/await this.#hidden(gate);
  }
  async #hidden(gate) {
    return this.#secret + (/*@private*/await leaf(gate));
  }
  static async make(gate) {
    return /*@static*/await leaf(gate);
  }
  static async #hiddenStatic(gate) {
    return /*@private-static*/await leaf(gate);
  }
  static viaHiddenStatic(gate) {
    return Service.#hiddenStatic(gate);
  }
  get value() {
    return (async () => {
      return this.name + (/*@getter*/await leaf(gateOfGetter.promise));
    })();
  }
  set value(gate) {
    this.assigned = (async () => {
      return /*@setter*/await leaf(gate);
    })();
  }
  async [`computed ${1 + 1}`](gate) {
    return /*@computed*/await leaf(gate);
  }
  async 'quoted name'(gate) {
    return /*@quoted*/await leaf(gate);
  }
}

class Derived extends Service {
  async method(gate) {
    return /*@super-caller*/await super.method(gate);
  }
}

let gateOfGetter = deferred();

const literal = {
  async method(gate) {
    return /*@literal*/await leaf(gate);
  },
};

/** A static block and the initialiser of a static field run an async function each. */
function classWithBlocks(gate) {
  return class {
    static started;
    static fromField = (async () => {
      return /*@field-initialiser*/await leaf(gate);
    })();
    instanceField = (async () => {
      return /*@instance-initialiser*/await leaf(gate);
    })();
    static {
      this.started = (async () => {
        return /*@static-block*/await leaf(gate);
      })();
    }
  };
}

const leafBlock = `
async-function leaf @leaf
leaf promise`;

exports.functions = [
  waiting(
    'P2 await of await of await, down to what is waited for',
    outer,
    `
async-function outer @outer
async-function middle @middle${leafBlock}`,
    'opened!!!',
  ),
  waiting(
    'P2 an await after others that are over',
    seq,
    `
async-function seq @second-in-list${leafBlock}`,
    '1 opened!',
  ),
  waiting(
    'P2 inside of catch',
    inTry,
    `
async-function inTry @in-catch${leafBlock}`,
    'on purposeopened!',
  ),
  waiting(
    'P2 inside of finally',
    inFinally,
    `
async-function inFinally @in-finally${leafBlock}`,
    'returned',
  ),
  waiting(
    'P2 inside of a loop',
    inLoop,
    `
async-function inLoop @in-loop
leaf promise`,
    'aopened',
  ),
  waiting(
    'P2 with default, destructured and rest parameters',
    (gate) => inParameters(gate, { a: 3 }, 4, 5),
    `
async-function inParameters @with-parameters${leafBlock}`,
    'opened!,3,2',
  ),
  waiting(
    'P2 an arrow function without a block',
    arrow,
    `
async-function arrow @arrow${leafBlock}`,
    'opened!',
  ),
  waiting(
    'P2 arrow functions in each other',
    block,
    `
async-function block @arrow-block
async-function inner @arrow-in-arrow${leafBlock}`,
    'opened!',
  ),
  waiting(
    'P2 an anonymous function',
    anonymous,
    `
async-function <anonymous> @anonymous${leafBlock}`,
    'opened!',
  ),
  waiting(
    'P2 methods, private ones and super',
    (gate) => new Derived().method(gate),
    `
async-function method @super-caller
async-function method @method
async-function #hidden @private${leafBlock}`,
    'sopened!',
  ),
  waiting(
    'P2 a static method',
    (gate) => Service.make(gate),
    `
async-function make @static${leafBlock}`,
    'opened!',
  ),
  waiting(
    'P2 a private static method',
    (gate) => Service.viaHiddenStatic(gate),
    `
async-function #hiddenStatic @private-static${leafBlock}`,
    'opened!',
  ),
  waiting(
    'P2 an arrow function in a field',
    (gate) => new Service().field(gate),
    `
async-function field @field${leafBlock}`,
    'serviceopened!',
  ),
  waiting(
    'P2 what a getter returned',
    (gate) => {
      gateOfGetter = { promise: gate };
      return new Service().value;
    },
    `
async-function <anonymous> @getter${leafBlock}`,
    'serviceopened!',
  ),
  waiting(
    'P2 what a setter started',
    (gate) => {
      const service = new Service();
      service.value = gate;
      return service.assigned;
    },
    `
async-function <anonymous> @setter${leafBlock}`,
    'opened!',
  ),
  waiting(
    'P2 a method with a computed name',
    (gate) => new Service()['computed 2'](gate),
    `
async-function computed 2 @computed${leafBlock}`,
    'opened!',
  ),
  waiting(
    'P2 a method with a quoted name',
    (gate) => new Service()['quoted name'](gate),
    `
async-function quoted name @quoted${leafBlock}`,
    'opened!',
  ),
  waiting(
    'P2 a method of an object literal, bound',
    (gate) => literal.method.bind(literal)(gate),
    `
async-function method @literal${leafBlock}`,
    'opened!',
  ),
  waiting(
    'P2 a class static block',
    (gate) => classWithBlocks(gate).started,
    `
async-function <anonymous> @static-block${leafBlock}`,
    'opened!',
  ),
  waiting(
    'P2 the initialiser of a static field',
    (gate) => classWithBlocks(gate).fromField,
    `
async-function <anonymous> @field-initialiser${leafBlock}`,
    'opened!',
  ),
  waiting(
    'P2 the initialiser of a field',
    (gate) => new (classWithBlocks(gate))().instanceField,
    `
async-function <anonymous> @instance-initialiser${leafBlock}`,
    'opened!',
  ),
];
