// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0
'use strict';

const vm = require('node:vm');
const { waiting } = require('./waiting.cjs');

async function leaf(gate) {
  const got = /*@leaf*/await gate;
  return got + '!';
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

const leafBlock = `
async-function leaf @leaf
leaf promise`;

exports.evaluated = [
  waiting(
    'P2 eval with a sourceURL',
    inEval,
    `
async-function inEval in-eval.js:2:10
leaf promise`,
    'opened',
  ),
  waiting(
    'P2 direct eval',
    inDirectEval,
    `
async-function <anonymous> :2:10${leafBlock}`,
    'opened!',
  ),
  waiting(
    'P2 new Function',
    inNewFunction,
    `
async-function <anonymous> :4:10
leaf promise`,
    'opened',
  ),
  waiting(
    'P2 new AsyncFunction',
    inAsyncFunctionConstructor,
    `
async-function <anonymous> :3:8
leaf promise`,
    'opened',
  ),
  waiting(
    'P2 a function of another vm context, with line and column offsets',
    inContext,
    `
async-function inContext in-context.js:12:12${leafBlock}`,
    'opened!',
  ),
  waiting(
    'P2 in the first line of such a script',
    inFirstLineOfContext,
    `
async-function <anonymous> first-line.js:11:18${leafBlock}`,
    'opened!',
  ),
  waiting(
    'P2 vm.Script in this context',
    inThisContext,
    `
async-function inThisContext in-this-context.js:1:45
leaf promise`,
    'opened',
  ),
  waiting(
    'P2 vm.compileFunction',
    compiled,
    `
async-function <anonymous> compiled.js:1:21
leaf promise`,
    'opened',
  ),
];
