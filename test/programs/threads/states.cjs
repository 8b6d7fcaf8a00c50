// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0
'use strict';

// A worker gets into the state that the first argument names, with one task suspended; the main
// thread dumps it until it is there, and prints what the last dump says of it. The second argument
// names a FIFO that nobody writes to, the third another addon, `sleeper.cc`.

const { execSync } = require('node:child_process');
const { pbkdf2Sync } = require('node:crypto');
const { readFileSync, openSync, readSync } = require('node:fs');
const vm = require('node:vm');
const {
  isMainThread,
  parentPort,
  Worker,
  workerData,
} = require('node:worker_threads');
const { dump, registerThread } = require('asynctb');

const pending = [];
const fifo = process.argv[3] ?? workerData?.fifo;
const sleeper = process.argv[4] ?? workerData?.sleeper;

async function park() {
  await new Promise((resolve) => pending.push(resolve));
}

const states = {
  busy() {
    let sum = 0;
    for (;;) sum = (sum + 1) | 0;
  },
  optimized() {
    const add = (a, b) => (a * 31 + b) | 0;
    let sum = 0;
    for (;;) for (let i = 0; i < 1e6; i++) sum = add(sum, i);
  },
  allocating() {
    let kept = [];
    for (let i = 0; ; i++) {
      kept.push({ i, text: `item ${i}` });
      if (kept.length > 10_000) kept = [];
    }
  },
  regexp() {
    /^(?:a+)+$/.test(`${'a'.repeat(60)}b`);
  },
  json() {
    const text = `[${'{"a":1,"b":[1,2,3]},'.repeat(10_000_000)}1]`;
    for (;;) JSON.parse(text);
  },
  atomics() {
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
  },
  idle() {},
  vm() {
    const inner = () =>
      vm.runInNewContext('(function deepest() { for (;;); })()');
    vm.runInNewContext('(function outer() { inner() })()', { inner });
  },
  exit() {
    process.on('exit', function inExit() {
      for (;;);
    });
    process.exit();
  },
  fifo() {
    readFileSync(fifo);
  },
  exec() {
    execSync('sleep 1000');
  },
  addon() {
    require(sleeper).sleep(1000);
  },
  reset() {
    require(sleeper).reset();
    readFileSync(fifo);
  },
  takeOver() {
    require(sleeper).takeOver();
    readFileSync(fifo);
  },
  smallStack() {
    require(sleeper).smallStack();
    readFileSync(fifo);
  },
  smallStackBusy() {
    require(sleeper).smallStack();
    require(sleeper).spin(1000);
  },
  pbkdf2() {
    pbkdf2Sync('secret', 'salt', 2 ** 31 - 1, 64, 'sha512');
  },
  nested() {
    const fd = openSync(fifo, 'r+');
    const wait = () => readSync(fd, Buffer.alloc(1));
    vm.runInNewContext('[1].forEach(function each() { wait() })', { wait });
  },
  deep() {
    const fd = openSync(fifo, 'r+');
    const recurse = (n) =>
      n === 0 ? readSync(fd, Buffer.alloc(1)) : recurse(n - 1);
    recurse(1000);
  },
};

/** What is expected of a worker that has got there. */
function isThere(thread, state) {
  if (state === 'reset' || state === 'takeOver')
    return thread.status === 'timed-out';
  if (thread.status !== 'ok') return thread.status === 'exited';
  if (state === 'idle')
    return thread.activity === 'idle' && thread.taskCount > 0;
  const names = thread.running?.frames.map((frame) => frame.functionName) ?? [];
  const last = {
    vm: 'deepest',
    exit: 'inExit',
    nested: 'wait',
    deep: 'recurse',
  };
  // On the way into the kernel Node's own functions are already on the stack.
  const blocks = [
    ...['fifo', 'exec', 'addon', 'pbkdf2', 'nested', 'deep'],
    ...['smallStack', 'smallStackBusy'],
  ].includes(state);
  if (state === 'json' && thread.error === null) return false;
  return (
    names.includes(last[state] ?? state) &&
    (!blocks || thread.activity === 'blocked-in-native')
  );
}

function main(state) {
  registerThread();
  const worker = new Worker(__filename, {
    workerData: { state, fifo, sleeper },
    stdout: true,
  });
  worker.on('message', () => {
    let thread;
    let ms;
    do {
      const start = process.hrtime.bigint();
      const all = dump({ threads: [worker.threadId] });
      ms = Number(process.hrtime.bigint() - start) / 1e6;
      all.toString();
      thread = all.threads[0];
    } while (!isThere(thread, state));
    const frames = thread.running?.frames ?? [];
    console.log(
      JSON.stringify({
        threadId: thread.threadId,
        name: thread.name,
        status: thread.status,
        activity: thread.activity,
        error:
          thread.error?.errors?.map((e) => e.code) ??
          thread.error?.code ??
          null,
        taskCount: thread.taskCount,
        frames: frames
          .filter((frame) => !frame.scriptName.startsWith('node:'))
          .map((frame) => [
            frame.functionName,
            frame.lineText.trim(),
            frame.lineNumber,
          ]),
        ms,
      }),
    );
  });
}

if (isMainThread) {
  main(process.argv[2]);
} else {
  registerThread({ name: 'the worker' });
  void park();
  parentPort.on('message', () => {});
  parentPort.postMessage('soon');
  setImmediate(function start() {
    states[workerData.state]();
  });
}
