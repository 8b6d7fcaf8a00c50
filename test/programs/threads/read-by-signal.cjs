// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0
'use strict';

// A worker blocks in native code as the first argument says; prints what a dump says of it, and how
// many milliseconds the call took to come back after it could. The second argument names a FIFO.

const { once } = require('node:events');
const { constants, openSync, readdirSync, readFileSync } = require('node:fs');
const vm = require('node:vm');
const {
  isMainThread,
  parentPort,
  Worker,
  workerData,
} = require('node:worker_threads');
const { dump, registerThread } = require('asynctb');

/** Functions that call each other, the innermost one first in a text of megabytes. */
function farApart(count, name) {
  const padding = `${'// padding\n'.repeat(30_000)}`;
  const functions = Array.from(
    { length: count },
    (_, i) =>
      `function f${i}(block) { return ${i > 0 ? `f${i - 1}(block)` : 'block()'}; }\n`,
  );
  return [functions.join(padding) + `\nf${count - 1}`, name];
}

const cases = {
  // A path that nobody has made flat.
  pieces(block) {
    const directory = ['srv', 'application', 'tenants'].join('/');
    const filename = `${directory}${'/modules/'}${`of-${process.pid}`}-handler.js`;
    vm.runInThisContext('(function inPieces(block) { return block(); })', {
      filename: `/${filename}`,
    })(block);
  },
  // Closures of one source, each with a name of its own.
  named(block) {
    const call = (name, next) =>
      Object.defineProperty(() => next(), 'name', { value: name });
    const computed = { [`${'computed'} key`]: () => block() };
    const inner = call(['with', 'Timeout'].join(''), computed['computed key']);
    call('withTransaction', call('withRetry', inner))();
  },
  wasm(block) {
    // (import "m" "f" (func)) (func (export "run") call 0)
    const bytes = [
      0, 97, 115, 109, 1, 0, 0, 0, 1, 4, 1, 96, 0, 0, 2, 7, 1, 1, 109, 1, 102,
      0, 0, 3, 2, 1, 0, 7, 7, 1, 3, 114, 117, 110, 0, 1, 10, 6, 1, 4, 0, 16, 0,
      11,
    ];
    const module = new WebAssembly.Module(new Uint8Array(bytes));
    new WebAssembly.Instance(module, { m: { f: block } }).exports.run();
  },
  far(block) {
    const [source, filename] = farApart(40, 'far.js');
    vm.runInThisContext(source, { filename })(block);
  },
  // More text of lines and names than is copied.
  long(block) {
    const name = 'n'.repeat(500);
    const source = (i) =>
      `(function ${name}(n, other, block) { ${'/* long */'.repeat(60)} return n === 0 ? block() : other(n - 1, ${name}, block) + ${i}; })`;
    const [one, two] = [1, 2].map((i) =>
      vm.runInThisContext(source(i), {
        filename: `${'d/'.repeat(250)}${i}.js`,
      }),
    );
    one(150, two, block);
  },
};

/** Whether no thread of this process does anything but the main one. */
function othersSleep() {
  return readdirSync('/proc/self/task')
    .filter((id) => id !== String(process.pid))
    .every((id) =>
      /\) S /.test(readFileSync(`/proc/self/task/${id}/stat`, 'latin1')),
    );
}

async function main(name, fifo) {
  registerThread();
  const worker = new Worker(__filename, { workerData: { name, fifo } });
  await once(worker, 'message');
  // Its JavaScript must not be interrupted: V8 would look for the lines itself.
  while (!othersSleep());
  const answer = () => dump({ threads: [worker.threadId] }).threads[0];
  let thread = answer();
  while (thread.activity !== 'blocked-in-native') thread = answer();
  const start = performance.now();
  const returned = once(worker, 'message');
  openSync(fifo, constants.O_RDWR);
  await returned;
  console.log(
    JSON.stringify({
      ms: performance.now() - start,
      codes: (thread.error?.errors ?? [thread.error]).map(({ code }) => code),
      text: String(thread.running),
      frames: thread.running.frames
        .filter(({ scriptName }) => !scriptName.startsWith('node:'))
        .map(({ kind, functionName, scriptName, lineNumber }) => ({
          kind,
          functionName,
          scriptName,
          lineNumber,
        })),
    }),
  );
  process.exit();
}

function work({ name, fifo }) {
  registerThread();
  setImmediate(() => {
    cases[name](function blocks() {
      parentPort.postMessage('blocks');
      return openSync(fifo, 'r');
    });
    parentPort.postMessage('returned');
  });
}

if (isMainThread) void main(process.argv[2], process.argv[3]);
else work(workerData);
