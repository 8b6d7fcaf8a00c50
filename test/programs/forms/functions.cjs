// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0
'use strict';

const vm = require('node:vm');
const { deferred, parked } = require('./deferred.cjs');

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

function inEval(gate) {
  // Indirect, so that it sees the global scope only.
  const make = (0, eval)(
    'async function inEval(gate) {\n  return await gate;\n}\ninEval\n//# sourceURL=in-eval.js',
  );
  return make(gate);
}

function inDirectEval(gate) {
  return eval('(async () => {\n  return await leaf(gate);\n})()');
}

function inNewFunction(gate) {
  const make = new Function(
    'gate',
    'return (async () => {\n  return await gate;\n})()',
  );
  return make(gate);
}

function inAsyncFunctionConstructor(gate) {
  const AsyncFunction = leaf.constructor;
  return new AsyncFunction('gate', 'return await gate')(gate);
}

function inContext(gate) {
  const context = vm.createContext({ gate, leaf });
  return vm.runInContext(
    '(async function inContext() {\n    return await leaf(gate);\n})()',
    context,
    { filename: 'in-context.js', lineOffset: 10, columnOffset: 4 },
  );
}

function inFirstLineOfContext(gate) {
  const context = vm.createContext({ gate, leaf });
  return vm.runInContext('(async () => await leaf(gate))()', context, {
    filename: 'first-line.js',
    lineOffset: 10,
    columnOffset: 4,
  });
}

function inThisContext(gate) {
  const run = new vm.Script(
    'async function inThisContext(gate) { return await gate }; inThisContext',
    { filename: 'in-this-context.js' },
  ).runInThisContext();
  return run(gate);
}

function compiled(gate) {
  const run = vm.compileFunction(
    'return (async () => await gate)()',
    ['gate'],
    { filename: 'compiled.js' },
  );
  return run(gate);
}

const of = (name, start, expected, result) => ({
  name,
  park: async () => {
    const gate = deferred();
    const target = start(gate.promise);
    await parked();
    return { target, gate, finish: () => target };
  },
  expected,
  result,
});

const leafBlock = `
async-function leaf @leaf
leaf promise`;

exports.functions = [
  of(
    'P2 await of await of await, down to what is waited for',
    outer,
    `
async-function outer @outer
async-function middle @middle${leafBlock}`,
    'opened!!!',
  ),
  of(
    'P2 an await after others that are over',
    seq,
    `
async-function seq @second-in-list${leafBlock}`,
    '1 opened!',
  ),
  of(
    'P2 inside of catch',
    inTry,
    `
async-function inTry @in-catch${leafBlock}`,
    'on purposeopened!',
  ),
  of(
    'P2 inside of finally',
    inFinally,
    `
async-function inFinally @in-finally${leafBlock}`,
    'returned',
  ),
  of(
    'P2 inside of a loop',
    inLoop,
    `
async-function inLoop @in-loop
leaf promise`,
    'aopened',
  ),
  of(
    'P2 with default, destructured and rest parameters',
    (gate) => inParameters(gate, { a: 3 }, 4, 5),
    `
async-function inParameters @with-parameters${leafBlock}`,
    'opened!,3,2',
  ),
  of(
    'P2 an arrow function without a block',
    arrow,
    `
async-function arrow @arrow${leafBlock}`,
    'opened!',
  ),
  of(
    'P2 arrow functions in each other',
    block,
    `
async-function block @arrow-block
async-function inner @arrow-in-arrow${leafBlock}`,
    'opened!',
  ),
  of(
    'P2 an anonymous function',
    anonymous,
    `
async-function <anonymous> @anonymous${leafBlock}`,
    'opened!',
  ),
  of(
    'P2 methods, private ones and super',
    (gate) => new Derived().method(gate),
    `
async-function method @super-caller
async-function method @method
async-function #hidden @private${leafBlock}`,
    'sopened!',
  ),
  of(
    'P2 a static method',
    (gate) => Service.make(gate),
    `
async-function make @static${leafBlock}`,
    'opened!',
  ),
  of(
    'P2 a private static method',
    (gate) => Service.viaHiddenStatic(gate),
    `
async-function #hiddenStatic @private-static${leafBlock}`,
    'opened!',
  ),
  of(
    'P2 an arrow function in a field',
    (gate) => new Service().field(gate),
    `
async-function field @field${leafBlock}`,
    'serviceopened!',
  ),
  of(
    'P2 what a getter returned',
    (gate) => {
      gateOfGetter = { promise: gate };
      return new Service().value;
    },
    `
async-function <anonymous> @getter${leafBlock}`,
    'serviceopened!',
  ),
  of(
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
  of(
    'P2 a method with a computed name',
    (gate) => new Service()['computed 2'](gate),
    `
async-function computed 2 @computed${leafBlock}`,
    'opened!',
  ),
  of(
    'P2 a method with a quoted name',
    (gate) => new Service()['quoted name'](gate),
    `
async-function quoted name @quoted${leafBlock}`,
    'opened!',
  ),
  of(
    'P2 a method of an object literal, bound',
    (gate) => literal.method.bind(literal)(gate),
    `
async-function method @literal${leafBlock}`,
    'opened!',
  ),
  of(
    'P2 a class static block',
    (gate) => classWithBlocks(gate).started,
    `
async-function <anonymous> @static-block${leafBlock}`,
    'opened!',
  ),
  of(
    'P2 the initialiser of a static field',
    (gate) => classWithBlocks(gate).fromField,
    `
async-function <anonymous> @field-initialiser${leafBlock}`,
    'opened!',
  ),
  of(
    'P2 the initialiser of a field',
    (gate) => new (classWithBlocks(gate))().instanceField,
    `
async-function <anonymous> @instance-initialiser${leafBlock}`,
    'opened!',
  ),
  of(
    'P2 eval with a sourceURL',
    inEval,
    `
async-function inEval in-eval.js:2:10
leaf promise`,
    'opened',
  ),
  of(
    'P2 direct eval',
    inDirectEval,
    `
async-function <anonymous> :2:10${leafBlock}`,
    'opened!',
  ),
  of(
    'P2 new Function',
    inNewFunction,
    `
async-function <anonymous> :4:10
leaf promise`,
    'opened',
  ),
  of(
    'P2 new AsyncFunction',
    inAsyncFunctionConstructor,
    `
async-function <anonymous> :3:8
leaf promise`,
    'opened',
  ),
  of(
    'P2 a function of another vm context, with line and column offsets',
    inContext,
    `
async-function inContext in-context.js:12:12${leafBlock}`,
    'opened!',
  ),
  of(
    'P2 in the first line of such a script',
    inFirstLineOfContext,
    `
async-function <anonymous> first-line.js:11:18${leafBlock}`,
    'opened!',
  ),
  of(
    'P2 vm.Script in this context',
    inThisContext,
    `
async-function inThisContext in-this-context.js:1:45
leaf promise`,
    'opened',
  ),
  of(
    'P2 vm.compileFunction',
    compiled,
    `
async-function <anonymous> compiled.js:1:21
leaf promise`,
    'opened',
  ),
];
