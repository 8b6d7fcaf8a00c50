// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0
'use strict';

// A worker makes two native calls that block, one right after the other. The main thread asks for
// its stack during the first, and does not get to the answer; another one asks during the second.
// Prints the line that the other one is told. The arguments name the addon of `sleeper.cc`, and two
// FIFOs.

const { once } = require('node:events');
const { closeSync, constants, openSync } = require('node:fs');
const {
  isMainThread,
  parentPort,
  Worker,
  workerData,
} = require('node:worker_threads');
const { dump, dumpAsync, registerThread } = require('asynctb');

const wait = (ms) => {
  for (const end = Date.now() + ms; Date.now() < end;);
};

const roles = {
  blocked({ sleeper, fifos: [first, second] }) {
    // Without any of Node's JavaScript, which could be interrupted.
    const { open } = require(sleeper);
    registerThread();
    parentPort.postMessage('ready');
    setImmediate(function blocks() {
      open(first); // first call
      open(second); // second call
    });
  },
  asker({ id, flag }) {
    parentPort.postMessage('ready');
    Atomics.wait(flag, 0, 0);
    const [thread] = dump({ threads: [id] }).threads;
    const { lineText = thread.status } = thread.running?.frames.at(-1) ?? {};
    require('node:fs').writeSync(1, `${lineText.trim()}\n`);
    Atomics.store(flag, 1, 1);
    Atomics.notify(flag, 1);
  },
};

async function main(sleeper, ...fifos) {
  registerThread();
  for (let round = 0; round < 5; round++) {
    const flag = new Int32Array(new SharedArrayBuffer(8));
    const blocked = new Worker(__filename, {
      workerData: { role: 'blocked', sleeper, fifos },
    });
    await once(blocked, 'message');
    const asker = new Worker(__filename, {
      workerData: { role: 'asker', id: blocked.threadId, flag },
    });
    await once(asker, 'message');
    const asked = dumpAsync({ threads: [blocked.threadId] });
    // Until the signal was sent, and not until the answer is taken.
    const start = performance.now();
    while (performance.now() - start < 2.2) {
      await new Promise((resolve) => setImmediate(resolve));
    }
    const writer = openSync(fifos[0], constants.O_RDWR);
    wait(50);
    Atomics.store(flag, 0, 1);
    Atomics.notify(flag, 0);
    Atomics.wait(flag, 1, 0);
    const other = openSync(fifos[1], constants.O_RDWR);
    await asked;
    await Promise.all([blocked.terminate(), asker.terminate()]);
    closeSync(writer);
    closeSync(other);
  }
}

if (isMainThread) void main(...process.argv.slice(2));
else roles[workerData.role](workerData);
