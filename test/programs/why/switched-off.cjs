// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Waits for a queue of its own and in a context, perhaps with some of ASYNCTB_DISABLE, and prints what a dump
// and `extract` say of that.
'use strict';

const { AsyncLocalStorage } = require('node:async_hooks');
const { dump, extract } = require('asynctb');

class Queue {
  waiting = [];
  take() {
    return new Promise((resolve) => this.waiting.push(resolve));
  }
}

const storage = (globalThis.storage = new AsyncLocalStorage());
const queue = (globalThis.queue = new Queue());
async function waits() {
  await queue.take();
}

const waiting = storage.run({ requestId: 'r-1' }, waits);
setImmediate(() => {
  const { groups, error } = dump().threads[0];
  const { stack, tasks } = groups.find(
    ({ stack: { frames } }) => frames[0].functionName === 'waits',
  );
  const single = extract(waiting);
  console.log(
    JSON.stringify({
      dump: stack.wait?.text ?? null,
      context: tasks[0].context,
      error: error?.message ?? null,
      extractError: single.error?.message ?? null,
    }),
  );
  process.exit();
});
