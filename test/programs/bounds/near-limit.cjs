'use strict';

// Builds something with a million parts, fills the heap to within a few megabytes of its limit, and asks each
// question once. What is not shown must be counted and not built: else V8 ends the process here, with "JavaScript
// heap out of memory". Prints a line before each question, so that it shows which one it was, and a summary at the end.
const v8 = require('node:v8');
const { writeSync } = require('node:fs');
const asynctb = require('asynctb');
const lowlevel = require('asynctb/lowlevel');

const [name, size, roomMb] = process.argv.slice(2);
const n = Number(size);
const keep = (globalThis.keep = []);

let open;
const gate = new Promise((resolve) => {
  open = resolve;
});
keep.push(gate, open);

async function waits(promise) {
  await promise;
}
async function yields(promise) {
  for await (const each of requests(promise)) keep.push(each);
}
async function* requests(promise) {
  yield await promise;
}

/** Each gives what is asked about. */
const structures = {
  awaiters() {
    for (let i = 0; i < n; i++) keep.push(waits(gate));
    return gate;
  },
  callbacks() {
    for (let i = 0; i < n; i++) gate.then(() => i);
    return gate;
  },
  adopters() {
    for (let i = 0; i < n; i++) gate.then();
    keep.push(waits(gate));
    return gate;
  },
  chain() {
    let last = gate;
    for (let i = 0; i < n; i++) last = last.then((value) => value);
    keep.push(waits(last));
    return last;
  },
  adoptingChain() {
    let last = gate;
    for (let i = 0; i < n; i++) last = last.then();
    keep.push(waits(last));
    return last;
  },
  asyncChain() {
    let last = gate;
    for (let i = 0; i < n; i++) last = waits(last);
    keep.push(last);
    return last;
  },
  generators() {
    for (let i = 0; i < n; i++) keep.push(yields(gate));
    return gate;
  },
  inputs() {
    const all = Promise.all(Array.from({ length: n }, () => waits(gate)));
    keep.push(waits(all));
    return all;
  },
  oneInput() {
    keep.push(waits(Promise.all(new Array(n).fill(gate))));
    return gate;
  },
  races() {
    for (let i = 0; i < n; i++) keep.push(waits(Promise.race([gate, gate])));
    return gate;
  },
  // A queue: each caller waits for its own place in one chain, so that no two stacks are equal.
  queue() {
    let last = gate;
    for (let i = 0; i < n; i++) {
      last = last.then((value) => value);
      keep.push(waits(last));
    }
    return last;
  },
  // One object that holds the functions which settle a million promises.
  pool() {
    const pool = [];
    let last;
    for (let i = 0; i < n; i++) {
      keep.push(waits((last = new Promise((resolve) => pool.push(resolve)))));
    }
    keep.push(pool);
    return last;
  },
  // One function in a million closures' scopes, and in a million objects.
  holders() {
    const target = new Promise((resolve) => {
      for (let i = 0; i < n; i++) keep.push({ resolve }, () => resolve(i));
    });
    keep.push(waits(target));
    return target;
  },
  ladder() {
    let last = gate;
    for (let i = 0; i < n; i++) {
      keep.push(waits(last));
      last = waits(last);
    }
    return gate;
  },
};

const target = structures[name]();
const iterator = requests(gate);
iterator.next();

const questions = {
  extract: () => asynctb.extract(target).format().length,
  awaiters: () => {
    const stack = asynctb.extract(target, { awaiters: true });
    const [first] = stack.frames;
    return `${first?.branches.length ?? 0} of ${first?.functionName} ${/and [\d,]+ more/.exec(stack.format())?.[0]} ${stack.error?.code}`;
  },
  flat: () => asynctb.extract(target, { awaiters: true }).formatFlat().length,
  few: () =>
    /and [\d,]+ more/.exec(
      asynctb.extract(target, { awaiters: true, maxFrames: 10 }).format(),
    )?.[0],
  extractMany: () =>
    asynctb.extractMany(new Array(3).fill(target), { awaiters: true }).length,
  extractOutermost: () => {
    try {
      return asynctb.extractOutermost(target).functionName;
    } catch (error) {
      return error.code;
    }
  },
  extractSince: () => asynctb.extractSince(main).frames.length > 0,
  extractUntil: () => asynctb.extractUntil(main).frames.length > 0,
  callGraph: () => {
    const graph = asynctb.callGraph(target);
    const text = graph.format();
    return `${graph.awaitedBy.length} and ${graph.omitted}: ${/and [\d,]+ more/.exec(text)?.[0]} ${graph.stack.error?.code}`;
  },
  callGraphJson: () => JSON.stringify(asynctb.callGraph(target)).length,
  ownCallGraph: async () => asynctb.callGraph().stack.frames.length > 0,
  promiseReactions: () => lowlevel.promiseReactions(target).length,
  generatorReactions: () =>
    asynctb.extract(iterator, { awaiters: true }).frames.length,
  settlersOf: () => lowlevel.settlersOf(target).length <= 10_000,
  holdersOf: () => lowlevel.holdersOf(target).length <= 10_000,
  holdersOfOpen: () => lowlevel.holdersOf(open).length <= 10_000,
  functionDetails: () => lowlevel.functionDetails(open) === null,
  dump: () => asynctb.dump().threads[0].taskCount,
  dumpText: () => asynctb.dump().toString().length > 0,
  dumpFew: () => asynctb.dump({ maxTasks: 5 }).toString().length < 20_000_000,
  dumpJson: () => JSON.stringify(asynctb.dump()).length > 0,
  dumpLocals: () => asynctb.dump({ locals: true, maxTasks: 5 }).threads.length,
  dumpAsync: async () => (await asynctb.dumpAsync()).threads.length,
};

const MB = 1024 * 1024;

/** Fills old space until so many megabytes are left. */
function fill() {
  const ballast = (keep.ballast = []);
  // V8's own number counts the young generation's room too.
  const limit = Number(
    /--max-old-space-size=(\d+)/.exec(process.execArgv.join(' '))?.[1],
  );
  const left = () => limit * MB - v8.getHeapStatistics().used_heap_size;
  while (left() > Number(roomMb) * MB) {
    const part = new Array(32 * 1024).fill(1.5);
    ballast.push(part);
  }
  return ballast.length;
}

async function main() {
  await null;
  const before = v8.getHeapStatistics().used_heap_size;
  const parts = fill();
  global.gc?.();
  const result = { usedMb: Math.round(before / MB), parts };
  const only = process.argv[5]?.split(',');
  for (const [question, ask] of Object.entries(questions)) {
    if (only !== undefined && !only.includes(question)) continue;
    writeSync(2, `${question}\n`);
    const start = performance.now();
    result[question] = await ask();
    if (process.env.TIMES) {
      writeSync(
        2,
        `  ${Math.round(performance.now() - start)} ms ${result[question]}\n`,
      );
    }
  }
  writeSync(1, JSON.stringify(result));
  process.exit(0);
}
main();
