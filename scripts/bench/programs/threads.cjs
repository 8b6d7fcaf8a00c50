// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

/** Workers in a state, and how long it takes to hear from them, of us and of Sentry's addon. */
const { execFileSync } = require('node:child_process');
const { readFileSync } = require('node:fs');
const { tmpdir } = require('node:os');
const path = require('node:path');
const {
  isMainThread,
  parentPort,
  Worker,
  workerData,
} = require('node:worker_threads');
const { asynctb, milliseconds, serve } = require('./serve.cjs');

const sentry = () => require('@sentry-internal/node-native-stacktrace');

const states = {
  idle() {},
  busy() {
    for (;;);
  },
  atomics() {
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
  },
  native() {
    readFileSync(workerData.fifo);
  },
};

const workers = [];
const times = [];
let answers = 0;

function isAnswer({ status, activity, running }, state) {
  const expected = { idle: 'idle', native: 'blocked-in-native' };
  return (
    status === 'ok' &&
    activity === (expected[state] ?? 'running') &&
    (state === 'idle' ||
      running.frames.some((frame) => frame.functionName === state))
  );
}

const captures = {
  asynctb(state) {
    const start = process.hrtime.bigint();
    const { threads } = asynctb().dump({
      threads: workers.map((worker) => worker.threadId),
    });
    times.push(milliseconds(start));
    return threads.every((thread) => isAnswer(thread, state));
  },
  sentry() {
    const start = process.hrtime.bigint();
    const stacks = sentry().captureStackTrace();
    times.push(milliseconds(start));
    return workers.every(({ threadId }) => stacks[threadId]?.frames.length > 0);
  },
};

const parked = [];

async function park() {
  await new Promise((resolve) => parked.push(resolve));
}

if (isMainThread) {
  serve({
    /** Resolves once they say that they are about to get there. */
    async start(state, count) {
      asynctb().registerThread();
      sentry().registerThread();
      let fifo;
      if (state === 'native') {
        fifo = path.join(tmpdir(), `asynctb-bench-${process.pid}.fifo`);
        execFileSync('mkfifo', [fifo]);
        process.on('exit', () => execFileSync('rm', [fifo]));
      }
      for (let i = 0; i < count; i++) {
        const worker = new Worker(__filename, { workerData: { state, fifo } });
        workers.push(worker);
        await new Promise((resolve) => worker.once('message', resolve));
      }
      while (!captures.asynctb(state));
      return count;
    },
    /** Captures so many times; resolves with how often every worker answered. */
    capture(by, state, rounds) {
      times.length = 0;
      answers = 0;
      for (let i = 0; i < rounds; i++) {
        if (captures[by](state)) answers++;
      }
      times.sort((a, b) => a - b);
      return answers;
    },
    /** Milliseconds, of the last captures. */
    quantile: (share) =>
      times[Math.min(times.length - 1, Math.floor(share * times.length))],
    /** The resident size in MB, with nothing left to collect here. */
    resident() {
      for (let i = 0; i < 3; i++) globalThis.gc();
      return process.memoryUsage.rss() / 2 ** 20;
    },
    /** A worker that blocks in native code keeps its process. */
    end: () => process.kill(process.pid, 'SIGKILL'),
  });
} else {
  asynctb().registerThread();
  sentry().registerThread();
  void park();
  parentPort.on('message', () => {});
  parentPort.postMessage('soon');
  setImmediate(states[workerData.state]);
}
