// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0
'use strict';

/** A program that allows nobody to change how stacks are captured. */

const { extract } = require('asynctb');
const { describeStack, runFormatters } = require('./describe-stack.cjs');

Object.defineProperty(Error, 'stackTraceLimit', {
  value: 10,
  writable: false,
  configurable: false,
});

const target = (function* running() {
  yield extract(target);
})();
const stack = target.next().value;
runFormatters(stack);
console.log(
  JSON.stringify({ stack: describeStack(stack), error: stack.error?.code }),
);
