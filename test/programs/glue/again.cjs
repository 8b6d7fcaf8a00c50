// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0
'use strict';

/**
 * Extracts the same promises many times, without a collection in between if there is room for all
 * that is left behind, and prints what was said of them.
 */

const { EventEmitter, once } = require('node:events');
const { Mutex } = require('async-mutex');
const { extract } = require('../../../dist/index.js');

const TIMES = 100;

const mutex = new Mutex();
void mutex.acquire();
const emitter = new EventEmitter();
const targets = [once(emitter, 'again'), mutex.acquire()];
// Who settles them must not be collected.
globalThis.kept = [mutex, emitter];
setImmediate(() => {
  const seen = new Set();
  for (let i = 0; i < TIMES; i++) {
    for (const target of targets) {
      seen.add(extract(target).format().split('\n').at(-1).slice(2));
    }
  }
  emitter.emit('again');
  console.log(JSON.stringify([...seen]));
});
