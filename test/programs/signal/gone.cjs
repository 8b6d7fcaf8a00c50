// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0
'use strict';

// Two readers of a source that has been collected; idle since.

const v8 = require('node:v8');
const vm = require('node:vm');

v8.setFlagsFromString('--expose-gc');
const gc = vm.runInNewContext('gc');

class Bus {
  handlers = [];

  next() {
    return new Promise((resolve) => this.handlers.push(resolve));
  }
}

let bus = new Bus();
const open = [];

async function* subscribe() {
  for (;;) yield await bus.next();
}

async function reader() {
  const events = subscribe();
  open.push(events);
  for await (const event of events) open.push(event);
}

reader();
reader();
setImmediate(() => {
  bus = null;
  gc();
  setImmediate(() => {
    gc();
    process.on('message', () => {});
    console.log('ready');
  });
});
