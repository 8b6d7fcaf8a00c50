// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0
'use strict';

/** Only for a V8 with `using` declarations: any other one refuses the file. */

const { formOf, generatorForm, held, slow } = require('./held.cjs');

async function several(gate) {
  using a = held('a');
  await using b = held('b');
  {
    using c = held('c'), d = held('d');
    /*@several*/await gate;
  }
}

async function left(gate) {
  using a = held('a');
  {
    using gone = held('gone');
    await null;
  }
  {
    await using goneToo = held('gone too');
  }
  /*@left*/await gate;
  using never = held('never');
}

async function initializing(gate) {
  using a = held('a');
  using b = (/*@initializing*/await gate, held('b'));
}

async function missing(gate) {
  using a = null;
  await using b = undefined;
  using c = held('c');
  using d = null;
  /*@missing*/await gate;
}

async function alike(gate) {
  using first = held('same');
  const alias = first;
  await using second = first;
  using third = null;
  /*@alike*/await gate;
}

function* generator() {
  using a = held('a');
  /*@generator*/yield a;
}

async function* asyncGenerator() {
  await using a = held('a');
  /*@async-generator*/yield a;
}

const arrow = async (gate) => {
  using a = held('a');
  /*@arrow*/await gate;
};

exports.active = [
  formOf('P20 several blocks, sync and async, in the order of the declarations', several, `
async-function several @several
  using a = held('a') -> a
  await using b = held('b') -> b
  using c = held('c') -> c
  using d = held('d') -> d
leaf promise`),
  formOf('P20 not what was left, nor what was not reached', left, `
async-function left @left
  using a = held('a') -> a
leaf promise`),
  formOf('P20 not what is being made', initializing, `
async-function initializing @initializing
  using a = held('a') -> a
leaf promise`, undefined),
  formOf('P20 not what is null', missing, `
async-function missing @missing
  using c = held('c') -> c
leaf promise`),
  formOf('P20 one object by several names', alike, `
async-function alike @alike
  using first = held('same') -> same
  await using second = first -> same
leaf promise`),
  generatorForm('P20 a generator', generator, `
generator generator @generator
  using a = held('a') -> a`),
  generatorForm('P20 an async generator', asyncGenerator, `
async-generator asyncGenerator @async-generator
  await using a = held('a') -> a`),
  formOf('P20 an arrow function', arrow, `
async-function arrow @arrow
  using a = held('a') -> a
leaf promise`),
];

async function returning(gate) {
  await using a = held('a');
  await using b = slow('b', gate);
  await using c = held('c');
  /*@returning*/return 'returned';
}

async function falling(gate) {
  using a = held('a');
  {
    await using b = slow('b', gate);
    {
      using c = held('c');
      c./*@falling*/toString();
    }
  }
}

async function throwing(gate) {
  try {
    await using a = slow('a', gate);
    /*@throwing*/throw new Error('on purpose');
  } catch (error) {
    return error.message;
  }
}

async function breaking(gate) {
  for (const label of ['a', 'b']) {
    await using a = slow(label, gate);
    if (label === 'a') break;
    /*@breaking*/await null;
  }
}

async function continuing(gate) {
  let first = gate;
  for (const label of ['a', 'b']) {
    await using a = slow(label, first);
    first = null;
    if (a.label === 'a') continue;
    /*@continuing*/await null;
  }
}

async function bare(gate, value = slow('a', gate)) {
  await using a = /*@bare*/value;
}

async function mixed(gate) {
  await using a = slow('a', gate);
  using b = held('b');
  return b./*@mixed*/label;
}

const exit = (expected) => `${expected}
async-function [Symbol.asyncDispose] @dispose
leaf promise`;

exports.exiting = [
  formOf('P23 return', returning, exit(`
async-function returning @returning
  await using a = held('a') -> a
  await using b = slow('b', gate) -> b exiting`), 'returned'),
  formOf('P23 fall through', falling, exit(`
async-function falling @falling
  using a = held('a') -> a
  await using b = slow('b', gate) -> b exiting`)),
  formOf('P23 throw', throwing, exit(`
async-function throwing @throwing
  await using a = slow('a', gate) -> a exiting`), 'on purpose'),
  formOf('P23 break', breaking, exit(`
async-function breaking @breaking
  await using a = slow(label, gate) -> a exiting`)),
  formOf('P23 continue', continuing, exit(`
async-function continuing @continuing
  await using a = slow(label, first) -> a exiting`)),
  formOf('P22 with nothing after the declaration', bare, exit(`
async-function bare @bare
  await using a -> a exiting`)),
  formOf('P22 after what is disposed of at once', mixed, exit(`
async-function mixed @mixed
  await using a = slow('a', gate) -> a exiting`), 'b'),
];

