// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0
'use strict';

/**
 * Tasks with frames that are hidden, each in its own way. Arguments: `late` customizes before asynctb is in
 * use; `busy` runs in hidden frames; `worker` does it in a worker.
 */

const { isMainThread, Worker } = require('node:worker_threads');
const { customize } = require('asynctb');

const never = new Promise((resolve) => (globalThis.keep = resolve));

async function visible() {
  /*line of visible*/ await never;
}
async function byRule() {
  await visible();
}
async function byLine() {
  /*line of byLine*/ await byRule();
}
async function byVariable() {
  const __tracebackhide__ = true;
  await byLine();
  return __tracebackhide__;
}
async function bySymbol() {
  await byVariable();
}
bySymbol[Symbol.for('asynctb.hide')] = true;
async function byGetter() {
  await bySymbol();
}
let isAsked = false;
Object.defineProperty(byGetter, Symbol.for('asynctb.hide'), {
  get: () => (isAsked = true),
});
async function takenBack() {
  await byGetter();
}
async function mentions() {
  const inner = () => '__tracebackhide__';
  await takenBack();
  return inner;
}

function spinRule() {
  for (;;);
}
function spinVariable() {
  const __tracebackhide__ = true;
  spinRule();
  return __tracebackhide__;
}
function spinning() {
  spinVariable();
}

function hide() {
  customize(byRule, { hide: true });
  customize(spinRule, { hide: true });
  customize(byLine, { hideLine: true });
  customize(takenBack, { hide: true })();
}

if (process.argv[2] === 'worker' && isMainThread) {
  new Worker(__filename);
} else {
  hide();
  if (process.argv[2] === 'late') require('asynctb/register');
  void mentions();
  setImmediate(() => {
    console.log('ready');
    if (process.argv[2] === 'busy') spinning();
    setInterval(() => isAsked && console.log('asked'), 10);
  });
}
