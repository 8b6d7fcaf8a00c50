// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

// Is signalled until the thread that makes dumps is in the state that the first argument names,
// and then ends in the way that the second one names. The thread's name says what it does: it is
// read without a pause, since some states last for a millisecond.

const { readFileSync, readdirSync, writeSync } = require('node:fs');
const { Worker } = require('node:worker_threads');

const [state, end] = process.argv.slice(2);

require('./without-pause.cjs');

// Places enough for more text than a pipe or a socket takes before somebody reads.
const lines = [];
for (let i = 0; i < 6000; i++) {
  lines.push(`void (async function place${i}() { await park(); })();`);
}
const pending = (globalThis.pending = []);
const park = () => ({ then: (resolve) => void pending.push(resolve) });
new Function('park', lines.join('\n'))(park);

const name = (task) => {
  try {
    return readFileSync(`/proc/self/task/${task}/comm`, 'utf8').trim();
  } catch {
    return '';
  }
};
const watcher = readdirSync('/proc/self/task').find((task) =>
  name(task).startsWith('asynctb'),
);

const helper = (text) => new Worker(text, { eval: true });

// It answers no question: the thread asks for as long as somebody may take to begin.
const sleeper =
  state === 'ask'
    ? helper(`require('node:worker_threads').parentPort.postMessage('ready');
        const cell = new Int32Array(new SharedArrayBuffer(4));
        Atomics.wait(cell, 0, 0, 60_000);`)
    : null;

const thrower =
  end === 'worker'
    ? helper(`const { parentPort } = require('node:worker_threads');
        parentPort.on('message', () => { throw new Error('on purpose'); });
        parentPort.postMessage('ready');`)
    : null;

// The signal comes from outside of this thread: one of its own would be noticed before it is sent.
const cell = new Int32Array(new SharedArrayBuffer(4));
const signaller = new Worker(
  `const { parentPort, workerData } = require('node:worker_threads');
  parentPort.postMessage('ready');
  for (;;) {
    Atomics.wait(workerData, 0, 0);
    Atomics.store(workerData, 0, 0);
    process.kill(process.pid, 'SIGUSR2');
  }`,
  { eval: true, execArgv: [], workerData: cell },
);
signaller.unref();

function sendSignal() {
  Atomics.store(cell, 0, 1);
  Atomics.notify(cell, 0);
}

function reach() {
  const wanted = state === 'idle' ? 'asynctb' : `asynctb:${state}`;
  if (state === 'idle') return;
  // On a busy machine a short state may pass unseen; then what comes next has to do.
  for (let attempt = 0; attempt < 3; attempt++) {
    sendSignal();
    let hasBegun = false;
    // There is one dump a second at most.
    for (const end = Date.now() + 3_000; Date.now() < end;) {
      const now = name(watcher);
      if (now === wanted) return;
      if (now === 'asynctb' && hasBegun) break;
      hasBegun = hasBegun || now !== 'asynctb';
    }
  }
}

function go() {
  reach();
  writeSync(1, 'ends\n');
  if (end === 'dry') {
    process.exitCode = 7;
    process.disconnect();
    sleeper?.unref();
  } else if (end === 'exit') process.exit(7);
  else if (end === 'reallyExit') process.reallyExit(7);
  else if (end === 'throw') throw new Error('thrown on purpose');
  else if (end === 'reject') void Promise.reject(new Error('on purpose'));
  else if (end === 'worker') thrower.postMessage('throw');
  else if (end === 'kill') process.kill(process.pid, 'SIGTERM');
  else if (end === 'abort') process.abort();
  else if (end === 'execve') {
    process.execve('/bin/sh', ['sh', '-c', 'exit 7'], process.env);
  }
}

const workers = [signaller, sleeper, thrower].filter((each) => each !== null);
let missing = workers.length;
for (const each of workers) {
  each.once('message', () => --missing === 0 && go());
}
