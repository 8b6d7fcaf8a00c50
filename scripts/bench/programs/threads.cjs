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
/** Milliseconds of the last captures, by who made them. */
const times = { asynctb: [], sentry: [], walk: [] };
const stills = [];

function isAnswer({ status, activity, running }, state) {
  const expected = { idle: 'idle', native: 'blocked-in-native' };
  return (
    status === 'ok' &&
    activity === (expected[state] ?? 'running') &&
    (state === 'idle' ||
      running.frames.some((frame) => frame.functionName === state))
  );
}

/** The addon itself: what nobody but a benchmark asks for. */
function addon() {
  const { modules } = process.versions;
  return require(`../../../build/Release/asynctb.abi${modules}.node`);
}

/** An interrupt, nothing but V8's own walk over the heap in it, and back. Milliseconds of the walk. */
function walkOf({ threadId }) {
  const binding = addon();
  const [thread] = binding.collectThreads(
    binding.askThreads([threadId], 1_000, true),
  );
  if (thread?.status !== 'ok' || thread.stats.heapObjects === 0)
    throw new Error(`no walk of thread ${threadId}: ${thread?.status}`);
  return thread.stats.pauseMs;
}

const captures = {
  asynctb(state) {
    const { threads } = asynctb().dump({
      threads: workers.map((worker) => worker.threadId),
    });
    stills.push(threads.map(({ stats }) => stats.pauseMs));
    return threads.every((thread) => isAnswer(thread, state));
  },
  sentry() {
    const stacks = sentry().captureStackTrace();
    return workers.every(({ threadId }) => stacks[threadId]?.frames.length > 0);
  },
  /** Of one worker: who is blocked in native code has another one in its place. */
  walk: () => walkOf(reference ?? workers[0]) > 0,
};
let reference = null;

function timed(by, state) {
  const start = process.hrtime.bigint();
  const isComplete = captures[by](state);
  times[by].push(milliseconds(start));
  return isComplete;
}

function middleOf(values) {
  return values.sort((a, b) => a - b)[values.length >> 1];
}

let compared = [];
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
      const begin = async (state) => {
        const worker = new Worker(__filename, { workerData: { state, fifo } });
        await new Promise((resolve) => worker.once('message', resolve));
        return worker;
      };
      for (let i = 0; i < count; i++) workers.push(await begin(state));
      if (state === 'native') reference = await begin('busy');
      while (!captures.asynctb(state));
      return count;
    },
    /** Captures so many times, by each in turn; resolves with how often every worker answered all. */
    capture(names, state, rounds) {
      for (const each of Object.values(times)) each.length = 0;
      let answers = 0;
      for (let i = 0; i < rounds; i++) {
        if (names.map((by) => timed(by, state)).every(Boolean)) answers++;
      }
      for (const each of Object.values(times)) each.sort((a, b) => a - b);
      return answers;
    },
    /** Milliseconds, of the last captures. */
    quantile: (by, share) =>
      times[by][
        Math.min(times[by].length - 1, Math.floor(share * times[by].length))
      ],
    /**
     * So many dumps of all, and walks of each, in turn. Resolves with the dump : the sum of the walks by
     * the number of processors.
     */
    compare(state, rounds, processors) {
      const ratios = [];
      compared = workers.map(() => []);
      for (let i = 0; i < rounds; i++) {
        stills.length = 0;
        if (!timed('asynctb', state))
          throw new Error('a worker did not answer');
        const dump = times.asynctb.at(-1);
        const walks = workers.map(walkOf);
        const sum = walks.reduce((a, b) => a + b, 0);
        ratios.push(dump / (sum / processors));
        walks.forEach((walk, at) => compared[at].push(stills[0][at] / walk));
      }
      return middleOf(ratios);
    },
    /** Of the last comparison: how long a worker stood still : its walk; of all workers the most. */
    mostStill: () => Math.max(...compared.map(middleOf)),
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
