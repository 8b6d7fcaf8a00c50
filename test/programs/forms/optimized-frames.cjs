// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0
'use strict';

// Run with --allow-natives-syntax: a function is optimized, and its callee inlined, before they are
// looked at. What was found is written as JSON.

const { extractSince } = require('asynctb');

class Point {
  constructor(x) {
    this.x = x;
  }
  inlined(look) {
    const inside = this.x + 1;
    look();
    return inside;
  }
}

function optimized(point, look) {
  const variable = point.x;
  // An object that need not be there once the code is optimized.
  const rest = (...args) => args.length;
  return point.inlined(look) + rest(variable, look);
}

// Either optimizer; which of two bits is whose depends on the V8.
const OPTIMIZED = (1 << 4) | (1 << 5);
const isOptimized = () => (%GetOptimizationStatus(optimized) & OPTIMIZED) !== 0;
// Of many kinds, so that the code does not rely on one of them.
const looks = [() => 1, () => 2, () => 3, () => 4, () => 5, () => 6];
const point = new Point(1);
%PrepareFunctionForOptimization(optimized);
%PrepareFunctionForOptimization(point.inlined);
for (let i = 0; i < 60; i++) optimized(point, looks[i % looks.length]);
%OptimizeFunctionOnNextCall(optimized);
optimized(point, looks[0]);

let found = [];
let during = false;
const before = isOptimized();
optimized(point, () => {
  during = isOptimized();
  found = extractSince(optimized, { locals: true }).frames.map((frame) => ({
    name: frame.functionName,
    isFunction: frame.function === optimized || frame.function === point.inlined,
    isReceiver: frame.receiver === point,
    locals: frame.locals === null ? null : Object.keys(frame.locals),
  }));
});
process.stdout.write(JSON.stringify({ before, during, after: isOptimized(), found }));
