// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0
'use strict';

// A loop that is blocked while the watchdog does something else than to dump it once: the first
// argument says what.

const { isMainThread, Worker, workerData } = require('node:worker_threads');
const { watchdog } = require('asynctb');

// Above what a loop stands still for because the machine is busy.
const threshold = 250;

function blockTheLoop() {
  const start = process.hrtime.bigint();
  while (Number(process.hrtime.bigint() - start) / 1e6 < 4 * threshold);
}

/** In turns of their own, so that the loop is seen to turn before each. */
function inTurns(...steps) {
  const [step, ...rest] = steps;
  if (step === undefined) return;
  setImmediate(() => {
    step();
    inTurns(...rest);
  });
}

const cases = {
  stopped() {
    const watching = watchdog({ thresholdMs: threshold });
    inTurns(() => watching.stop(), blockTheLoop);
  },
  disposed() {
    const watching = watchdog({ thresholdMs: threshold });
    const key = Symbol.dispose ?? Symbol.for('Symbol.dispose');
    inTurns(() => watching[key](), blockTheLoop);
  },
  'disposed by a polyfill'() {
    // What a polyfill does, when it comes after asynctb.
    const key = Symbol('Symbol.dispose');
    if (Symbol.dispose === undefined)
      Object.defineProperty(Symbol, 'dispose', { value: key });
    const watching = watchdog({ thresholdMs: threshold });
    inTurns(() => watching[Symbol.dispose](), blockTheLoop);
  },
  'stopped after another'() {
    const older = watchdog({ thresholdMs: 60_000 });
    watchdog({ thresholdMs: threshold });
    inTurns(() => older.stop(), blockTheLoop);
  },
  again() {
    watchdog({ thresholdMs: threshold });
    inTurns(blockTheLoop, blockTheLoop);
  },
  restarted() {
    watchdog({ thresholdMs: threshold }).stop();
    watchdog({ thresholdMs: threshold });
    inTurns(blockTheLoop);
  },
  'in a worker'() {
    watchdog({ thresholdMs: 60_000 });
    new Worker(__filename, { workerData: 'blocked' });
  },
  'in a worker alone'() {
    new Worker(__filename, { workerData: 'alone' });
  },
};

function inWorker(state) {
  if (state === 'blocked') {
    watchdog({ thresholdMs: threshold });
    inTurns(blockTheLoop);
    return;
  }
  try {
    watchdog({ thresholdMs: threshold });
  } catch (error) {
    console.log(`${error.code}: ${error.message}`);
  }
}

if (isMainThread) cases[process.argv[2]]();
else inWorker(workerData);