async function forHead(gate) {
  for (using a = held('a'); ; ) {
    /*@for-head*/await gate;
    return 'returned';
  }
}

async function forOf(gate) {
  for (using each of [held('a'), held('b')]) {
    if (each.label === 'b') /*@for-of*/await gate;
  }
}

async function forAwaitOf(gate) {
  for await (await using each of [held('a'), held('b')])
    if (each.label === 'b') /*@for-await-of*/await gate;
}

async function loopsInLoops(gate) {
  for (using outer of [held('outer')]) for (using inner of [held('inner')]) {
    using own = held('own');
    /*@loops*/await gate;
  }
}

async function inSwitch(gate, which = 2) {
  switch (which) {
    case 1: {
      using skipped = held('skipped');
      break;
    }
    case 2: {
      using a = held('a');
      /*@in-switch*/await gate;
    }
  }
}

async function multiLine(gate) {
  using a = held(
    // a comment, with a brace: {
    'a',
  ),
    b =
      held('b');
  await using c = held(`c${
    [1].map((n) => { using nested = held('n'); return n; })
  }`)
  /*@multi-line*/await gate
}

async function inFinally(gate) {
  try {
    using gone = held('gone');
    throw 'thrown';
  } catch {
    using goneToo = held('gone too');
  } finally {
    using a = held('a');
    /*@in-finally*/await gate;
  }
}

async function endless(gate) {
  using a = held('a');
  for (;;) {
    /*@endless*/await gate;
    if (a.label === 'a') return 'returned';
  }
}

async function staticBlock(gate) {
  using a = held('a');
  class Local {
    static { using inStatic = held('static'); Local.found = /[{'"]/.test('{'); }
    method() { using inMethod = held('method'); }
  }
  /*@static-block*/await gate;
  return Local.found;
}

async function asNames(gate, { using, of } = { using: 6, of: 3 }) {
  using
  of
  const divided = using / of /2;
  for (of of [1]) using = of;
  using a = held('a');
  const text = `${using} ${'}'} \` {`;
  /*@as-names*/await gate;
  return divided;
}

async function single(gate) {
  for (using a of [held('a')]) /*@single*/await gate;
  return 'after';
}

exports.forms = [
  formOf('P24 the head of a for loop', forHead, `
async-function forHead @for-head
  using a = held('a') -> a
leaf promise`, 'returned'),
  formOf('P24 for of', forOf, `
async-function forOf @for-of
  using each of [held('a'), held('b')] -> b
leaf promise`),
  formOf('P24 for await of', forAwaitOf, `
async-function forAwaitOf @for-await-of
  await using each of [held('a'), held('b')] -> b
leaf promise`),
  formOf('P24 a loop in a loop', loopsInLoops, `
async-function loopsInLoops @loops
  using outer of [held('outer')] -> outer
  using inner of [held('inner')] -> inner
  using own = held('own') -> own
leaf promise`),
  formOf('P24 a single statement as body', single, `
async-function single @single
  using a of [held('a')] -> a
leaf promise`, 'after'),
  formOf('P24 switch', inSwitch, `
async-function inSwitch @in-switch
  using a = held('a') -> a
leaf promise`),
  formOf('P24 several lines, comments, templates and no semicolons', multiLine, `
async-function multiLine @multi-line
  using a = held( // a comment, with a brace: { 'a', ) -> a
  using b = held('b') -> b
  await using c = held(\`c\${ [1].map((n) => { using nested = held('n'); return n; }) }\`) -> c1
leaf promise`),
  formOf('P24 try, catch, finally', inFinally, `
async-function inFinally @in-finally
  using a = held('a') -> a
leaf promise`),
  formOf('P24 a body that does not end', endless, `
async-function endless @endless
  using a = held('a') -> a
leaf promise`, 'returned'),
  formOf('P24 not those of a class static block or a method', staticBlock, `
async-function staticBlock @static-block
  using a = held('a') -> a
leaf promise`, true),
  formOf('P24 variables called using and of', asNames, `
async-function asNames @as-names
  using a = held('a') -> a
leaf promise`, 1),
];
