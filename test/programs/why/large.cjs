// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Waits for a queue in a heap that there may not be time to read, and prints what is said of it.
'use strict';

class Queue {
  waiting = [];
  take() {
    return new Promise((resolve) => this.waiting.push({ resolve }));
  }
}

const queue = new Queue();
const many = [];
for (let id = 0; id < 3_000_000; id++) many.push({ id, before: many[id - 1] });
globalThis.kept = [queue, many];

async function waits() {
  await queue.take();
}

void waits();
setImmediate(() => {
  const { dump } = require('asynctb');
  const { stack } = dump().threads[0].groups.find(
    ({ stack: { frames } }) => frames[0].functionName === 'waits',
  );
  console.log(JSON.stringify(stack.wait?.text ?? null));
  process.exit();
});
